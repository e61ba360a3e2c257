import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import type { Config } from './config.ts';
import { openDataDirectory } from './data-directory.ts';
import { openDeadLetters } from './dead-letters.ts';
import { createErasures } from './erasure/erasures.ts';
import { createEventUuids } from './event-uuid.ts';
import { createEventStore } from './events/event-store.ts';
import type { EventStore } from './events/types.ts';
import { createApp } from './http/app.ts';
import { createHttpMetrics } from './http/metrics.ts';
import type { Services } from './http/services.ts';
import { openSqliteStore } from './identity/sqlite-store.ts';
import type { IdentityStore } from './identity/types.ts';
import { createImports } from './import/imports.ts';
import { createDecidedCalls } from './ingest/decided-calls.ts';
import { createGroupCommit } from './ingest/group-commit.ts';
import { createRepeatCounter } from './ingest/repeat-counter.ts';
import { createDrain } from './journal/drain.ts';
import { openJournal } from './journal/journal.ts';
import { createUuidWindow } from './journal/uuid-window.ts';
import { removeLocalAccess, withLocalKey, writeLocalAccess } from './keys/local-access.ts';
import { openKeyStore } from './keys/store.ts';
import type { KeyStore } from './keys/types.ts';
import { createLedgerFeed } from './ledger-feed.ts';
import { limits } from './limits.ts';
import { createLint, type Lint } from './lint/lint.ts';
import { createTally, registerServerMetrics } from './metrics.ts';
import { createProjector } from './projector/projector.ts';
import { createServices } from './services.ts';
import { createSteering } from './steering/steering.ts';
import { version } from './version.ts';

export interface ServerOptions {
  readonly config: Config;
  /** As Fastify's `logger`. */
  readonly logger?: NonNullable<FastifyServerOptions['logger']>;
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
  readonly newKeys: { readonly writeKey: string | null; readonly secretKey: string | null };
  /** Resolves to the URL that calls are accepted at. */
  listen(): Promise<string>;
  /** Stops accepting, drains what was acknowledged, and closes everything. Safe to call twice. */
  stop(): Promise<void>;
}

/** Opens every part in the order in which they depend on each other. When one fails, those before it are closed again. */
export async function createServer({ config, logger = false, makesKeys = true }: ServerOptions): Promise<Server> {
  const closers: (() => void | Promise<void>)[] = [];
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    return await assemble(config, logger, makesKeys, closers, closeAll);
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function assemble(
  config: Config,
  logger: NonNullable<FastifyServerOptions['logger']>,
  makesKeys: boolean,
  closers: (() => void | Promise<void>)[],
  closeAll: () => Promise<void>,
): Promise<Server> {
  const directory = openDataDirectory(config.dataDir);
  closers.push(directory.release);
  const identityStore = openSqliteStore(directory.identityFile);
  closers.push(() => identityStore.close());
  for (const name of config.environments) await identityStore.prepare(name, config.settings[name]!, Date.now());

  const storedKeys = openKeyStore(directory.keysFile);
  closers.push(() => storedKeys.close());
  const newKeys = makesKeys ? storedKeys.ensureInitialKeys(config) : { writeKey: null, secretKey: null };
  const { keys, secret: localSecret } = withLocalKey(storedKeys, config.environments, Date.now());

  const eventStore = await createEventStore({ path: directory.eventsDirectory });
  closers.push(() => eventStore.close());
  for (const name of config.environments) await eventStore.prepare(name);

  const feed = createLedgerFeed();
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

  const journal = openJournal({ directory: directory.journalDirectory });
  closers.push(() => journal.close());
  const drain = createDrain({ journal, eventStore, identityStore, log });
  closers.push(() => drain.close());
  const uuidWindow = createUuidWindow({ journal, eventStore });
  for (const name of config.environments) await uuidWindow.fill(name);
  const projector = createProjector({ identityStore, eventStore, drain, log });
  closers.push(() => projector.close());

  const decidedCalls = createDecidedCalls();
  const groupCommit = createGroupCommit({
    identityStore,
    now: Date.now,
    onCommitted(environment, operations, commit) {
      decidedCalls.learn(environment, operations, commit);
      if (commit.touched.length === 0) return;
      projector.notify(environment);
      feed.notify(environment);
    },
  });

  const imports = createImports({
    directory: directory.importsDirectory,
    progressFile: directory.importsFile,
    identityStore,
    uuidWindow,
    services: () => services,
    now: Date.now,
    newUuid: createEventUuids(),
  });
  closers.push(() => imports.close());
  const steering = createSteering({
    identityStore,
    eventStore,
    groupCommit,
    drain,
    projector,
    now: Date.now,
    onReverted: imports.reverted,
  });

  const erasures = createErasures({
    identityStore,
    eventStore,
    drain,
    projector,
    journal,
    deadLetters,
    decidedCalls,
    lint,
    notify(environment) {
      projector.notify(environment);
      feed.notify(environment);
    },
    now: Date.now,
    newId: randomUUID,
    log,
  });
  closers.push(() => erasures.close());

  let accepting = false;
  const services: Services = createServices({
    environments: config.environments,
    settings: (name) => config.settings[name]!,
    identityStore,
    eventStore,
    groupCommit,
    decidedCalls,
    uuidWindow,
    drain,
    projector,
    steering,
    imports,
    observers: [repeats, lint],
    lint,
    erasures,
    onLedger: feed.listen,
    deadLetter(letters) {
      deadLetters.add(letters);
      lint.observeRejected(letters);
    },
    ready: () => accepting,
    now: Date.now,
    tally,
  });
  const app = createApp(services, { keys, version, metrics, logger });
  log.info = app.log.info.bind(app.log);
  log.warn = app.log.warn.bind(app.log);
  log.error = app.log.error.bind(app.log);
  registerServerMetrics(metrics.registry, { tally, journal, drain, projector, groupCommit, deadLetters });
  drain.start();
  projector.start(config.environments);
  await erasures.resume(config.environments);
  accepting = true;

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
      const url = await app.listen({ host: config.host, port: config.port });
      writeLocalAccess(directory.localAccessFile, { url: reachable(url), secret: localSecret });
      return url;
    },
    stop() {
      stopping ??= (async () => {
        accepting = false;
        imports.stop();
        removeLocalAccess(directory.localAccessFile);
        await app.close();
        await groupCommit.idle();
        await withinDeadline(drain.flush());
        await closeAll();
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
