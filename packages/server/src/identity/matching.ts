import { type Json, type State, type TraitWrite, winnerOf } from '@onym/core';
import { exceedsBytes, hasOnlyWholeCharacters } from '../characters.ts';
import { parseExact } from '../exact-json/parse.ts';
import { limits } from '../limits.ts';
import { type TraitRow, traitOf } from './rows.ts';
import type { TraitMatch } from './store.ts';

/**
 * Values of matching traits, as they are looked up: a store keeps a row for each value that an identifier was ever given, and asks the traits
 * themselves whether it is still so. Only an erasure removes one.
 */
export interface MatchRow {
  readonly identifier: number;
  readonly key: string;
  /** See `foldedText`. */
  readonly value: string;
}

/** A row that was found, with the name of its identifier. */
export type FoundMatch = MatchRow & { readonly distinct_id: string };

/** Identifiers whose traits are looked through in one statement. */
export const refsPerLook = 20_000;
/** Values that are looked at for each that is to be found: some may no longer stand. */
export const rowsPerMatch = 4;

/** Without space around it, in lower case. */
export const foldedText = (text: string): string => text.trim().toLowerCase();

/** What a value is found by; null for one that is not looked up: lists and objects, long texts, and what no text of a database holds. */
export function foldedValue(value: Json): string | null {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return null;
  const text = foldedText(String(value));
  const isFit = text !== '' && !text.includes('\u0000') && hasOnlyWholeCharacters(text);
  return isFit && !exceedsBytes(text, limits.matchingValueBytesMax) ? text : null;
}

interface Written {
  readonly id: string;
  readonly write: Pick<TraitWrite, 'key' | 'value'>;
}

/** The rows of these writes, each once. */
export function matchRowsOf(
  written: Iterable<Written>,
  ref: (distinctId: string) => number,
  isMatching: (key: string) => boolean,
): MatchRow[] {
  const rows = new Map<string, MatchRow>();
  for (const { id, write } of written) {
    const value = isMatching(write.key) ? foldedValue(write.value) : null;
    if (value === null) continue;
    const row = { identifier: ref(id), key: write.key, value };
    rows.set(JSON.stringify(row), row);
  }
  return [...rows.values()];
}

/** The same of rows that a store has kept before. */
export function matchRowsOfTraits(rows: readonly Pick<TraitRow, 'identifier' | 'value'>[], key: string): MatchRow[] {
  const found = new Map<string, MatchRow>();
  for (const { identifier, value: json } of rows) {
    const value = foldedValue(parseExact(json) as Json);
    if (value !== null) found.set(`${identifier} ${value}`, { identifier, key, value });
  }
  return [...found.values()];
}

const noSource = { key: null, lib: null, batch: null, public: false };

/** Those of the rows that begin with the text, and whose identifier still says so; `traits`: all of their identifiers and keys. */
export function standingMatches(rows: readonly FoundMatch[], text: string, traits: readonly TraitRow[]): TraitMatch[] {
  return rows.flatMap(({ identifier, key, value, distinct_id: distinctId }) => {
    if (!value.startsWith(text)) return [];
    const own = traits.filter((trait) => trait.identifier === identifier && trait.key === key);
    const winner = winnerOf(own.map((row) => traitOf(row, () => noSource)));
    return winner !== null && foldedValue(winner.value) === value ? [{ key, value: winner.value, distinctId }] : [];
  });
}

/** Of a whole environment. */
export function matchesIn(state: State, keys: Iterable<string>, text: string): TraitMatch[] {
  return [...keys].flatMap((key) =>
    [...state.traits].flatMap(([distinctId, byKey]) => {
      const winner = winnerOf(byKey.get(key) ?? []);
      const folded = winner === null ? null : foldedValue(winner.value);
      return folded?.startsWith(text) ? [{ key, value: winner!.value, distinctId }] : [];
    }),
  );
}
