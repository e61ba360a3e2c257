import type { Connections } from '../../postgres/connection.ts';
import type { Standing } from '../changes.ts';
import { statements } from './statements.ts';

/** What stood under a version. */
export interface Seen {
  readonly version: string;
  readonly standing: Standing;
}

export interface Followed {
  seen(): Seen;
  /** How long ago `seen` was surely all there is. */
  silentMs(): number;
  /** Of a change that this process has made. */
  hold(seen: Seen): void;
  stop(): Promise<void>;
}

export interface FollowParts {
  readonly connections: Connections;
  readonly read: () => Promise<Seen>;
  readonly listen: (heard: () => void) => Promise<() => void>;
  readonly elapsedMs: () => number;
  readonly log: { warn(details: object, message: string): void };
}

/** How often the version is looked at, in case a notice was lost with its connection. */
const lookEveryMs = 400;

/** Reads what stands, and again whenever others have changed it. Rejects where it can't be read once. */
export async function followStanding({ connections, read, listen, elapsedMs, log }: FollowParts): Promise<Followed> {
  let seenAt = elapsedMs();
  let latest = await read();
  let held = 0;
  let looking: Promise<void> | null = null;
  let isAskedAgain = false;
  let isAway = false;

  async function look(): Promise<void> {
    const [began, heldBefore] = [elapsedMs(), held];
    const [row] = await connections.alone.rows(statements.version, []);
    if (row!.version !== latest.version) {
      const next = await read();
      // What this process has changed meanwhile may be newer.
      if (held === heldBefore) latest = next;
      else isAskedAgain = true;
    }
    seenAt = began;
    isAway = false;
  }

  function missed(error: unknown): void {
    if (!isAway) log.warn({ err: error }, 'PostgreSQL does not say whether keys have changed: those in memory hold');
    isAway = true;
  }

  function lookNow(): void {
    isAskedAgain = looking !== null;
    looking ??= look()
      .catch(missed)
      .finally(() => {
        looking = null;
        if (isAskedAgain) lookNow();
      });
  }

  const stopListening = await listen(lookNow);
  const timer = setInterval(() => {
    if (looking === null) lookNow();
  }, lookEveryMs).unref();

  return {
    seen: () => latest,
    silentMs: () => Math.max(0, elapsedMs() - seenAt),
    hold(seen) {
      held++;
      latest = seen;
    },
    async stop() {
      clearInterval(timer);
      stopListening();
      while (looking !== null) await looking;
    },
  };
}
