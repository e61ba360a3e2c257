import type { OnymError } from '../errors.ts';
import type { StoredEvent } from '../events/types.ts';
import type { limits as defaultLimits } from '../limits.ts';
import { perEnvironment } from '../per-environment.ts';
import { overloaded } from './trouble.ts';
import type { NotKept } from './types.ts';

/** What an event is beside its properties and its id, in memory and as a row. */
const eventLengthMin = 400;

export type WaitingLimits = Pick<
  typeof defaultLimits,
  'waitingEventsMax' | 'waitingEventsLengthMax' | 'drainRowsMax' | 'drainBytesMax' | 'acknowledgeWaitMaxMs'
>;

/** A call whose events are to be kept. */
export interface Call {
  readonly events: readonly StoredEvent[];
  readonly length: number;
  /** Both do nothing from the second time on. */
  settle(notKept: NotKept): void;
  fail(error: OnymError): void;
}

/** Calls that nobody has taken up yet: bounded in number and size, and in the time until they are answered. */
export interface WaitingCalls {
  /** How many events wait. */
  count(): number;
  isEmpty(environment: string): boolean;
  /** Resolves once the call is settled. `late` says what to tell one that is not, in time. Throws OnymError `overloaded`. */
  add(environment: string, events: readonly StoredEvent[], late: (wasTaken: boolean) => OnymError): Promise<NotKept>;
  /** The oldest, as many as go as one insert; one at least, where there are any. */
  take(environment: string): Call[];
  /** Refuses all. */
  refuse(error: OnymError): void;
}

export function createWaitingCalls(limits: Readonly<Record<keyof WaitingLimits, number>>): WaitingCalls {
  const queues = perEnvironment<{ calls: Call[] }>(() => ({ calls: [] }));
  let waitingEvents = 0;
  let waitingLength = 0;

  function leave(environment: string, calls: readonly Call[]): void {
    const queue = queues.of(environment);
    queue.calls = queue.calls.filter((call) => !calls.includes(call));
    for (const call of calls) {
      waitingEvents -= call.events.length;
      waitingLength -= call.length;
    }
  }

  return {
    count: () => waitingEvents,
    isEmpty: (environment) => queues.of(environment).calls.length === 0,

    add(environment, events, late) {
      let length = 0;
      for (const event of events) length += eventLengthMin + event.properties.length + event.distinct_id.length;
      if (
        waitingEvents + events.length > limits.waitingEventsMax ||
        waitingLength + length > limits.waitingEventsLengthMax
      ) {
        return Promise.reject(overloaded('Too many events wait for the event store. Send it again later.'));
      }
      waitingEvents += events.length;
      waitingLength += length;
      return new Promise((resolve, reject) => {
        const deadline = setTimeout(() => {
          const wasTaken = !queues.of(environment).calls.includes(call);
          if (!wasTaken) leave(environment, [call]);
          reject(late(wasTaken));
        }, limits.acknowledgeWaitMaxMs);
        const call: Call = {
          events,
          length,
          settle(notKept) {
            clearTimeout(deadline);
            resolve(notKept);
          },
          fail(error) {
            clearTimeout(deadline);
            reject(error);
          },
        };
        queues.of(environment).calls.push(call);
      });
    },

    take(environment) {
      let events = 0;
      let length = 0;
      const taken: Call[] = [];
      for (const call of queues.of(environment).calls) {
        events += call.events.length;
        length += call.length;
        if (taken.length > 0 && (events > limits.drainRowsMax || length > limits.drainBytesMax)) break;
        taken.push(call);
      }
      leave(environment, taken);
      return taken;
    },

    refuse(error) {
      for (const queue of queues.values()) for (const call of queue.calls.splice(0)) call.fail(error);
      waitingEvents = 0;
      waitingLength = 0;
    },
  };
}
