import { type Static, Type } from 'typebox';
import { allScopes, type KeyKind, type Scope, scopeMeanings } from '../../keys/types.ts';
import { limits } from '../../limits.ts';
import { errorResponses, jsonResponse, limit, next, time } from '../schemas.ts';

/** Keys over HTTP (docs/http.md, "Managing keys"). */

const tags = ['keys'];
const names = (description: string) => Type.Array(Type.String(), { description });
const nullable = <S extends ReturnType<typeof Type.String>>(schema: S, description: string) =>
  Type.Union([schema, Type.Null()], { description });

const name = Type.String({ description: 'What the ledger calls it. Never given again, revoked or not.' });
const kind = Type.Unsafe<KeyKind>({
  type: 'string',
  enum: ['publishable', 'secret'],
  description:
    '`publishable` (pk_…): for pages and apps, where anyone can read it. `secret` (sk_…): for servers and people.',
});
const scope = Type.Unsafe<Scope>({
  type: 'string',
  enum: [...allScopes],
  description: Object.entries(scopeMeanings)
    .map(([scope, meaning]) => `\`${scope}\`: ${meaning}`)
    .join('; '),
});
const originForm = 'Such as `https://shop.example`, or `https://*.shop.example`.';

export const key = Type.Object(
  {
    name,
    kind,
    scopes: Type.Array(scope, { description: 'What it may do.' }),
    environments: names('Where.'),
    origins: Type.Union([Type.Array(Type.String()), Type.Null()], {
      description: 'Pages that a publishable key may be used from; null: all.',
    }),
    created_at: time('When it was made.'),
    created_by: nullable(
      Type.String(),
      'Name of the key that made it; `local`: the command line; null: the first start, or before this was noted.',
    ),
    last_used_at: nullable(Type.String({ format: 'date-time' }), 'Some seconds late at most; null: never.'),
    revoked_at: nullable(Type.String({ format: 'date-time' }), 'Null while it works.'),
    revoked_by: nullable(Type.String(), 'As `created_by`; null while it works.'),
  },
  { $id: 'Key', description: 'An API key. Its secret is not kept.' },
);

const listQuery = Type.Object({
  limit,
  next: Type.Optional(Type.String({ description: '`next` of the page before.' })),
});
export interface ListKeysRoute {
  Querystring: Static<typeof listQuery>;
}

export const listKeys = {
  summary: 'Keys',
  description:
    'Every key ever made, revoked ones included, oldest first, never with its secret: those that may use one of the environments of the key that asks.',
  operationId: 'listKeys',
  tags,
  querystring: listQuery,
  response: {
    200: jsonResponse('A page.', Type.Object({ keys: Type.Array(Type.Ref('Key#')), next: next('the keys') })),
    ...errorResponses(400, 401, 403),
  },
};

const createBody = Type.Object(
  {
    name: Type.String({ description: `1 to ${limits.keyNameBytesMax} bytes; no name that was in use before.` }),
    kind,
    scopes: Type.Optional(
      Type.Array(scope, { description: 'Unless given, all that its kind can have and the key that asks has.' }),
    ),
    environments: Type.Optional(names('Unless given, those of the key that asks.')),
    origins: Type.Optional(names(`Pages that a publishable key may be used from. ${originForm} Unless given, all.`)),
  },
  { additionalProperties: false },
);
export interface CreateKeyRoute {
  Body: Static<typeof createBody>;
}

export const createKey = {
  summary: 'Make a key',
  description:
    'Answers with its secret, which is shown this once and not kept. No key gives a scope in an environment where it does not have it itself.',
  operationId: 'createKey',
  tags,
  body: createBody,
  response: {
    200: jsonResponse(
      'It is made.',
      Type.Object({
        ok: Type.Literal(true),
        key: Type.Ref('Key#'),
        secret: Type.String({ description: 'To be sent as the API key. Keep it: nobody can show it again.' }),
      }),
    ),
    ...errorResponses(400, 401, 403, 413, 415, 422),
  },
};

const existing = Type.String({ description: 'Name of the key.' });
const self = Type.Optional(
  Type.Boolean({ description: 'True where the key that asks means itself; without it, that is an error.' }),
);
const changed = {
  200: jsonResponse('The key as it is now.', Type.Object({ ok: Type.Literal(true), key: Type.Ref('Key#') })),
};
const changeErrors = errorResponses(400, 401, 403, 404, 413, 415, 422);

const restrictBody = Type.Object(
  {
    name: existing,
    scopes: Type.Optional(Type.Array(scope, { description: 'In place of those it has.' })),
    environments: Type.Optional(names('In place of those it has.')),
    origins: Type.Optional(
      Type.Union([Type.Array(Type.String()), Type.Null()], {
        description: `In place of those it has; null: all. ${originForm}`,
      }),
    ),
    self,
  },
  { additionalProperties: false },
);
export interface RestrictKeyRoute {
  Body: Static<typeof restrictBody>;
}

export const restrictKey = {
  summary: 'Change what a key may do, or where',
  description:
    'Replaces what is given. What is added, the key that asks must have itself; and it must be for every environment of the key that it changes.',
  operationId: 'restrictKey',
  tags,
  body: restrictBody,
  response: { ...changed, ...changeErrors },
};

const revokeBody = Type.Object({ name: existing, self }, { additionalProperties: false });
export interface RevokeKeyRoute {
  Body: Static<typeof revokeBody>;
}

export const revokeKey = {
  summary: 'End a key for good',
  description:
    'At once on the server that answers, on other nodes within a second. The key that asks must be for every environment of the one that it ends, whatever the scopes of both. Keys that it has made stay. Repeating it changes nothing.',
  operationId: 'revokeKey',
  tags,
  body: revokeBody,
  response: { ...changed, ...changeErrors },
};
