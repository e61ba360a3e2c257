import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { OnymError } from '../../errors.ts';
import type { Begun } from '../../keys/sessions.ts';
import type { Key } from '../../keys/types.ts';
import { limits } from '../../limits.ts';
import { checkIsSecret, keyOf, needs } from '../auth.ts';
import { checkOwnOrigin } from '../own-origin.ts';
import type { RouteContext } from '../route-context.ts';
import { errorResponses, jsonResponse, time } from '../schemas.ts';
import { giveSession, sessionSecretOf, takeSession } from '../session-cookie.ts';
import { timeToWire } from '../wire.ts';

const tags = ['session'];

const keyShape = Type.Object(
  {
    name: Type.String({ description: 'What the ledger calls it.' }),
    scopes: Type.Array(Type.String(), { description: 'What it may do.' }),
    environments: Type.Array(Type.String(), { description: 'Where.' }),
  },
  { description: 'The secret key that this is done as.' },
);
const signedIn = Type.Object({
  ok: Type.Literal(true),
  key: keyShape,
  expires_at: time('When the session ends.'),
});

const signInBody = Type.Object({
  key: Type.Optional(Type.String({ description: 'A secret key.' })),
  token: Type.Optional(
    Type.String({ description: 'In place of a key: what a link of `onym serve` or `onym console` holds.' }),
  ),
});

const beginSchema = {
  summary: 'Sign in',
  description: `For a browser: a secret key, or a token that is good once, for a cookie that lasts ${limits.sessionMaxMs / 3_600_000} hours at most and ends with its key. Needs the header \`X-Onym-Console: 1\`.`,
  operationId: 'beginSession',
  tags,
  body: signInBody,
  response: {
    200: jsonResponse('Signed in; the answer sets the cookie.', signedIn),
    ...errorResponses(400, 401, 403, 413),
  },
};

const currentSchema = {
  summary: 'Who am I?',
  operationId: 'getSession',
  tags,
  response: {
    200: jsonResponse(
      'The key that requests are made as.',
      Type.Object({
        ok: Type.Literal(true),
        key: keyShape,
        expires_at: Type.Union([time('When the session ends.'), Type.Null()], {
          description: 'When the session ends; null where the request came with a key.',
        }),
      }),
    ),
    ...errorResponses(401, 403),
  },
};

const endSchema = {
  summary: 'Sign out',
  description:
    'Ends the session of the cookie, on every node, and takes the cookie back. Needs the header `X-Onym-Console: 1`.',
  operationId: 'endSession',
  tags,
  response: {
    200: jsonResponse('Signed out, or nobody was signed in.', Type.Object({ ok: Type.Literal(true) })),
    ...errorResponses(403),
  },
};

const inviteSchema = {
  summary: 'A link to sign in by',
  description: `Makes a token that begins one session as the key of this request, once, within ${limits.signInTokenMaxMs / 60_000} minutes; it belongs behind the # of \`/sign-in#token=…\`. A session can not make one.`,
  operationId: 'createSignInToken',
  tags,
  response: {
    200: jsonResponse(
      'The token. It is shown once.',
      Type.Object({
        ok: Type.Literal(true),
        token: Type.String(),
        key: keyShape,
        expires_at: time('Until when it can be used.'),
      }),
    ),
    ...errorResponses(401, 403),
  },
};

/** Signing in to the console, and out. No answer of these is for a cache. */
export async function sessionRoutes(app: FastifyInstance, { keys, sessions, now }: RouteContext): Promise<void> {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-store');
    done();
  });

  async function begin({ key: secret, token }: Static<typeof signInBody>): Promise<Begun> {
    if (secret !== undefined && token === undefined) {
      const key = keyOf(keys, secret, 'as {"key": "sk_…"}');
      checkIsSecret(key);
      return sessions.begin(key);
    }
    if (token === undefined || secret !== undefined) {
      throw new OnymError('invalid-payload', 'Send either {"key": "sk_…"} or {"token": "…"}.');
    }
    const begun = await sessions.accept(token);
    if (begun !== null) return begun;
    throw new OnymError(
      'not-signed-in',
      "This link has been used, or is too old: each signs in once. `onym console` on the server's machine prints another; a secret key signs in too.",
    );
  }

  app.post<{ Body: Static<typeof signInBody> }>(
    '/session',
    { ...needs(null, beginSchema), bodyLimit: limits.signInBytesMax },
    async (request, reply) => {
      checkOwnOrigin(request);
      const begun = await begin(request.body);
      const replaced = sessionSecretOf(request);
      if (replaced !== null) await sessions.end(replaced);
      giveSession(reply, begun, now());
      return { ok: true, key: keyToWire(begun.key), expires_at: timeToWire(begun.endsAt) };
    },
  );

  app.get('/session', needs('secret', currentSchema), async ({ key, session }) => ({
    ok: true,
    key: keyToWire(key!),
    expires_at: session === null ? null : timeToWire(session.endsAt),
  }));

  app.delete('/session', needs(null, endSchema, { bodyFields: [] }), async (request, reply) => {
    checkOwnOrigin(request);
    const secret = sessionSecretOf(request);
    if (secret !== null) await sessions.end(secret);
    takeSession(reply);
    return { ok: true };
  });

  // One who has a session for a while must not make it last by himself.
  app.post('/session/tokens', needs('secret', inviteSchema, { bodyFields: [], session: false }), async ({ key }) => {
    const { token, endsAt } = await sessions.invite(key!);
    return { ok: true, token, key: keyToWire(key!), expires_at: timeToWire(endsAt) };
  });
}

const keyToWire = ({ name, scopes, environments }: Key) => ({ name, scopes, environments });
