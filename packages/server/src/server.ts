import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { createBackups } from './backup/backups.ts';
import type { Config } from './config.ts';
import { checkEvents } from './damage/events.ts';
import { checkFiles } from './damage/files.ts';
import { openDataDirectory } from './disk/data-directory.ts';
import { directoryProblem } from './disk/directory-problem.ts';
import { createEnvironmentStates } from './environments.ts';
import { createEventFeed } from './event-feed.ts';
import { createEventUuids } from './event-uuid.ts';
import { createFreshReads } from './events/fresh-reads.ts';
import type { EventStore } from './events/types.ts';
import { createApp } from './http/app.ts';
import { createHttpMetrics } from './http/metrics.ts';
import { createMetricsApp } from './http/metrics-app.ts';
import type { Services } from './http/services.ts';
import { createCommits, tellOfCalls, tellOfRows } from './identity/commits.ts';
import { createDecidedCalls } from './identity/decided-calls.ts';
import type { IdentityStore } from './identity/store.ts';
import { createImports } from './import/imports.ts';
import { openDeadLetters } from './ingest/dead-letters.ts';
import { withHeldShares } from './ingest/held-shares.ts';
import { createIngest } from './ingest/ingest.ts';
import { createRepeatCounter } from './ingest/repeat-counter.ts';
import { createDrain } from './journal/drain.ts';
import { openJournal } from './journal/journal.ts';
import { createQuarantine } from './journal/quarantine.ts';
import { createRemovals } from './journal/removals.ts';
import { createUuidWindow } from './journal/uuid-window.ts';
import { removeLocalAccess, withLocalKey, writeLocalAccess } from './keys/local-access.ts';
import { startNotices } from './keys/start-notices.ts';
import { openKeyStore } from './keys/store.ts';
import type { KeyPair, KeyStore } from './keys/types.ts';
import { limits } from './limits.ts';
import { createLint, type Lint } from './lint/lint.ts';
import { createDiskUse } from './metrics/disk-use.ts';
import { withImportOutcomes } from './metrics/import-outcomes.ts';
import { createTally, registerServerMetrics } from './metrics/server-metrics.ts';
import { withVerdicts } from './metrics/verdicts.ts';
import { currentPageScript, openPageScripts } from './page-scripts.ts';
import { createErasures } from './people/erasures.ts';
import { createPeople } from './people/people.ts';
import { createProjector } from './projector/projector.ts';
import { createReadiness } from './readiness.ts';
import { createRetention } from './retention/retention.ts';
import { createSteering } from './steering/steering.ts';
import { stopNotice } from './stop-notice.ts';
import { openEventStore, openIdentityStore } from './stores.ts';
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

/**
 * A single command's use of a directory that no server runs on. It goes by the environments, guard rails and keys that it finds there, and
 * adds none. `read`: nothing works in the background, and what it does not need stays as it is.
 */
export type Visit = 'read' | 'change';

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
    return await assemble(options, closers, closeAll);
  } catch (error) {
    await closeAll();
    throw directoryProblem(error, options.config.dataDir);
  }
}

async function assemble(
  { config: asked, logger = false, signal, visit, makesKeys = true }: ServerOptions,
  closers: (() => void | Promise<void>)[],
  closeAll: () => Promise<void>,
): Promise<Server> {
  /** Signals are heard between two turns of the event loop. */
  const goOn = async () => {
    await nextTurn();
    signal?.throwIfAborted();
  };

  const directory = openDataDirectory(asked.dataDir);
  closers.push(directory.release);
  const notices = checkFiles(directory, { thorough: visit === undefined, now: Date.now });
  await goOn();
  const identityStore = openIdentityStore(directory);
  closers.push(() => identityStore.close());
  const config = visit === undefined ? asked : { ...asked, ...(await standing(identityStore)) };
  if (visit === undefined) {
    for (const name of config.environments) await identityStore.prepare(name, config.settings[name]!, Date.now());
  }
  await goOn();

  const storedKeys = openKeyStore(directory.keysFile);
  closers.push(() => storedKeys.close());
  const { keys, secret: localSecret } = withLocalKey(storedKeys, config.environments, Date.now());

  const eventStore = await openEventStore(directory, { onDemand: visit === 'read', queryLimits: config.limits });
  closers.push(() => eventStore.close());
  for (const name of config.environments) {
    await goOn();
    await eventStore.prepare(name);
  }
  await goOn();

  const metrics = createHttpMetrics();
  const tally = createTally();
  // The log exists once the app does; nothing logs before the first call.
  const log = { info: noLog, warn: noLog, error: noLog } as Log;
  const deadLetters = openDeadLetters(directory.deadLettersFile, log);
  closers.push(() => deadLetters.close());

  const repeats = createRepeatCounter(identityStore, log);
  closers.push(() => repeats.close());

  const lint = createLint({
    file: directory.lintFile,
    environments: config.environments,
    identityStore,
    settings: (name) => config.settings[name]!,
    log,
  });
  closers.push(() => lint.close());

  const journal = openJournal({ directory: directory.journalDirectory, limits: config.limits });
  closers.push(() => journal.close());
  const drain = createDrain({ journal, eventStore, identityStore, log });
  closers.push(() => drain.close());
  const eventFeed = createEventFeed();
  const uuidWindow = eventFeed.overhear(createUuidWindow({ journal, eventStore }));
  if (visit !== 'read') for (const name of config.environments) await uuidWindow.fill(name, signal);
  await goOn();
  const projector = createProjector({ identityStore, eventStore, drain, log });
  closers.push(() => projector.close());

  const commits = createCommits({ identityStore, decidedCalls: createDecidedCalls(), now: Date.now });
  commits.listen(tellOfRows(projector.notify));
  commits.listen(tellOfCalls(repeats, lint, tally));

  const reads = createFreshReads(eventStore, { flush: drain.flush, sync: projector.sync });
  const settings = (name: string) => config.settings[name]!;
  const ingest = createIngest({
    commits,
    uuidWindow,
    reads,
    sync: { events: drain.flush, identities: projector.sync },
    observeEvent: lint.observeEvent,
    tally,
  });
  const shares = { commits, identityStore, max: config.limits.heldLinksPerKeyMax, now: Date.now };
  const imports = createImports({
    directory: directory.importsDirectory,
    progressFile: directory.importsFile,
    limits: config.limits,
    identityStore,
    uuidWindow,
    commits,
    ingest,
    settings,
    now: Date.now,
    newUuid: createEventUuids(),
  });
  closers.push(() => imports.close());
  const steering = createSteering({
    identityStore,
    reads,
    commits,
    projector,
    onReverted: imports.reverted,
  });

  const removing = createRemovals({ journal, drain, eventStore });
  const erasures = createErasures({
    identityStore,
    commits,
    eventStore,
    drain,
    projector,
    deadLetters,
    keepers: [journal, deadLetters, lint],
    removing,
    now: Date.now,
    newId: randomUUID,
    log,
  });
  closers.push(() => erasures.close());

  const backups = createBackups({
    dataDirectory: directory.path,
    files: [
      directory.identityFile,
      directory.keysFile,
      directory.deadLettersFile,
      directory.lintFile,
      directory.importsFile,
    ],
    journalFile: directory.journalFile,
    identityStore,
    eventStore,
    drain,
    version,
    now: Date.now,
  });
  closers.push(() => backups.idle());

  const retention = createRetention({
    days: (name) => config.retentionDays[name] ?? null,
    eventStore,
    drain,
    removing,
    now: Date.now,
    log,
  });
  closers.push(() => retention.close());

  let phase: 'starting' | 'serving' | 'stopping' = 'starting';
  const readiness = createReadiness({
    phase: () => phase,
    directories: { 'data directory': directory.path, journal: directory.journalDirectory },
    doors: { 'identity store': commits, journal },
    journal,
    limits: config.limits,
    now: Date.now,
  });
  const services: Services = {
    environments: () => config.environments,
    settings,
    ingest: withVerdicts(withHeldShares(ingest, shares), tally.verdicts),
    people: createPeople({ identityStore, reads, erasures }),
    steering,
    lint,
    reads,
    imports: withImportOutcomes(imports, tally.imports),
    deadLetters,
    quarantine: createQuarantine({ journal, drain }),
    environmentStates: createEnvironmentStates({ identityStore, eventStore, settings }),
    backups,
    retention,
    deadLetter(letters) {
      deadLetters.add(letters);
      lint.observeRejected(letters);
    },
    ledgerPage: (environment, after, limit) => identityStore.ledger(environment, after, limit),
    ledgerHead: async (environment) => (await identityStore.environment(environment)).head,
    onLedger: (environment, listener) => commits.listen(tellOfRows((grown) => grown === environment && listener())),
    onEvents: eventFeed.listen,
    obstacles: readiness.obstacles,
  };
  const pageScripts = openPageScripts(directory.scriptsDirectory, visit === undefined ? currentPageScript() : null);
  const app = createApp(services, {
    keys,
    version,
    metrics,
    logger,
    pageScripts,
    limits: config.limits,
    trustedProxies: config.trustedProxies,
  });
  const metricsApp = createMetricsApp(metrics);
  log.info = app.log.info.bind(app.log);
  log.warn = app.log.warn.bind(app.log);
  log.error = app.log.error.bind(app.log);
  try {
    pageScripts.keep();
  } catch (error) {
    // A full disk: nothing that a start should end for.
    log.warn({ err: error }, 'the script for pages is not kept: pages that pin it will not find it after an upgrade');
  }
  registerServerMetrics(metrics.registry, {
    version,
    environments: config.environments,
    tally,
    readiness,
    identityStore,
    eventStore,
    journal,
    drain,
    projector,
    commits,
    imports,
    deadLetters,
    disk: createDiskUse(directory.path),
    now: Date.now,
  });
  for (const { level, details, message } of notices) log[level](details, message);
  if (visit !== 'read') {
    const checks = { path: directory.path, eventStore, journal, log };
    for (const name of config.environments) await checkEvents(name, checks);
    drain.start();
    projector.start(config.environments);
    await erasures.resume(config.environments);
    await goOn();
  }
  // Last: keys that a start makes are shown once, so one that fails, or is interrupted, must make none.
  const newKeys = visit === undefined && makesKeys ? startKeys(storedKeys, config, log) : noKeys;
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

function startKeys(keys: KeyStore, config: Config, log: Log): KeyPair {
  const { isFirst, made } = keys.start(config);
  for (const { level, message } of startNotices(keys, isFirst, config)) log[level]({}, message);
  return made;
}

const noKeys: KeyPair = { writeKey: null, secretKey: null };

/** What a directory was last served with. */
async function standing(identityStore: IdentityStore): Promise<Pick<Config, 'environments' | 'settings'>> {
  const environments = await identityStore.environments();
  const infos = await Promise.all(environments.map((name) => identityStore.environment(name)));
  return { environments, settings: Object.fromEntries(infos.map((info) => [info.name, info.settings])) };
}

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

interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

const noLog = (): void => {};

/** An address that listens everywhere is reached here. */
function reachable(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}
