import type { IncomingMessage } from 'node:http';
import { parse as parseQuery } from 'node:querystring';
import type { Millis } from '@onym/core';
import Fastify, { type FastifyInstance, type FastifyRequest, type FastifyServerOptions, LogController } from 'fastify';
import type { ConfiguredLimits } from '../configured-limits.ts';
import type { ConsoleBuild } from '../console.ts';
import { createEventUuids } from '../event-uuid.ts';
import type { Sessions } from '../keys/sessions.ts';
import type { KeyStore } from '../keys/types.ts';
import { limits } from '../limits.ts';
import type { PageScripts } from '../page-scripts.ts';
import { addApiReference, admitApiReference } from './api-reference.ts';
import { consoleName, guardRoutes, refuseExposedSecret } from './auth.ts';
import { addBodyParsers } from './body.ts';
import { closeConnectionsOnStop } from './connections.ts';
import { answerClientError, sendError } from './errors.ts';
import { createLiveStreams } from './live-streams.ts';
import { addNotFoundHandler } from './method-not-allowed.ts';
import { createHttpMetrics, type HttpMetrics } from './metrics.ts';
import { addNameChecks } from './name-checks.ts';
import { addOpenApi } from './openapi.ts';
import { pathMender } from './paths.ts';
import { onym } from './protocols/onym.ts';
import type { Protocol } from './protocols/protocol.ts';
import { createRateLimits } from './rate-limits.ts';
import { createRequestIds, nameAnswer } from './request-ids.ts';
import type { RouteContext } from './route-context.ts';
import { backupRoutes } from './routes/backup.ts';
import { callRoutes } from './routes/calls.ts';
import { consoleRoutes } from './routes/console.ts';
import { deadLetterRoutes } from './routes/dead-letters.ts';
import { environmentRoutes } from './routes/environments.ts';
import { erasureRoutes } from './routes/erasure.ts';
import { eventRoutes } from './routes/events.ts';
import { explainRoutes } from './routes/explain.ts';
import { exportRoutes } from './routes/export.ts';
import { findingRoutes } from './routes/finding.ts';
import { identityRoutes } from './routes/identities.ts';
import { importRoutes } from './routes/import.ts';
import { keyRoutes } from './routes/keys.ts';
import { ledgerRoutes } from './routes/ledger.ts';
import { lintRoutes } from './routes/lint.ts';
import { operationRoutes } from './routes/operations.ts';
import { pageScriptRoutes } from './routes/page-script.ts';
import { quarantineRoutes } from './routes/quarantine.ts';
import { queryRoutes } from './routes/query.ts';
import { retentionRoutes } from './routes/retention.ts';
import { reviewRoutes } from './routes/review.ts';
import { savedQueryRoutes } from './routes/saved-queries.ts';
import { schemaRoutes } from './routes/schema.ts';
import { sessionRoutes } from './routes/session.ts';
import { statusRoutes } from './routes/status.ts';
import { steeringRoutes } from './routes/steering.ts';
import { welcomeRoutes } from './routes/welcome.ts';
import type { Services } from './services.ts';
import { serializerCompiler, validatorCompiler } from './validation.ts';

type Logger = NonNullable<FastifyServerOptions['logger']>;

export type HttpLimits = Pick<ConfiguredLimits, 'bodyBytesMax' | 'keyRateMax' | 'addressRateMax'>;

export interface AppOptions {
  readonly keys: KeyStore;
  readonly sessions: Sessions;
  /** Where they differ from limits.ts. */
  readonly limits?: Partial<HttpLimits>;
  /** Whose X-Forwarded-For is believed. None by default. */
  readonly trustedProxies?: readonly string[];
  /** Shown in /openapi.json. */
  readonly version: string;
  /** What `/onym.js` and its kin answer with; without it they have none. */
  readonly pageScripts?: Pick<PageScripts, 'current' | 'find'>;
  /** What browsers get to see; without it a page that says where to go on. */
  readonly console?: ConsoleBuild | null;
  /** Pass one to register more metrics beside the HTTP ones. */
  readonly metrics?: HttpMetrics;
  /** As Fastify's `logger`; off by default. What is logged of a request never holds its key. */
  readonly logger?: Logger;
  readonly now?: () => Millis;
  readonly newUuid?: () => string;
  /** What applications may speak. Default: Onym's own. */
  readonly protocols?: readonly Protocol[];
  /** A request that has not arrived in whole by then is cut. Default `requestMaxMs` of limits.ts. */
  readonly requestTimeoutMs?: number;
  /** An idle connection is closed then. Default `connectionIdleMaxMs` of limits.ts. */
  readonly keepAliveTimeoutMs?: number;
  /** Silence after which a live stream sends a comment, so that proxies keep it open. Default 15 s. */
  readonly heartbeatIntervalMs?: number;
}

/** Ids of 512 bytes in a path, each byte percent-encoded, and once more for keys of traits. */
const paramLengthMax = 3 * Math.max(limits.distinctIdBytesMax, limits.traitKeyBytesMax) + 1;
const noPageScripts: Pick<PageScripts, 'current' | 'find'> = { current: null, find: () => null };
const connectionCheckIntervalMsMax = 5_000;

/** The HTTP server, not yet listening. Closing it ends live streams and idle connections, and waits for calls under way. */
export function createApp(services: Services, options: AppOptions): FastifyInstance {
  const requestTimeoutMs = options.requestTimeoutMs ?? limits.requestMaxMs;
  const paths = pathMender();
  const bounds = { ...limits, ...options.limits };
  const app = Fastify({
    bodyLimit: bounds.bodyBytesMax,
    routerOptions: { maxParamLength: paramLengthMax },
    rewriteUrl: (request) => paths.mend(request.url ?? '/'),
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: options.keepAliveTimeoutMs ?? limits.connectionIdleMaxMs,
    http: {
      maxHeaderSize: limits.headerBytesMax,
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(requestTimeoutMs, connectionCheckIntervalMsMax),
    },
    forceCloseConnections: 'idle',
    // Calls on connections still open while the server stops are answered by the services, in the usual shape.
    return503OnClosing: false,
    trustProxy: options.trustedProxies?.length ? [...options.trustedProxies] : false,
    requestIdHeader: false,
    genReqId: createRequestIds(),
    logger: withoutSecrets(options.logger ?? false),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) =>
      sendError(exposedSecret(options.keys, request.raw) ?? error, request as FastifyRequest, reply as never),
  });
  const metrics = options.metrics ?? createHttpMetrics();
  /** Live streams end when the server begins to stop. */
  const stopping = new AbortController();
  const context: RouteContext = {
    services,
    keys: options.keys,
    sessions: options.sessions,
    metrics,
    rates: createRateLimits(bounds, metrics),
    now: options.now ?? Date.now,
    newUuid: options.newUuid ?? createEventUuids(),
    live: createLiveStreams({
      keys: options.keys,
      heartbeatIntervalMs: options.heartbeatIntervalMs ?? 15_000,
      stopping: stopping.signal,
    }),
    stopping: stopping.signal,
  };

  app.decorateRequest('key', null);
  app.decorateRequest('session', null);
  app.decorateRequest('asked', null);
  addBodyParsers(app);
  app.setValidatorCompiler(validatorCompiler as never);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(sendError);
  paths.watch(app);
  // First of all hooks, so that what any other one refuses has it.
  app.addHook('onRequest', (_request, reply, done) => {
    nameAnswer(reply);
    done();
  });
  admitApiReference(app);
  guardRoutes(app, options.keys, options.sessions);
  addNotFoundHandler(app, options.keys);
  addNameChecks(app, metrics);
  app.addHook('onResponse', (request, reply, done) => {
    metrics.observe(request.routeOptions.url ?? 'unknown', reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
  app.addHook('preClose', (done) => {
    stopping.abort();
    done();
  });
  closeConnectionsOnStop(app);
  addOpenApi(app, options.version);
  addApiReference(app);

  app.register((scope) => callRoutes(scope, context, options.protocols ?? [onym]));
  app.register((scope) => operationRoutes(scope, context));
  app.register((scope) => pageScriptRoutes(scope, options.pageScripts ?? noPageScripts));
  const console = options.console ?? null;
  app.register((scope) => consoleRoutes(scope, console));
  app.register(welcomeRoutes, { version: options.version, console });
  app.register(
    async (scope) => {
      scope.addHook('onResponse', (request, reply, done) => {
        const { method, routeOptions } = request;
        const fields = { method, route: routeOptions.url, status: reply.statusCode, key: request.key?.name };
        const asked = request.asked === null ? {} : { asked: request.asked };
        const by = request.session === null ? {} : { by: consoleName };
        request.log.info({ ...fields, ...by, ...asked, ms: Math.round(reply.elapsedTime) }, 'request');
        done();
      });
      await findingRoutes(scope, context);
      await scope.register((session) => sessionRoutes(session, context));
      await identityRoutes(scope, context);
      await erasureRoutes(scope, context);
      await explainRoutes(scope, context);
      await ledgerRoutes(scope, context);
      await eventRoutes(scope, context);
      await steeringRoutes(scope, context);
      await reviewRoutes(scope, context);
      await lintRoutes(scope, context);
      await deadLetterRoutes(scope, context);
      await quarantineRoutes(scope, context);
      await environmentRoutes(scope, context);
      await queryRoutes(scope, context);
      await savedQueryRoutes(scope, context);
      await schemaRoutes(scope, context);
      await exportRoutes(scope, context);
      await statusRoutes(scope, context);
      await keyRoutes(scope, context);
      await backupRoutes(scope, context);
      await retentionRoutes(scope, context);
      await scope.register((files) => importRoutes(files, context));
    },
    { prefix: '/v1' },
  );
  return app;
}

/** Of a request whose path cannot be read, which meets no hook. */
function exposedSecret(keys: KeyStore, { method = '', url = '' }: IncomingMessage): unknown {
  try {
    refuseExposedSecret(keys, { method, query: parseQuery(url.slice(url.indexOf('?') + 1)) });
    return null;
  } catch (error) {
    return error;
  }
}

/** Requests are logged without their headers and without the query string, where a key may be. */
function withoutSecrets(logger: Logger): Logger {
  if (logger === false) return false;
  const options = logger === true ? {} : logger;
  const req = ({ method, url, ip }: FastifyRequest) => ({ method, path: url?.split('?')[0], remoteAddress: ip });
  return { ...options, serializers: { ...options.serializers, req } } as Logger;
}
