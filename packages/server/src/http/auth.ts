import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import { OnymError } from '../errors.ts';
import type { Key, KeyStore, Scope } from '../keys/types.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set before the body is read. Null on routes without a key. */
    key: Key | null;
  }
}

type OnRequest = (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => void;

const bearer = /^bearer +(\S+) *$/i;

/** `Authorization: Bearer`, else `X-API-Key`, else `?apiKey=`. What it returns must reach no log and no message. */
function secretOf(request: FastifyRequest): string | null {
  const { authorization, 'x-api-key': header } = request.headers;
  if (authorization !== undefined) {
    const match = bearer.exec(authorization);
    if (match !== null) return match[1]!;
  }
  if (typeof header === 'string' && header !== '') return header;
  const { apiKey } = request.query as { apiKey?: unknown };
  return typeof apiKey === 'string' && apiKey !== '' ? apiKey : null;
}

function authenticate(keys: KeyStore, request: FastifyRequest): Key {
  const secret = secretOf(request);
  if (secret === null) {
    throw new OnymError(
      'invalid-api-key',
      'The request has no API key. Send it as "Authorization: Bearer …", as X-API-Key, or as ?apiKey=.',
    );
  }
  const key = keys.authenticate(secret);
  if (key === null) {
    throw new OnymError('invalid-api-key', 'The API key is unknown or revoked. Use a key that `onym keys list` shows.');
  }
  return key;
}

/** An onRequest hook: any key with the scope passes. Before the body is read, so that strangers cost little. */
export function requireScope(keys: KeyStore, scope: Scope): OnRequest {
  return (request, _reply, done) => {
    try {
      const key = authenticate(keys, request);
      if (key.kind !== 'secret' && !key.scopes.includes(scope)) {
        throw new OnymError('forbidden', `The API key lacks the scope ${scope}. Use a key that has it.`);
      }
      request.key = key;
      done();
    } catch (error) {
      done(error as Error);
    }
  };
}

/** An onRequest hook: secret keys alone pass, because what these routes answer is the graph itself. */
export function requireSecretKey(keys: KeyStore): OnRequest {
  return (request, _reply, done) => {
    try {
      const key = authenticate(keys, request);
      if (key.kind !== 'secret') {
        throw new OnymError('forbidden', 'This route needs a secret key (sk_…); the one sent is publishable.');
      }
      request.key = key;
      done();
    } catch (error) {
      done(error as Error);
    }
  };
}

/** Throws `environment-not-found`, or `forbidden` when the environment is not one of the key's. */
export function checkEnvironment(environments: readonly string[], key: Key, environment: string): void {
  if (!environments.includes(environment)) {
    throw new OnymError(
      'environment-not-found',
      `There is no environment ${JSON.stringify(environment.slice(0, 64))}. Use one of ONYM_ENVIRONMENTS, or add it there.`,
    );
  }
  if (!key.environments.includes(environment)) {
    throw new OnymError('forbidden', `The API key is not for the environment ${environment}. Use one that is.`);
  }
}
