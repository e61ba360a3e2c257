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
  /** Whom calls about the person name. */
  readonly subject: JsonObject;
  readonly plain: Map<string, Spoken>;
  /** The earliest time that each key of traits_once was said at. */
  readonly once: Map<string, number>;
}

/**
 * Vendors repeat a person's traits with every event. Only what differs from the row before is worth a row of the ledger, and the last time
 * that it was repeated: with `rest`, the file comes to the same profiles as if all were said, whatever the order of its times, and
 * whatever others say of these people. `personsMax` of them are remembered, the latest; the traits of others are said again.
 */
export function createTraitMemory(personsMax: number) {
  const persons = new Map<string, Person>();

  function personOf(subject: JsonObject): Person {
    const id = String(subject.distinct_id ?? subject.anonymous_id);
    const person = persons.get(id) ?? { subject, plain: new Map(), once: new Map() };
    persons.delete(id);
    persons.set(id, person);
    return person;
  }

  /** Who is forgotten to make room. */
  function forgotten(): Call[] {
    if (persons.size <= personsMax) return [];
    const [id, person] = persons.entries().next().value!;
    persons.delete(id);
    return repeatedSince(person);
  }

  /** What was repeated since it was said. */
  function repeatedSince({ subject, plain }: Person): Call[] {
    const byTime = new Map<number, JsonObject>();
    for (const [key, { value, said, seen }] of plain) {
      if (seen > said) byTime.set(seen, { ...byTime.get(seen), [key]: value });
    }
    return confirmations(subject, byTime);
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
      const { traits, traits_once, timestamp, ...subject } = call.item;
      const person = personOf(subject);
      const at = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.POSITIVE_INFINITY;
      const { fresh, confirmed } = news(person, isObject(traits) ? traits : {}, at);
      const once = earlier(person, isObject(traits_once) ? traits_once : {}, at);
      const said = { ...(isEmpty(fresh) ? {} : { traits: fresh }), ...(isEmpty(once) ? {} : { traits_once: once }) };
      return [
        ...forgotten(),
        ...confirmations(subject, confirmed),
        ...(isEmpty(said)
          ? []
          : [{ ...call, item: { ...subject, ...said, ...(timestamp === undefined ? {} : { timestamp }) } }]),
      ];
    },

    /** What is left to be said after the last row. */
    *rest(): Generator<Call> {
      for (const person of persons.values()) yield* repeatedSince(person);
      persons.clear();
    },
  };
}

function confirmations(subject: JsonObject, byTime: ReadonlyMap<number, JsonObject>): Call[] {
  return [...byTime].map(([time, traits]) => ({
    call: 'identify',
    item: { ...subject, traits, timestamp: new Date(time).toISOString() },
    isSnapshot: true,
  }));
}

const isEmpty = (object: object): boolean => Object.keys(object).length === 0;

const plain = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value);
