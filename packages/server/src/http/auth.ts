import type {
  FastifyContextConfig,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  HookHandlerDoneFunction,
} from 'fastify';
import { OnymError } from '../errors.ts';
import { allowsOrigin } from '../keys/origins.ts';
import { ingestScopes, type Key, type KeyStore, type Scope, scopesByKind } from '../keys/types.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set before the body is read. Null on routes without a key. */
    key: Key | null;
  }
  interface FastifyContextConfig {
    /** See `needs`. */
    scope?: Scope | null;
  }
}

/** The options of a route that keys with this scope may ask; null where no key is needed. */
export function needs<Schema extends object>(
  scope: Scope | null,
  schema: Schema,
  config: FastifyContextConfig = {},
): { schema: Schema; config: FastifyContextConfig } {
  return { schema, config: { ...config, scope } };
}

type OnRequest = (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => void;

const bearer = /^bearer +(\S+) *$/i;

/** What holds a key, whatever it is called, brackets of an array behind it included. */
const keyParameter = /(?:key|token|secret|authorization)(?:\[\d*\])?$/i;
const secretKeyValue = /^\s*(?:bearer\s+)?sk_/i;

/**
 * Every route registered from here on lets through keys with the scope of its `config` alone, before its body is read, and its OpenAPI
 * says so. Runs after the onRequest hooks of its scope, so that a refusal has their headers.
 */
export function guardRoutes(app: FastifyInstance, keys: KeyStore): void {
  app.addHook('onRoute', (route) => {
    const scope = route.config?.scope;
    if (scope === undefined)
      throw new Error(`${route.url} does not say which scope it needs. Give its config a scope.`);
    route.onRequest = [guard(keys, scope), ...[route.onRequest ?? []].flat()];
    route.schema = { ...route.schema, ...documentationOf(scope, route.schema) };
  });
}

function guard(keys: KeyStore, scope: Scope | null): OnRequest {
  return (request, _reply, done) => {
    try {
      refuseExposedSecret(keys, request);
      if (scope !== null) request.key = authorize(keys, request, scope);
      done();
    } catch (error) {
      done(error as Error);
    }
  };
}

/**
 * Throws for a secret key in the query string: whatever the parameter's name for one of this server's, and under a name for keys for
 * what looks like one. A preflight passes: it does nothing, and its refusal would keep the message from the page.
 */
export function refuseExposedSecret(keys: KeyStore, request: Pick<FastifyRequest, 'method' | 'query'>): void {
  const query = request.query as Record<string, unknown>;
  for (const name in query) {
    if (request.method !== 'OPTIONS' && [query[name]].flat().some((value) => isSecretKey(keys, name, value))) {
      throw new OnymError(
        'invalid-api-key',
        `A secret key does not belong in an address, which every log on its way keeps: it is refused there. Send it as "Authorization: Bearer …". This one is exposed; rotate it: \`onym keys create\` makes another, \`onym keys revoke\` ends it.`,
      );
    }
  }
}

function isSecretKey(keys: KeyStore, name: string, value: unknown): boolean {
  if (typeof value !== 'string' || !secretKeyValue.test(value)) return false;
  return keyParameter.test(name) || keys.stateOf(value.trim()) !== 'unknown';
}

/** The key of the request. Throws `invalid-api-key`, or `forbidden` where it lacks the scope. */
function authorize(keys: KeyStore, request: FastifyRequest, scope: Scope): Key {
  const isInQuery = takesKeyInQuery(scope);
  const key = keyOf(
    keys,
    secretOf(request, isInQuery),
    `as "Authorization: Bearer …"${isInQuery ? ', as X-API-Key, or as ?apiKey=' : ' or as X-API-Key'}`,
  );
  checkOrigin(key, request);
  checkScope(key, scope);
  return key;
}

/** The key of this secret. `places`: where it is to be sent. Throws `invalid-api-key`. */
export function keyOf(keys: KeyStore, secret: string | null, places: string): Key {
  if (secret === null) throw new OnymError('invalid-api-key', `The request has no API key. Send it ${places}.`);
  const key = keys.authenticate(secret);
  if (key !== null) return key;
  throw new OnymError('invalid-api-key', 'The API key is unknown or revoked. Use a key that `onym keys list` shows.');
}

/** Throws `forbidden` for a page that the key is not for. What is no browser names no origin, and passes. */
export function checkOrigin({ origins }: Key, { headers: { origin } }: Pick<FastifyRequest, 'headers'>): void {
  if (origins === null || origin === undefined || allowsOrigin(origins, origin)) return;
  throw new OnymError(
    'forbidden',
    `The API key is not for pages of ${JSON.stringify(origin.slice(0, 128))}. \`onym keys restrict\` says with --origin which pages may use it.`,
  );
}

/** Throws `forbidden` for a key that lacks the scope. */
export function checkScope(key: Key, scope: Scope): void {
  if (key.scopes.includes(scope)) return;
  throw new OnymError(
    'forbidden',
    scopesByKind[key.kind].includes(scope)
      ? `The API key lacks the scope ${scope}. Use a key that has it; \`onym keys create\` makes one.`
      : `This route needs a secret key (sk_…) with the scope ${scope}; the one sent is publishable.`,
  );
}

const takesKeyInQuery = (scope: Scope): boolean => (ingestScopes as readonly Scope[]).includes(scope);

/** `Authorization: Bearer`, else `X-API-Key`, else `?apiKey=`. What it returns must reach no log and no message. */
function secretOf(request: FastifyRequest, isInQuery: boolean): string | null {
  const { authorization, 'x-api-key': header } = request.headers;
  if (authorization !== undefined) {
    const match = bearer.exec(authorization);
    if (match !== null) return match[1]!;
  }
  if (typeof header === 'string' && header !== '') return header;
  if (!isInQuery) return null;
  const { apiKey } = request.query as { apiKey?: unknown };
  return typeof apiKey === 'string' && apiKey !== '' ? apiKey : null;
}

/** The part of a route's OpenAPI that says which keys pass. */
function documentationOf(scope: Scope | null, { description }: { description?: string } = {}): object {
  if (scope === null) return { security: [] };
  const ways = takesKeyInQuery(scope) ? ['bearer', 'header', 'query'] : ['bearer', 'header'];
  const needs = `Needs a key with the scope \`${scope}\`.`;
  return {
    description: description === undefined ? needs : `${description}\n\n${needs}`,
    security: ways.map((way) => ({ [way]: [scope] })),
    'x-onym-scope': scope,
  };
}

/** True for keys that may see who is who; answers to others hold nothing of the graph. */
export function mayRead(key: Key): boolean {
  return key.scopes.includes('read');
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
