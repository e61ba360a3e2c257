import { statfsSync, statSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isStorageFull } from './disk/sqlite.ts';
import { OnymError } from './errors.ts';

export const obstacleCodes = ['overloaded', 'storage-full', 'identity-store-unavailable'] as const;

/** Why calls can not be kept now. */
export interface Obstacle {
  readonly code: (typeof obstacleCodes)[number];
  /** A sentence or two, for people. */
  readonly reason: string;
}

/** A way by which calls become durable. */
export interface WriteDoor {
  /** Whether the last write failed. */
  failing(): boolean;
  /** Writes a little, durably, as a call would. Once that worked the door is failing no more. */
  tryWrite(): Promise<void>;
}

export type Phase = 'starting' | 'serving' | 'stopping';

export interface ReadinessParts {
  /** What of this server there is to ask. */
  readonly phase: () => Phase;
  /** The disks that calls are kept on, by what they hold. */
  readonly directories: Readonly<Record<string, string>>;
  readonly doors: Readonly<Record<string, WriteDoor>>;
  readonly journal: { isFull(): boolean };
  readonly nodes: { obstacle(): string | null };
  /** Whether events are kept on this node, so that they need no identity store until they are drained. */
  readonly hasJournal: boolean;
  readonly limits: { readonly journalBytesMax: number };
  readonly now: () => number;
}

export interface Readiness {
  /** Empty while calls are kept; or, where only that is asked for, events that need nobody to be linked. */
  obstacles(calls?: 'track'): Promise<readonly Obstacle[]>;
}

/** Less than this free, and it is tried whether anything can be written. */
const crowdedBytes = 1024 * 1024;
/** What is tried, in a file of its own: a database may have room inside for one small call more, and for no second one. */
const trialBytes = 256 * 1024;
const trialFile = 'readiness-trial';
/** From the end of a trial that failed to the next. */
const trialIntervalMs = 250;

/**
 * Whether calls can be kept, asked without writing anything while all is well: the doors say how their last write went, the file system how
 * much room there is. Where one of them gives cause for doubt it is tried, so that readiness comes back without a call, and without a restart.
 */
export function createReadiness(parts: ReadinessParts): Readiness {
  const { phase, directories, doors, journal, nodes, limits, now } = parts;
  const places = withoutSameDisk(directories);
  let trial: Promise<readonly Obstacle[]> | null = null;
  let triedAt = Number.NEGATIVE_INFINITY;

  async function storageObstacles(): Promise<readonly Obstacle[]> {
    const failing = Object.entries(doors).filter(([, door]) => door.failing());
    const doubtful = failing.length > 0 ? places : places.filter(([, path]) => isCrowded(path));
    if (doubtful.length === 0) return [];
    if (trial !== null && now() - triedAt < trialIntervalMs) return trial;
    // One at a time, however long it takes.
    triedAt = Number.POSITIVE_INFINITY;
    trial = tryAll(doubtful, failing);
    const found = await trial;
    triedAt = found.length > 0 ? now() : Number.NEGATIVE_INFINITY;
    return found;
  }

  return {
    async obstacles(calls) {
      const state = phase();
      if (state !== 'serving') return [{ code: 'overloaded', reason: `Onym is ${state}.` }];
      const tooOld = nodes.obstacle();
      if (tooOld !== null) return [{ code: 'overloaded', reason: `This node is too old: ${tooOld}` }];
      const obstacles = [...(await storageObstacles())];
      if (journal.isFull()) obstacles.push({ code: 'overloaded', reason: journalFull(limits.journalBytesMax) });
      const isBeside = ({ code }: Obstacle) =>
        calls === 'track' && parts.hasJournal && code === 'identity-store-unavailable';
      return obstacles.filter((obstacle) => !isBeside(obstacle));
    },
  };
}

const journalFull = (bytesMax: number): string =>
  `The event store does not take events, and the journal holds as many as it may (${bytesMax} bytes): /track is answered with 503. The log says why the event store fails.`;

async function tryAll(
  places: readonly (readonly [what: string, path: string])[],
  failing: readonly (readonly [what: string, door: WriteDoor])[],
): Promise<readonly Obstacle[]> {
  const obstacles: Obstacle[] = [];
  for (const [what, path] of places) {
    await tryFile(path).catch((error) => obstacles.push(obstacleOf(`the disk of the ${what}`, error)));
  }
  // A door that worked is not failing any more: only where there is room for more than a call.
  if (obstacles.length > 0) return obstacles;
  for (const [what, door] of failing) {
    await door.tryWrite().catch((error) => obstacles.push(obstacleOf(`the ${what}`, error)));
  }
  return obstacles;
}

async function tryFile(directory: string): Promise<void> {
  const path = join(directory, trialFile);
  try {
    const file = await open(path, 'w', 0o600);
    try {
      await file.writeFile(Buffer.alloc(trialBytes));
      await file.datasync();
    } finally {
      await file.close();
    }
  } finally {
    await rm(path, { force: true });
  }
}

function obstacleOf(what: string, error: unknown): Obstacle {
  if (isStorageFull(error) || (error instanceof OnymError && error.code === 'storage-full')) {
    const reason = `Nothing can be written to ${what}: it is full. Free some space; until then calls are answered with 503 storage-full.`;
    return { code: 'storage-full', reason };
  }
  if (error instanceof OnymError && error.code === 'identity-store-unavailable') {
    return { code: error.code, reason: error.message };
  }
  const { code = 'unknown error' } = error as { code?: string };
  return { code: 'overloaded', reason: `Nothing can be written to ${what} (${code}). The log says more.` };
}

function isCrowded(path: string): boolean {
  try {
    const { bavail, bfree, bsize, blocks } = statfsSync(path);
    // Some network file systems say nothing.
    if (blocks === 0) return false;
    // What a file system keeps for root is root's.
    return (process.getuid?.() === 0 ? bfree : bavail) * bsize < crowdedBytes;
  } catch {
    return true;
  }
}

function withoutSameDisk(directories: Readonly<Record<string, string>>): (readonly [string, string])[] {
  const byDevice = new Map<number, readonly [string, string]>();
  for (const [what, path] of Object.entries(directories)) {
    const { dev } = statSync(path);
    if (!byDevice.has(dev)) byDevice.set(dev, [what, path]);
  }
  return [...byDevice.values()];
}
