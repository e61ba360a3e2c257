import { setImmediate as nextTurn } from 'node:timers/promises';
import { OnymError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Trouble } from '../trouble.ts';

/** A look at a call that is left for later. */
export interface Inspection {
  /** The identity store is asked. */
  readonly asksStore: boolean;
  /** Those that it would name; without one of them nothing is left to look at. */
  ids?(): readonly string[];
  /** Notes nothing when it rejects. */
  look(): void | Promise<void>;
  /** There is no look after all. */
  drop?(): void;
}

/** What waits to be looked into, in one environment: bounded, and off the path of the calls. */
export interface Inspections {
  add(inspection: Inspection): void;
  /**
   * Looks into the oldest, until a share is done; all without one. Those for which the identity store does not answer wait on. Never
   * rejects.
   */
  run(share?: Share): Promise<void>;
  /** Drops what would name one of these ids. */
  forget(ids: ReadonlySet<string>): void;
  /** How many wait. */
  waiting(): number;
  /** Calls since the start that were not looked into: there was no room, or it failed. */
  unexamined(): number;
}

/** How much is looked into at once: so many calls at the most, and for so long, counted from one turn of the event loop to the next. */
export interface Share {
  readonly looks: number;
  readonly busyMs: number;
}

/** Calls of applications are not to wait for a look at what others did: a large identity takes some milliseconds. */
const msPerTurn = 5;
const all: Share = { looks: Number.POSITIVE_INFINITY, busyMs: Number.POSITIVE_INFINITY };

export function createInspections(
  environment: string,
  trouble: Trouble,
  clock: () => number = () => performance.now(),
): Inspections {
  let waiting: Inspection[] = [];
  let unexamined = 0;

  function add(inspection: Inspection): void {
    if (waiting.length < limits.lintWaitingCallsMax) {
      waiting.push(inspection);
      return;
    }
    unexamined++;
    inspection.drop?.();
  }

  /** Before those that came meanwhile. */
  function putBack(inspections: readonly Inspection[]): void {
    const later = waiting;
    waiting = [];
    for (const inspection of inspections) add(inspection);
    for (const inspection of later) add(inspection);
  }

  return {
    add,
    async run({ looks, busyMs } = all) {
      const putOff: Inspection[] = [];
      let asked = 0;
      let failed = 0;
      let busyBefore = 0;
      let turnedAt = clock();
      const due = waiting.splice(0, looks);
      let index = 0;
      for (; index < due.length && busyBefore < busyMs; index++) {
        const inspection = due[index]!;
        if (inspection.asksStore && putOff.length > 0) {
          putOff.push(inspection);
          continue;
        }
        if (inspection.asksStore) asked++;
        try {
          await inspection.look();
        } catch (error) {
          failed++;
          trouble.begins({ err: error, environment });
          if (isAbsence(error)) putOff.push(inspection);
          else {
            unexamined++;
            inspection.drop?.();
          }
        }
        const busy = clock() - turnedAt;
        if (busy < msPerTurn) continue;
        busyBefore += busy;
        await nextTurn();
        turnedAt = clock();
      }
      if (asked > 0 && failed === 0) trouble.ends({ environment });
      putBack([...putOff, ...due.slice(index)]);
    },
    forget(ids) {
      const dropped = new Set(waiting.filter((inspection) => inspection.ids?.().some((id) => ids.has(id))));
      waiting = waiting.filter((inspection) => !dropped.has(inspection));
      for (const { drop } of dropped) drop?.();
    },
    waiting: () => waiting.length,
    unexamined: () => unexamined,
  };
}

const isAbsence = (error: unknown): boolean =>
  error instanceof OnymError && error.code === 'identity-store-unavailable';
