import { type Static, Type } from 'typebox';
import { limits } from '../limits.ts';
import { environment, errorResponses, jsonResponse, limit, next } from './schemas.ts';

/** Request and answer shapes of what was put aside: rejected items, and events that the event store would not take (docs/http.md). */

const tags = ['put aside'];

const filter = {
  call: Type.Optional(Type.Enum(['track', 'identify', 'alias', 'unknown'], { description: 'Of this call alone.' })),
  key: Type.Optional(Type.String({ description: 'Sent with the key of this name alone.' })),
  error_code: Type.Optional(Type.String({ description: 'Rejected with this code alone.' })),
};

const ids = Type.Optional(
  Type.Array(Type.Integer({ minimum: 1 }), {
    minItems: 1,
    maxItems: limits.replayedPerRequestMax,
    description: 'These, by the id that the list shows.',
  }),
);
const all = Type.Optional(Type.Literal(true, { description: 'All there are, instead of `ids`.' }));
const page = { environment, limit, next: Type.Optional(Type.String({ description: 'From the page before.' })) };
const count = (description: string) => Type.Integer({ description });
const counts = (description: string) => Type.Record(Type.String(), Type.Integer(), { description });
const ok = Type.Literal(true);

const letter = Type.Object({
  id: Type.Integer(),
  call: Type.String(),
  environment: Type.Union([Type.String(), Type.Null()], {
    description: 'Null where the item named none that exists; shown to keys that may use every environment.',
  }),
  key: Type.String({ description: 'Name of the key that sent it.' }),
  received_at: Type.String(),
  error_code: Type.String(),
  message: Type.String(),
  item: Type.String({
    description: `As it was sent, as JSON text, cut at ${limits.deadLetterCharactersMax} characters.`,
  }),
});

const listQuery = Type.Object({ ...page, ...filter });
export const deadLetters = {
  summary: 'Rejected items',
  description: 'With the reason, newest first. Kept for a while: the newest of each key.',
  operationId: 'listDeadLetters',
  tags,
  querystring: listQuery,
  response: {
    200: jsonResponse('A page.', Type.Object({ dead_letters: Type.Array(letter), next: next('the letters') })),
    ...errorResponses(400, 401, 403, 422),
  },
};
export interface DeadLettersRoute {
  Querystring: Static<typeof listQuery>;
}

const selection = Type.Object({ environment, ids, all, ...filter }, { additionalProperties: false });
const replayBody = Type.Object(
  {
    ...selection.properties,
    next: Type.Optional(Type.String({ description: 'With `all`: where the answer before said that it goes on.' })),
  },
  { additionalProperties: false },
);
export type ReplayBody = Static<typeof replayBody>;

export const replayDeadLetters = {
  summary: 'Take rejected items up again',
  description: `Reads them once more, as their key sent them when it did, and applies what is acceptable by now, oldest first, ${limits.replayedPerRequestMax} at most in one request. What is taken leaves the dead letters; the rest stays. A replay that broke off can be done again: nothing counts twice.`,
  operationId: 'replayDeadLetters',
  tags,
  body: replayBody,
  response: {
    200: jsonResponse(
      'What came of them.',
      Type.Object({
        ok,
        replayed: count('Items taken.'),
        verdicts: counts('Their verdicts.'),
        failed: count('Items that were rejected again, or were too long to be kept whole.'),
        failures: Type.Array(Type.Object({ id: Type.Integer(), error_code: Type.String(), message: Type.String() }), {
          description: 'The first hundred of them.',
        }),
        next: next('the letters'),
      }),
    ),
    ...errorResponses(400, 401, 403, 413, 415, 422),
  },
};
export interface ReplayRoute {
  Body: ReplayBody;
}

export const discardDeadLetters = {
  summary: 'Delete rejected items',
  operationId: 'discardDeadLetters',
  tags,
  body: selection,
  response: {
    200: jsonResponse('They are gone.', Type.Object({ ok, discarded: count('How many.') })),
    ...errorResponses(400, 401, 403, 413, 415, 422),
  },
};
export interface DiscardRoute {
  Body: Static<typeof selection>;
}

const quarantined = Type.Object({
  id: Type.Integer(),
  quarantined_at: Type.String(),
  message: Type.String({ description: 'What the event store said.' }),
  event: Type.Ref('Event#'),
});

const quarantineQuery = Type.Object(page);
export const quarantine = {
  summary: 'Events in quarantine',
  description: 'Acknowledged, and not taken by the event store; oldest first.',
  operationId: 'listQuarantine',
  tags,
  querystring: quarantineQuery,
  response: {
    200: jsonResponse('A page.', Type.Object({ events: Type.Array(quarantined), next: next('the events') })),
    ...errorResponses(400, 401, 403, 422),
  },
};
export interface QuarantineRoute {
  Querystring: Static<typeof quarantineQuery>;
}

const quarantineSelection = Type.Object({ environment, ids, all }, { additionalProperties: false });

export const replayQuarantine = {
  summary: 'Give quarantined events to the event store again',
  operationId: 'replayQuarantine',
  tags,
  body: quarantineSelection,
  response: {
    200: jsonResponse(
      'They were given to it.',
      Type.Object({
        ok,
        replayed: count('How many.'),
        returned: count('How many of them it would not take again: they are in quarantine, under new ids.'),
      }),
    ),
    ...errorResponses(400, 401, 403, 413, 415, 422),
  },
};

export const discardQuarantine = {
  ...discardDeadLetters,
  summary: 'Delete quarantined events',
  operationId: 'discardQuarantine',
  body: quarantineSelection,
};
export interface QuarantineSelectionRoute {
  Body: Static<typeof quarantineSelection>;
}
