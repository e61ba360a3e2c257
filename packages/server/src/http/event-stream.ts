import type { StoredEvent } from '../events/types.ts';
import { stringifyExact } from '../exact-json/stringify.ts';
import { limits } from '../limits.ts';
import { type LiveSource, serverSentEvent } from './live-streams.ts';
import type { Services } from './services.ts';
import { eventToWire, resolvedToWire } from './wire.ts';

/** null: every one. */
export interface EventFilter {
  /** Of a person: any of its identifiers. */
  readonly distinctId: string | null;
  readonly event: string | null;
}

const eventsPerRead = 200;
const now = { asOf: null, asOfSeq: null };

/**
 * Events as they are acknowledged. What a slow client has not taken yet waits in memory, up to `streamedEventsWaitingMax` and
 * `streamedBytesWaitingMax`; beyond, events are left out, and the stream says in their place how many.
 */
export function eventSource(
  { onEvents, people }: Pick<Services, 'onEvents' | 'people'>,
  environment: string,
  { distinctId, event: name }: EventFilter,
): LiveSource {
  let waiting: StoredEvent[] = [];
  let waitingLength = 0;
  let dropped = 0;

  function take(event: StoredEvent): void {
    if (name !== null && event.event !== name) return;
    const isFull =
      waiting.length >= limits.streamedEventsWaitingMax ||
      waitingLength + event.properties.length > limits.streamedBytesWaitingMax;
    // One left out closes the door until its number is told: what comes after must not stand before it.
    if (isFull || dropped > 0) {
      dropped++;
      return;
    }
    waiting.push(event);
    waitingLength += event.properties.length;
  }

  return {
    listen: (notify) =>
      onEvents(environment, (events) => {
        for (const event of events) take(event);
        notify();
      }),
    async next() {
      // What is not of the person asked for is nothing to send: the next may be.
      for (;;) {
        if (waiting.length === 0) {
          const count = dropped;
          dropped = 0;
          return count === 0 ? '' : serverSentEvent('dropped', stringifyExact({ count }));
        }
        const events = waiting.slice(0, eventsPerRead);
        waiting = waiting.slice(eventsPerRead);
        for (const event of events) waitingLength -= event.properties.length;
        const asked = [...events.map((event) => event.distinct_id), ...(distinctId === null ? [] : [distinctId])];
        const owners = await people.resolve(environment, [...new Set(asked)], now);
        const person = distinctId === null ? null : owners.get(distinctId)!.canonicalId;
        let text = '';
        for (const event of events) {
          const owner = owners.get(event.distinct_id)!;
          if (person !== null && owner.canonicalId !== person) continue;
          const { identity_id: identityId } = resolvedToWire(environment, owner);
          text += serverSentEvent('event', stringifyExact(eventToWire(event, identityId)));
        }
        if (text !== '') return text;
      }
    },
  };
}
