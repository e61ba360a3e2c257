import type { FastifyInstance, RouteOptions } from 'fastify';
import { OnymError } from '../errors.ts';
import { isObject } from '../ingest/json-values.ts';
import { type KnownNames, knownNames } from '../ingest/known-names.ts';
import type { HttpMetrics } from './metrics.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Parameters of the query string that the route does not know. */
    unknownParameters: readonly string[];
  }
  interface FastifyContextConfig {
    /** Fields of the body of a route whose body has no schema, because it may be missing; none for a route that takes no body. */
    bodyFields?: readonly string[];
    /** Parameters that the route reads without a word in its schema. */
    inQuery?: readonly string[];
    /** Fields of a body that checks its own fields, which are not to be sent in the query string. */
    notInQuery?: readonly string[];
    /** True for a page, whose address may say what it likes. */
    freeQuery?: boolean;
    names?: RouteNames;
  }
}

/** What a route takes, by name. */
interface RouteNames {
  readonly query: KnownNames;
  /** Null for a body that is no object with fields, or that is checked item by item. */
  readonly body: KnownNames | null;
  readonly bodyFields: readonly string[];
}

interface RouteSchema {
  readonly querystring?: { readonly properties?: object };
  readonly body?: { readonly properties?: object };
}

/** Taken by every route: the key may be there. */
const everywhere = ['apiKey'];

/**
 * Looks at the names in the query string of every route, and in the bodies of those that have a schema. One that looks like a known one, or
 * that belongs to the other of the two, is an error. Beyond these, unknown parameters are counted, and unknown fields of a body refused:
 * what steers must not be half understood.
 */
export function addNameChecks(app: FastifyInstance, metrics: HttpMetrics): void {
  app.decorateRequest('unknownParameters', undefined as unknown as readonly string[]);
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, names: namesOf(route) };
  });
  // After the key is found, and, on the routes of applications, after the headers are set that let a page read the error.
  app.addHook('preValidation', (request, _reply, done) => {
    const { config, url, method } = request.routeOptions;
    const { names } = config;
    request.unknownParameters = [];
    if (names === undefined || config.freeQuery || method === 'OPTIONS') {
      done();
      return;
    }
    try {
      request.unknownParameters = names.query.unknownIn(request.query as object);
      if (names.body !== null && isObject(request.body)) refuseUnknown(names.body, request.body, names.bodyFields);
    } catch (error) {
      done(error as Error);
      return;
    }
    metrics.unknownNames(url ?? 'unknown', 'query', request.unknownParameters.length);
    done();
  });
}

function namesOf({ schema, config }: RouteOptions): RouteNames {
  const { querystring, body } = (schema ?? {}) as RouteSchema;
  const described = Object.keys(querystring?.properties ?? {}).filter((name) => !everywhere.includes(name));
  const inQuery = [...described, ...(config?.inQuery ?? [])];
  const inBody = body?.properties === undefined ? config?.bodyFields : Object.keys(body.properties);
  const notInQuery = inBody ?? config?.notInQuery ?? [];
  return {
    query: knownNames({
      what: 'query parameter',
      known: inQuery,
      ignored: everywhere,
      elsewhere: elsewhere(notInQuery, inQuery, (name) => `${name} goes into the body here.`),
    }),
    body:
      inBody === undefined
        ? null
        : knownNames({
            what: 'field',
            known: inBody,
            elsewhere: elsewhere(inQuery, inBody, (name) => `${name} goes into the query string here: ?${name}=…`),
          }),
    bodyFields: inBody ?? [],
  };
}

function elsewhere(
  names: readonly string[],
  here: readonly string[],
  message: (name: string) => string,
): Record<string, string> {
  return Object.fromEntries(names.filter((name) => !here.includes(name)).map((name) => [name, message(name)]));
}

function refuseUnknown(names: KnownNames, body: object, fields: readonly string[]): void {
  const [unknown] = names.unknownIn(body);
  if (unknown === undefined) return;
  const taken = fields.length === 0 ? 'no body' : fields.join(', ');
  throw new OnymError('invalid-payload', `Unknown field ${JSON.stringify(unknown)}. This route takes ${taken}.`);
}
