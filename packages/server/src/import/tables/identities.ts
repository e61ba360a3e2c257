import type { IdentifyOperation, LinkOperation, Millis, Operation } from '@onym/core';
import { isObject, type JsonObject } from '../../ingest/json-values.ts';
import { readIdentify } from '../../ingest/read-call.ts';
import { limits } from '../../limits.ts';
import type { RowContext } from '../calls.ts';
import type { Cells } from '../types.ts';
import { idOf, idsOf, isSet, objectOf, objectsOf, timeOf, wholeNumberOf } from './cells.ts';
import type { TableItem } from './items.ts';

/**
 * A person: the ids are joined to the name unless links have done so already; who is known there becomes known; each trait lands on the id,
 * and at the time, that it had there.
 */
export function readIdentity(cells: Cells, context: RowContext, { guarded }: { readonly guarded: boolean }): TableItem {
  const canonical = idOf(cells, 'canonical_id');
  const others = [...new Set(idsOf(cells, 'identifiers'))].filter((id) => id !== canonical);
  const isKnown = isSet(cells, 'known');
  const known = new Set(cells.known_identifiers === undefined ? [] : idsOf(cells, 'known_identifiers'));
  const timestamp = timeOf(cells, 'created_at');
  const { source } = context;
  const traits = traitsOf(cells, canonical, context);

  const identify = (distinctId: string): IdentifyOperation => ({
    op: 'identify',
    distinctId,
    anonymousId: null,
    traits: [],
    timestamp,
    source,
  });
  // Of a rule that makes nobody known: who is, is told beside it.
  const join = (secondary: string): LinkOperation => ({
    op: 'link',
    kind: 'import',
    rule: 'identify',
    primary: canonical,
    secondary,
    waived: [],
    guarded,
    timestamp,
    source,
  });

  return {
    ids: [canonical, ...others],
    operations(here) {
      const name = here.canonicalOf(canonical);
      const operations: Operation[] = isKnown && !here.isKnown(canonical) ? [identify(canonical)] : [];
      for (const id of others) {
        if (here.canonicalOf(id) !== name) operations.push(join(id));
        if (known.has(id) && !here.isKnown(id)) operations.push(identify(id));
      }
      return [...operations, ...traits];
    },
  };
}

interface Write {
  readonly distinctId: string;
  /** Ledger row there that set it; what came by one is one call here. */
  readonly seq: number | null;
  readonly timestamp: Millis | null;
  readonly field: 'traits' | 'traits_once';
  readonly key: string;
  readonly value: unknown;
}

/** The calls that set the traits, as far as their values still stand there, in their order: of two of one time the later one wins. */
function traitsOf(cells: Cells, canonical: string, context: RowContext): IdentifyOperation[] {
  const calls = new Map<string, Write[]>();
  for (const write of writesOf(cells, canonical)) {
    const name = JSON.stringify([write.seq, write.distinctId, write.timestamp]);
    calls.set(name, [...(calls.get(name) ?? []), write]);
  }
  return [...calls.values()]
    .sort(([a], [b]) => (a!.seq ?? 0) - (b!.seq ?? 0))
    .flatMap((writes) => {
      const parts: IdentifyOperation[] = [];
      for (let start = 0; start < writes.length; start += limits.traitsPerCallMax) {
        parts.push(setTraits(writes.slice(start, start + limits.traitsPerCallMax), context));
      }
      return parts;
    });
}

function writesOf(cells: Cells, canonical: string): Write[] {
  const traits = objectOf(cells, 'traits');
  const origins = cells.trait_origins === undefined ? {} : objectOf(cells, 'trait_origins');
  const others = cells.other_traits === undefined ? [] : objectsOf(cells, 'other_traits');
  const write = (key: string, value: unknown, origin: JsonObject): Write => ({
    distinctId: origin.distinct_id === undefined ? canonical : idOf(origin, 'distinct_id'),
    seq: wholeNumberOf(origin, 'seq'),
    timestamp: timeOf(origin, 'time'),
    field: isSet(origin, 'once') ? 'traits_once' : 'traits',
    key,
    value,
  });
  return [
    // A key that has an origin and no value was removed there.
    ...[...new Set([...Object.keys(traits), ...Object.keys(origins)])].map((key) =>
      write(key, traits[key] ?? null, isObject(origins[key]) ? origins[key] : {}),
    ),
    ...others.map((other) => write(String(other.key), other.value ?? null, other)),
  ];
}

/** Under the rules of the call, for values that were a call's once. */
function setTraits(writes: readonly Write[], context: RowContext): IdentifyOperation {
  const { distinctId, timestamp } = writes[0]!;
  const valuesOf = (field: Write['field']): JsonObject =>
    Object.fromEntries(writes.filter((write) => write.field === field).map(({ key, value }) => [key, value]));
  // Known-ness is told beside it.
  const item = { anonymous_id: distinctId, traits: valuesOf('traits'), traits_once: valuesOf('traits_once') };
  return { ...readIdentify(item, context.settings, context), timestamp, source: context.source };
}
