import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { assemble } from './assemble.ts';
import type { Config } from './config.ts';
import { builtConsole } from './console.ts';
import { checkEvents } from './damage/events.ts';
import { directoryProblem } from './disk/directory-problem.ts';
import { checkMoved } from './disk/moved.ts';
import type { EventStore } from './events/types.ts';
import { createApp } from './http/app.ts';
import { createHttpMetrics } from './http/metrics.ts';
import { createMetricsApp } from './http/metrics-app.ts';
import type { Services } from './http/services.ts';
import type { IdentityStore } from './identity/store.ts';
import { localKeyName } from './keys/checks.ts';
import { reachable, removeLocalAccess, writeLocalAccess } from './keys/local-access.ts';
import { startNotices } from './keys/start-notices.ts';
import type { KeyPair, KeyStore } from './keys/types.ts';
import { limits } from './limits.ts';
import type { Lint } from './lint/lint.ts';
import { createLateLog, type Log } from './log.ts';
import { registerServerMetrics } from './metrics/server-metrics.ts';
import { createTally } from './metrics/server-tally.ts';
import { openParts, type Visit } from './open-parts.ts';
import { currentPageScript, openPageScripts } from './page-scripts.ts';
import type { Phase } from './readiness.ts';
import { stopNotice } from './stop-notice.ts';
import { version } from './version.ts';

export interface ServerOptions {
  readonly config: Config;
  /** As Fastify's `logger`. */
  readonly logger?: NonNullable<FastifyServerOptions['logger']>;
  /** Once aborted, a start under way ends as soon as it can: what was opened is closed again, and the promise rejects with its reason. */
  readonly signal?: AbortSignal;
  readonly visit?: Visit;
  /** False: this is no start that anybody would be shown new keys by, so none are made. */
  readonly makesKeys?: boolean;
}

/** A whole server over its data directory, not yet listening. */
export interface Server {
  readonly app: FastifyInstance;
  readonly services: Services;
  readonly keys: KeyStore;
  readonly identityStore: IdentityStore;
  readonly eventStore: EventStore;
  readonly lint: Lint;
  /** A secret key that lives as long as this process, for commands on this machine. */
  readonly localSecret: string;
  /** Keys made by this start; shown once, never stored. */
  readonly newKeys: KeyPair;
  /** A token that signs in to the console, once, as the commands on this machine. */
  signInToken(): Promise<string>;
  /** Resolves to the URL that calls are accepted at. */
  listen(): Promise<string>;
  /** Where metrics are shown without a key, once it listens; null for nowhere. */
  metricsUrl(): string | null;
  /** Stops accepting, drains what was acknowledged, and closes everything. Safe to call twice. */
  stop(): Promise<void>;
}

/** Opens every part in the order in which they depend on each other. When one fails, those before it are closed again. */
export async function createServer(options: ServerOptions): Promise<Server> {
  const closers: (() => void | Promise<void>)[] = [];
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    return await start(options, closers, closeAll);
  } catch (error) {
    await closeAll();
    throw directoryProblem(error, options.config.dataDir);
  }
}

async function start(
  { config: asked, logger = false, signal, visit, makesKeys = true }: ServerOptions,
  closers: (() => void | Promise<void>)[],
  closeAll: () => Promise<void>,
): Promise<Server> {
  checkMoved(asked.dataDir, { shared: asked.postgres !== null });
  const log = createLateLog();
  const parts = await openParts({ config: asked, visit, log, signal, closers });
  const { config, directory, storedKeys, keys, localSecret, sessions, identityStore, eventStore, lint, goOn } = parts;
  const { journal, journalOnDisk, drain, nodes, projector } = parts;
  const metrics = createHttpMetrics();
  const tally = createTally();
  let phase: Phase = 'starting';
  const own = assemble(parts, { tally, log, phase: () => phase, closers });
  const { services, commits, imports, erasures, retention } = own;
  const pageScripts = openPageScripts(directory.scriptsDirectory, visit === undefined ? currentPageScript() : null);
  const console = visit === undefined ? builtConsole() : null;
  const app = createApp(services, {
    keys,
    sessions,
    version,
    metrics,
    logger,
    pageScripts,
    console,
    limits: config.limits,
    trustedProxies: config.trustedProxies,
  });
  const metricsApp = createMetricsApp(metrics);
  log.begin(app.log);
  try {
    pageScripts.keep();
  } catch (error) {
    // A full disk: nothing that a start should end for.
    log.warn({ err: error }, 'the script for pages is not kept: pages that pin it will not find it after an upgrade');
  }
  registerServerMetrics(metrics.registry, own.readings);
  for (const { level, details, message } of parts.notices) log[level](details, message);
  if (visit !== 'read') {
    // To a server others write too, and what becomes of its parts is for those who run it.
    if (config.clickhouse === null && journalOnDisk !== null) {
      const checks = { path: directory.path, eventStore, journal: { ...journal, ...journalOnDisk }, log };
      for (const name of config.environments) await checkEvents(name, checks);
    }
    closers.push(await commits.follow());
    await nodes.start();
    drain.start();
    projector.start(config.environments);
    await erasures.resume(config.environments);
    await goOn();
  }
  // Last: keys that a start makes are shown once, so one that fails, or is interrupted, must make none.
  const newKeys = visit === undefined && makesKeys ? await startKeys(storedKeys, config, log) : noKeys;
  if (visit === undefined) retention.start(config.environments);
  phase = 'serving';

  let metricsUrl: string | null = null;
  let stopping: Promise<void> | null = null;
  return {
    app,
    services,
    keys: storedKeys,
    identityStore,
    eventStore,
    lint,
    localSecret,
    newKeys,
    signInToken: async () => (await sessions.invite(keys.active(localKeyName)!)).token,
    async listen() {
      const url = await quietly(app.log, () => app.listen({ host: config.host, port: config.port }));
      if (config.metrics !== null) metricsUrl = await metricsApp.listen(config.metrics);
      writeLocalAccess(directory.localAccessFile, { url: reachable(url), secret: localSecret });
      return url;
    },
    metricsUrl: () => metricsUrl,
    stop() {
      stopping ??= (async () => {
        phase = 'stopping';
        const stopped = stopNotice({ drain, journal, now: () => performance.now() });
        log.info({ importsUnderWay: imports.running() }, 'stopping: no call is accepted any more');
        imports.stop();
        removeLocalAccess(directory.localAccessFile);
        await app.close();
        await metricsApp.close();
        await commits.idle();
        if (visit !== 'read') await withinDeadline(drain.flush());
        await closeAll();
        log.info(...stopped());
      })();
      return stopping;
    },
  };

  /** What is not drained by then stays in the journal, and is drained by the next start. */
  async function withinDeadline(work: Promise<void>): Promise<void> {
    const deadline = new AbortController();
    const late = sleep(limits.shutdownMaxMs, 'late', { signal: deadline.signal }).catch(() => 'aborted');
    try {
      await Promise.race([work, late]);
    } catch (error) {
      log.warn({ err: error }, 'events stay in the journal until the next start');
    } finally {
      deadline.abort();
    }
  }
}

async function startKeys(keys: KeyStore, config: Config, log: Log): Promise<KeyPair> {
  const { isFirst, made } = await keys.start(config);
  for (const { level, message } of startNotices(keys, isFirst, config)) log[level]({}, message);
  return made;
}

const noKeys: KeyPair = { writeKey: null, secretKey: null };

/** Without what Fastify says of its addresses: whoever serves tells where, in words of their own. */
async function quietly<T>(log: { level: string }, listen: () => Promise<T>): Promise<T> {
  const { level } = log;
  if (level === 'info' || level === 'debug' || level === 'trace') log.level = 'warn';
  try {
    return await listen();
  } finally {
    log.level = level;
  }
}
