import type { JsonObject } from '../../ingest/json-values.ts';
import { isObject } from '../../ingest/json-values.ts';
import type { Call } from '../calls.ts';

/** What was said of one key: `said` is in the ledger, `seen` was said again since, and is not. */
interface Spoken {
  readonly value: unknown;
  readonly text: string;
  readonly said: number;
  seen: number;
}

interface Person {
  readonly plain: Map<string, Spoken>;
  /** The earliest time that each key of traits_once was said at. */
  readonly once: Map<string, number>;
}

/**
 * Vendors repeat a person's traits with every event. Only what differs from the row before is worth a row of the ledger; what is left
 * out never decides: of one value said again and again the last time is kept, and is said too once another value lies before it.
 * `personsMax` people are remembered, the latest; the traits of others are said again.
 */
export function createTraitMemory(personsMax: number) {
  const persons = new Map<string, Person>();

  function personOf(id: string): Person {
    const person = persons.get(id) ?? { plain: new Map(), once: new Map() };
    persons.delete(id);
    persons.set(id, person);
    if (persons.size > personsMax) persons.delete(persons.keys().next().value!);
    return person;
  }

  /** The traits of a call at a time that are to be said; beside them, by time, those that are to be confirmed. */
  function news(person: Person, traits: JsonObject, at: number) {
    const fresh: JsonObject = {};
    const confirmed = new Map<number, JsonObject>();
    for (const [key, value] of Object.entries(traits)) {
      const text = JSON.stringify(value, plain) ?? '';
      const last = person.plain.get(key);
      if (last?.text === text) {
        last.seen = Math.max(last.seen, at);
        continue;
      }
      fresh[key] = value;
      if (last === undefined || at >= last.seen) {
        person.plain.set(key, { value, text, said: at, seen: at });
      } else if (last.seen > last.said) {
        confirmed.set(last.seen, { ...confirmed.get(last.seen), [key]: last.value });
        person.plain.set(key, { ...last, said: last.seen });
      }
    }
    return { fresh, confirmed };
  }

  function earlier(person: Person, once: JsonObject, at: number): JsonObject {
    const fresh: JsonObject = {};
    for (const [key, value] of Object.entries(once)) {
      if ((person.once.get(key) ?? Number.POSITIVE_INFINITY) <= at) continue;
      person.once.set(key, at);
      fresh[key] = value;
    }
    return fresh;
  }

  return {
    /** The calls to make instead of this one; none where all of it was said. */
    reduced(call: Call): Call[] {
      const { item } = call;
      const person = personOf(String(item.distinct_id ?? item.anonymous_id));
      const at = typeof item.timestamp === 'string' ? Date.parse(item.timestamp) : Number.POSITIVE_INFINITY;
      const { traits: _, traits_once: __, ...rest } = item;
      const { fresh, confirmed } = news(person, isObject(item.traits) ? item.traits : {}, at);
      const once = earlier(person, isObject(item.traits_once) ? item.traits_once : {}, at);
      const calls: Call[] = [...confirmed].map(([time, traits]) => ({
        ...call,
        item: { ...rest, traits, timestamp: new Date(time).toISOString() },
      }));
      if (Object.keys(fresh).length > 0 || Object.keys(once).length > 0) {
        calls.push({ ...call, item: { ...rest, traits: fresh, traits_once: once } });
      }
      return calls;
    },
  };
}

const plain = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value);
