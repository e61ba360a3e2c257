import type { State } from './state.ts';
import {
  type DistinctId,
  type Json,
  type Millis,
  type Source,
  type TraitInput,
  type TraitWrite,
  traitKinds,
} from './types.ts';

/** Deep equality of JSON values; the order of an object's keys does not matter, nor does how a number is kept. */
export function jsonEquals(a: Json, b: Json): boolean {
  if (a === b) return true;
  // Between a bigint and a number these compare exactly.
  if (isNumber(a) && isNumber(b)) return a <= b && a >= b;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (isList(a) || isList(b)) {
    return isList(a) && isList(b) && a.length === b.length && a.every((value, index) => jsonEquals(value, b[index]!));
  }
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && jsonEquals(a[key]!, b[key]!))
  );
}

const isNumber = (value: Json): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** Later in the fold's order: greater (effective time, seq). */
export function isLater(a: TraitWrite, b: TraitWrite): boolean {
  return a.effectiveTime > b.effectiveTime || (a.effectiveTime === b.effectiveTime && a.seq > b.seq);
}

/** In which order the values of a key stand that one row set both ways. */
export function byKind(a: Pick<TraitWrite, 'kind'>, b: Pick<TraitWrite, 'kind'>): number {
  return traitKinds.indexOf(a.kind) - traitKinds.indexOf(b.kind);
}

/**
 * The write that wins among one key's writes (docs/resolution.md, "Traits"): the latest plain value; only without one, the earliest
 * `once` value. A plain null that wins means that the profile has no such key.
 */
export function winnerOf<W extends TraitWrite>(writes: Iterable<W>): W | null {
  let plain: W | null = null;
  let once: W | null = null;
  for (const write of writes) {
    if (write.revokedSeq !== null) continue;
    if (write.kind === 'once') {
      if (write.value === null) continue;
      if (once === null || isLater(once, write)) once = write;
    } else if (plain === null || isLater(write, plain)) plain = write;
  }
  return plain ?? once;
}

/**
 * A write that changes nothing is not recorded: the same value with the same timestamp sent before (R4), or an equal value that is no
 * newer than the one in place. What only another batch says counts as unsaid, so that a revert of that batch leaves this call's word
 * standing. Returns the write it repeats, or null when it is to be recorded.
 *
 * `writes` may be a selection: per key and kind (plain, once) it must hold the winner, any with the call's timestamp, and for `once` the
 * earliest with an equal value.
 */
export function repeatedWrite(
  writes: readonly TraitWrite[],
  input: TraitInput,
  call: { timestamp: Millis | null; effectiveTime: Millis; source: Source },
): TraitWrite | null {
  const standing = writes.filter((write) => write.revokedSeq === null && write.kind === input.kind);
  const counts = (write: TraitWrite) => write.source.batch === null || write.source.batch === call.source.batch;
  const equal = standing.filter((write) => counts(write) && jsonEquals(write.value, input.value));
  if (equal.length === 0) return null;
  const exact = call.timestamp === null ? undefined : equal.find((write) => write.timestamp === call.timestamp);
  if (exact !== undefined) return exact;
  if (input.kind === 'once') return equal.find((write) => write.effectiveTime <= call.effectiveTime) ?? null;
  const winner = winnerOf(standing)!;
  if (!equal.includes(winner)) return null;
  return call.timestamp === null || call.effectiveTime <= winner.effectiveTime ? winner : null;
}

/** A profile's traits: the fold over all its identifiers, each value with the identifier it was set on. What was removed is not there. */
export function foldTraits(
  state: Pick<State, 'traits'>,
  members: Iterable<DistinctId>,
): Map<string, TraitWrite & { readonly distinctId: DistinctId }> {
  const byKey = new Map<string, (TraitWrite & { readonly distinctId: DistinctId })[]>();
  for (const distinctId of members) {
    for (const [key, writes] of state.traits.get(distinctId) ?? []) {
      const list = byKey.get(key) ?? [];
      for (const write of writes) list.push({ ...write, distinctId });
      byKey.set(key, list);
    }
  }
  const folded = new Map<string, TraitWrite & { readonly distinctId: DistinctId }>();
  for (const [key, writes] of byKey) {
    const winner = winnerOf(writes);
    if (winner !== null && winner.value !== null) folded.set(key, winner);
  }
  return folded;
}
