import { randomUUID } from 'node:crypto';
import { createBackups } from './backup/backups.ts';
import { createEnvironmentStates } from './environments.ts';
import { createEventUuids } from './event-uuid.ts';
import { createFreshReads } from './events/fresh-reads.ts';
import type { Services } from './http/services.ts';
import { createCommits, tellOfCalls, tellOfRows, tellOfSteering } from './identity/commits.ts';
import { createDecidedCalls } from './identity/decided-calls.ts';
import { createImports } from './import/imports.ts';
import { withHeldShares } from './ingest/held-shares.ts';
import { createIngest } from './ingest/ingest.ts';
import { createQuarantine } from './journal/quarantine.ts';
import { createRemovals } from './journal/removals.ts';
import type { Log } from './log.ts';
import { createDiskUse } from './metrics/disk-use.ts';
import { withImportOutcomes } from './metrics/import-outcomes.ts';
import { createReadings } from './metrics/readings.ts';
import type { Tally } from './metrics/server-tally.ts';
import { createStatusReader } from './metrics/status.ts';
import { withVerdicts } from './metrics/verdicts.ts';
import type { Nodes } from './nodes/nodes.ts';
import type { Parts } from './open-parts.ts';
import { createErasures } from './people/erasures.ts';
import { createErrandWork } from './people/errands.ts';
import { createPeople } from './people/people.ts';
import { createSearch } from './people/search.ts';
import { createReadiness, type ReadinessParts, type WriteDoor } from './readiness.ts';
import { createRetention } from './retention/retention.ts';
import { createSteering } from './steering/steering.ts';
import { version } from './version.ts';

export interface AssembleOptions {
  readonly tally: Tally;
  readonly log: Log;
  readonly phase: ReadinessParts['phase'];
  /** Gets how to close each part that was made, in that order. */
  readonly closers: (() => void | Promise<void>)[];
}

/** Puts together what the server does from the parts it does it with: who hears of whom, who forgets, who is asked for what. */
export function assemble(parts: Parts, { tally, log, phase, closers }: AssembleOptions) {
  const { config, directory, identityStore, eventStore, deadLetters, repeats, lint, savedQueries } = parts;
  const { journal, drain, nodes, turns, eventFeed, uuidWindow, projector } = parts;

  const commits = createCommits({ identityStore, decidedCalls: createDecidedCalls(), now: Date.now });
  commits.listen(tellOfRows(projector.notify));
  commits.listen(tellOfCalls(repeats, lint, tally));
  commits.listen(tellOfSteering(lint.observeSteering));

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
    progress: parts.importProgress,
    turns,
    limits: config.limits,
    identityStore,
    uuidWindow,
    commits,
    ingest,
    settings,
    now: Date.now,
    newUuid: createEventUuids(),
  });
  const steering = createSteering({
    identityStore,
    reads,
    commits,
    projector,
    onReverted: imports.reverted,
  });

  const removing = createRemovals({ journal, drain, eventStore });
  nodes.answer(createErrandWork({ identityStore, drain, keepers: [journal, deadLetters, lint, savedQueries] }));
  const erasures = createErasures({
    identityStore,
    commits,
    eventStore,
    drain,
    projector,
    deadLetters,
    nodes,
    turns,
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
      directory.savedQueriesFile,
    ],
    journalFile: directory.journalFile,
    isShared: parts.shared !== null,
    scriptsDirectory: directory.scriptsDirectory,
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
    turns: parts.turns,
    drain,
    removing,
    now: Date.now,
    log,
  });
  closers.push(() => retention.close());

  const readiness = createReadiness({
    phase,
    directories: { 'data directory': directory.path, journal: directory.journalDirectory },
    doors: {
      'identity store': identityDoor(commits, nodes),
      [config.acknowledge === 'journal' ? 'journal' : 'event store']: journal,
    },
    journal,
    nodes,
    hasJournal: config.acknowledge === 'journal',
    limits: config.limits,
    now: Date.now,
  });
  const readings = createReadings({
    version,
    environments: config.environments,
    tally,
    readiness,
    identityStore,
    eventStore,
    journal,
    drain,
    projector,
    nodes,
    commits,
    imports,
    deadLetters,
    disk: createDiskUse(directory.path),
    now: Date.now,
  });
  const services: Services = {
    environments: () => config.environments,
    settings,
    ingest: withVerdicts(withHeldShares(ingest, shares), tally.verdicts),
    keepsEveryEvent: config.acknowledge === 'journal',
    people: createPeople({ identityStore, reads, erasures }),
    search: createSearch({ identityStore, reads }),
    steering,
    lint,
    reads,
    imports: withImportOutcomes(imports, tally.imports),
    deadLetters,
    quarantine: createQuarantine({ journal, drain }),
    environmentStates: createEnvironmentStates({ identityStore, eventStore, settings }),
    backups,
    savedQueries,
    status: createStatusReader(readings, Date.now()),
    retention,
    deadLetter(letters) {
      deadLetters.add(letters);
      for (const { call, errorCode } of letters) tally.rejected.add(call, errorCode);
      lint.observeRejected(letters);
    },
    ledgerPage: (environment, after, limit) => identityStore.ledger(environment, after, limit),
    ledgerHead: async (environment) => (await identityStore.environment(environment)).head,
    onLedger: (environment, listener) => commits.listen(tellOfRows((grown) => grown === environment && listener())),
    onEvents: eventFeed.listen,
    obstacles: readiness.obstacles,
  };
  return { services, readings, commits, imports, erasures, retention };
}

/** Calls fail only where some came; nodes that share a ledger say each second that they are there. */
const identityDoor = (commits: WriteDoor, nodes: Pick<Nodes, 'failing'>): WriteDoor => ({
  failing: () => commits.failing() || nodes.failing(),
  tryWrite: commits.tryWrite,
});
