import type { IncomingMessage } from 'node:http';
import { parse as parseQuery } from 'node:querystring';
import type { Millis } from '@onym/core';
import Fastify, { type FastifyInstance, type FastifyRequest, type FastifyServerOptions, LogController } from 'fastify';
import { createEventUuids } from '../event-uuid.ts';
import type { KeyStore } from '../keys/types.ts';
import { limits } from '../limits.ts';
import { addApiReference, admitApiReference } from './api-reference.ts';
import { guardRoutes, refuseExposedSecret } from './auth.ts';
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
import type { RouteContext } from './route-context.ts';
import { callRoutes } from './routes/calls.ts';
import { erasureRoutes } from './routes/erasure.ts';
import { eventRoutes } from './routes/events.ts';
import { explainRoutes } from './routes/explain.ts';
import { exportRoutes } from './routes/export.ts';
import { identityRoutes } from './routes/identities.ts';
import { importRoutes } from './routes/import.ts';
import { ledgerRoutes } from './routes/ledger.ts';
import { lintRoutes } from './routes/lint.ts';
import { operationRoutes } from './routes/operations.ts';
import { queryRoutes } from './routes/query.ts';
import { reviewRoutes } from './routes/review.ts';
import { steeringRoutes } from './routes/steering.ts';
import { welcomeRoutes } from './routes/welcome.ts';
import type { Services } from './services.ts';
import { serializerCompiler, validatorCompiler } from './validation.ts';

type Logger = NonNullable<FastifyServerOptions['logger']>;

export interface AppOptions {
  readonly keys: KeyStore;
  /** Shown in /openapi.json. */
  readonly version: string;
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
const connectionCheckIntervalMsMax = 5_000;

/** The HTTP server, not yet listening. Closing it ends live streams and idle connections, and waits for calls under way. */
export function createApp(services: Services, options: AppOptions): FastifyInstance {
  const requestTimeoutMs = options.requestTimeoutMs ?? limits.requestMaxMs;
  const paths = pathMender();
  const app = Fastify({
    bodyLimit: limits.bodyBytesMax,
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
    logger: withoutSecrets(options.logger ?? false),
    logController: new LogController({ disableRequestLogging: true }),
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
    metrics,
    now: options.now ?? Date.now,
    newUuid: options.newUuid ?? createEventUuids(),
    live: createLiveStreams({
      keys: options.keys,
      heartbeatIntervalMs: options.heartbeatIntervalMs ?? 15_000,
      stopping: stopping.signal,
    }),
  };

  app.decorateRequest('key', null);
  addBodyParsers(app);
  app.setValidatorCompiler(validatorCompiler as never);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(sendError);
  paths.watch(app);
  admitApiReference(app);
  guardRoutes(app, options.keys);
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
  app.register(welcomeRoutes, { version: options.version });
  app.register(
    async (scope) => {
      scope.addHook('onResponse', (request, reply, done) => {
        const { method, routeOptions } = request;
        const fields = { method, route: routeOptions.url, status: reply.statusCode, key: request.key?.name };
        request.log.info({ ...fields, ms: Math.round(reply.elapsedTime) }, 'request');
        done();
      });
      await identityRoutes(scope, context);
      await erasureRoutes(scope, context);
      await explainRoutes(scope, context);
      await ledgerRoutes(scope, context);
      await eventRoutes(scope, context);
      await steeringRoutes(scope, context);
      await reviewRoutes(scope, context);
      await lintRoutes(scope, context);
      await queryRoutes(scope, context);
      await exportRoutes(scope, context);
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
