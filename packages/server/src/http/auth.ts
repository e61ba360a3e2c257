import type {
  FastifyContextConfig,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  HookHandlerDoneFunction,
} from 'fastify';
import { OnymError } from '../errors.ts';
import { allowsOrigin } from '../keys/origins.ts';
import type { Sessions } from '../keys/sessions.ts';
import { ingestScopes, type Key, type KeyStore, type Scope, scopesByKind } from '../keys/types.ts';
import { checkOwnOrigin, isFromConsole } from './own-origin.ts';
import { sessionSecretOf } from './session-cookie.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set before the body is read. Null on routes without a key. */
    key: Key | null;
    /** Where it asks by the cookie of a session, and not with a key. */
    session: RequestSession | null;
  }
  interface FastifyContextConfig {
    /** See `needs`. */
    scope?: Need;
    /** False for a route that no session may ask, whatever its key may. */
    session?: boolean;
  }
}

/** How the ledger and the log call what is done by session. */
export const consoleName = 'onym-console';

export interface RequestSession {
  readonly endsAt: number;
  /** For what outlives the request. */
  isStanding(): Promise<boolean>;
}

/** A scope; `secret` for any secret key, whatever its scopes; null where no key is needed. */
type Need = Scope | 'secret' | null;

/** The options of a route that those who have what it needs may ask. */
export function needs<Schema extends object>(
  scope: Need,
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
export function guardRoutes(app: FastifyInstance, keys: KeyStore, sessions: Pick<Sessions, 'find'>): void {
  app.addHook('onRoute', (route) => {
    const { scope, session } = route.config ?? {};
    if (scope === undefined)
      throw new Error(`${route.url} does not say which scope it needs. Give its config a scope.`);
    const open = session !== false && takesSession(route.url, scope) ? sessions : null;
    route.onRequest = [guard(keys, open, scope), ...[route.onRequest ?? []].flat()];
    route.schema = { ...route.schema, ...documentationOf(scope, open !== null, route.schema) };
  });
}

/** The cookie reaches no others: not those that CORS opens to every page. */
const takesSession = (url: string, scope: Need): boolean =>
  url.startsWith('/v1/') && scope !== null && !takesKeyInQuery(scope);

/** `sessions`: null where the route takes none. */
function guard(keys: KeyStore, sessions: Pick<Sessions, 'find'> | null, scope: Need): OnRequest {
  return (request, _reply, done) => {
    try {
      refuseExposedSecret(keys, request);
      if (scope === null) {
        done();
        return;
      }
      const secret = secretOf(request, takesKeyInQuery(scope));
      if (secret === null && sessions !== null && (isFromConsole(request) || sessionSecretOf(request) !== null)) {
        authorizeSession(sessions, request, scope).then(() => done(), done);
        return;
      }
      request.key = authorize(keys, request, secret, scope);
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
function authorize(keys: KeyStore, request: FastifyRequest, secret: string | null, scope: Exclude<Need, null>): Key {
  const key = keyOf(
    keys,
    secret,
    `as "Authorization: Bearer …"${takesKeyInQuery(scope) ? ', as X-API-Key, or as ?apiKey=' : ' or as X-API-Key'}`,
  );
  checkOrigin(key, request);
  checkNeed(key, scope);
  return key;
}

/** Finds the session and its key. Rejects with `forbidden` or `not-signed-in`. */
async function authorizeSession(
  sessions: Pick<Sessions, 'find'>,
  request: FastifyRequest,
  scope: Exclude<Need, null>,
): Promise<void> {
  checkOwnOrigin(request);
  const secret = sessionSecretOf(request);
  const found = secret === null ? null : await sessions.find(secret);
  if (secret === null || found === null) {
    throw new OnymError(
      'not-signed-in',
      'Nobody is signed in, or the session has ended. Sign in again; programs send a key.',
    );
  }
  checkNeed(found.key, scope);
  request.key = found.key;
  request.session = { endsAt: found.endsAt, isStanding: async () => (await sessions.find(secret)) !== null };
}

function checkNeed(key: Key, scope: Exclude<Need, null>): void {
  if (scope === 'secret') checkIsSecret(key);
  else checkScope(key, scope);
}

/** Throws `forbidden` for a publishable key. */
export function checkIsSecret({ kind }: Key): void {
  if (kind === 'secret') return;
  throw new OnymError(
    'forbidden',
    'This needs a secret key (sk_…); the one sent is publishable, which sends calls and reads nothing. `onym keys create NAME --secret` makes one.',
  );
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

const takesKeyInQuery = (scope: Exclude<Need, null>): boolean => (ingestScopes as readonly string[]).includes(scope);

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
function documentationOf(scope: Need, hasSession: boolean, { description }: { description?: string } = {}): object {
  if (scope === null) return { security: [] };
  const ways = ['bearer', 'header', ...(takesKeyInQuery(scope) ? ['query'] : []), ...(hasSession ? ['session'] : [])];
  const isScope = scope !== 'secret';
  const needs = isScope ? `Needs a key with the scope \`${scope}\`.` : 'Needs a secret key, whatever its scopes.';
  return {
    description: description === undefined ? needs : `${description}\n\n${needs}`,
    security: ways.map((way) => ({ [way]: isScope ? [scope] : [] })),
    ...(isScope && { 'x-onym-scope': scope }),
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
