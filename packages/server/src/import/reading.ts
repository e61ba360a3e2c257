import { isObject, type JsonObject } from '../ingest/json-values.ts';
import type { Call } from './calls.ts';
import { type Mapping, mappingInWords, mappingOf } from './mapping.ts';
import { callOf } from './read-row.ts';
import { type OwnTable, type TableMapping, tableInWords } from './tables/tables.ts';
import { mayBeTime, type TimeForm } from './times.ts';
import type { Cells, ColumnFlags, ImportKind } from './types.ts';

/** How the rows of one file are read. It may remember rows: to be used for all of them, in their order. */
export interface Reading {
  /** The table of ours that the file is; its rows are read by it, and are no calls. */
  readonly table: OwnTable | null;
  /** What the file is: `PostHog persons export`, `Alias pairs`. */
  readonly title: string;
  readonly kind: ImportKind;
  /** What each column is taken for. */
  readonly words: Readonly<Record<string, string>>;
  /** Columns that mean nothing here. */
  readonly ignored: readonly string[];
  /** Whether the rows say when they happened. */
  readonly isDated: boolean;
  /** Equal for readings that make the same of the same row. */
  readonly fingerprint: string;
  readonly noted: Noted;
  /** Throws the row's OnymError. */
  calls(cells: Cells): Call[];
  /** What is left to be said after the last row, and is nobody's row. */
  rest(): Iterable<Call>;
}

/** What the rows read so far have shown. */
export interface Noted {
  /** How times are written. */
  readonly timeForms: Set<TimeForm>;
  /** Parts of rows that have no counterpart, by their paths. */
  readonly unused: Set<string>;
}

export const nothingNoted = (): Noted => ({ timeForms: new Set(), unused: new Set() });

const titles: Readonly<Record<ImportKind, string>> = {
  alias: 'Alias pairs',
  identify: 'Identify rows',
  event: 'Events',
};

/** By columns with plain names, or those that flags name; `rows` are some of the file's. */
export function columnReading(
  { columns, rows }: { readonly columns: readonly string[]; readonly rows: readonly Cells[] },
  flags: ColumnFlags,
): Reading {
  const mapping: Mapping = mappingOf(columns, flags, (column) => mayBeTime(rows, column));
  const noted = nothingNoted();
  return {
    table: null,
    title: titles[mapping.kind],
    kind: mapping.kind,
    words: mappingInWords(mapping),
    ignored: mapping.ignored,
    isDated: mapping.times.length > 0,
    fingerprint: JSON.stringify(mapping),
    noted,
    calls: (cells) => [callOf(mapping, cells, (form) => noted.timeForms.add(form))],
    rest: () => [],
  };
}

/** Of a table that Onym wrote. */
export function tableReading(mapping: TableMapping): Reading {
  return {
    table: mapping.kind,
    title: `${mapping.kind[0]!.toUpperCase()}${mapping.kind.slice(1)}, exported by Onym`,
    kind: mapping.kind === 'events' ? 'event' : 'identify',
    words: tableInWords(mapping),
    ignored: mapping.ignored,
    isDated: true,
    fingerprint: JSON.stringify(mapping),
    noted: nothingNoted(),
    calls: () => [],
    rest: () => [],
  };
}

/** An identify that makes nobody known and says nothing. */
export function isIdle({ call, item }: Call): boolean {
  if (call !== 'identify' || item.distinct_id !== undefined) return false;
  const isEmpty = (traits: unknown): boolean => !isObject(traits) || Object.keys(traits as JsonObject).length === 0;
  return isEmpty(item.traits) && isEmpty(item.traits_once);
}
