import { OnymError } from '../errors.ts';
import type { EventStore, ExpiredYear } from '../events/types.ts';
import { createTurns } from '../in-turn.ts';
import type { DrainLoop } from '../journal/drain.ts';
import type { Removals } from '../journal/removals.ts';
import type { Log } from '../log.ts';
import type { Turns } from '../nodes/turns.ts';

export interface RetentionParts {
  /** Of an environment; null: its events stay for good. */
  readonly days: (environment: string) => number | null;
  readonly eventStore: Pick<EventStore, 'expire'>;
  readonly turns: Pick<Turns, 'take' | 'tryTake'>;
  readonly drain: Pick<DrainLoop, 'flush'>;
  readonly removing: Removals;
  readonly now: () => number;
  readonly log: Log;
}

export interface Retained {
  readonly days: number;
  /** Epoch milliseconds: events of before this moment go, by their own time. */
  readonly before: number;
  readonly events: number;
  readonly years: readonly ExpiredYear[];
}

export interface Retention {
  /** Removes what is older than `days`, or than the environment's setting; throws OnymError where neither is given. */
  run(environment: string, options: { readonly days: number | null; readonly dryRun: boolean }): Promise<Retained>;
  /** Now, and once a day; where another node is at it already, not here. */
  start(environments: readonly string[]): void;
  /** Ends the background work, and waits for what is under way. */
  close(): Promise<void>;
}

const dayMs = 24 * 60 * 60 * 1_000;
/** After a run that failed, here or, for all one knows, on the node that had the turn. */
const retryMs = 10 * 60 * 1_000;

/** Held by one node at a time. */
const turnOf = (environment: string): string => `expire:${environment}`;

/** Events older than an environment keeps them go. Who is who stays: identities, their traits and the ledger are not touched. */
export function createRetention({ days, eventStore, turns, drain, removing, now, log }: RetentionParts): Retention {
  /** Of this node, whatever the environment: parts are rewritten for one of them at a time. */
  const inTurn = createTurns();
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  async function run(environment: string, options: Parameters<Retention['run']>[1]): Promise<Retained> {
    const kept = options.days ?? days(environment);
    if (kept === null) {
      throw new OnymError(
        'invalid-payload',
        `No retention is set for ${environment}: its events stay for good. Give days, or set ONYM_RETENTION_DAYS.`,
      );
    }
    const before = now() - kept * dayMs;
    await drain.flush(environment);
    const counted = await eventStore.expire(environment, { before, dryRun: true });
    if (!options.dryRun && counted.length > 0) {
      await removing(environment, () => eventStore.expire(environment, { before, dryRun: false }));
    }
    return { days: kept, before, events: counted.reduce((sum, { events }) => sum + events, 0), years: counted };
  }

  async function runAll(environments: readonly string[]): Promise<void> {
    let delayMs = dayMs;
    for (const environment of environments) {
      if (closed || days(environment) === null) continue;
      try {
        const retained = await inTurn(() =>
          turns.tryTake(turnOf(environment), () => run(environment, { days: null, dryRun: false })),
        );
        if (retained === null) {
          delayMs = retryMs;
          continue;
        }
        const { events, before } = retained;
        const details = { environment, events, before: new Date(before).toISOString() };
        if (events > 0) log.info(details, 'Events older than their retention were removed.');
      } catch (error) {
        delayMs = retryMs;
        log.warn({ environment, err: error }, 'Events older than their retention are still there. It is tried again.');
      }
    }
    if (!closed) timer = setTimeout(() => void runAll(environments), delayMs).unref();
  }

  return {
    run: (environment, options) => inTurn(() => turns.take(turnOf(environment), () => run(environment, options))),
    start(environments) {
      void runAll(environments);
    },
    async close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      await inTurn(async () => undefined);
    },
  };
}
