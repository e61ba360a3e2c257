import { isObject, type JsonObject } from '../../ingest/json-values.ts';
import { limits } from '../../limits.ts';
import type { Call } from '../calls.ts';
import { plainName } from '../columns.ts';
import {
  columnsThere,
  everyColumn,
  type Member,
  memberOf,
  namedColumn,
  noTraitsError,
  timeInWords,
  timesAsked,
} from '../mapping.ts';
import { isNothingOrEmpty, memberValue, noTime } from '../read-row.ts';
import { isIdle, nothingNoted, type Reading } from '../reading.ts';
import { isNoTime, momentOf, noTimeError } from '../times.ts';
import type { Cells, ColumnFlags } from '../types.ts';
import { createTraitMemory } from './trait-memory.ts';
import type { Sample, VendorTable } from './types.ts';

/** A vendor's file, in the vendor's own words. Flags may say when, and which other columns to take. */
export function vendorReading(table: VendorTable, sample: Sample, flags: ColumnFlags): Reading {
  const { look } = sample;
  const { columns } = look;
  const asked = timesAsked(columns, flags);
  const times = asked ?? table.times;
  const isDated = asked === null ? isFilled(sample, table.times) : asked.length > 0;
  if (table.kind === 'event' && asked === null && !isDated) throw noTimeError(columns, columnsThere(columns));

  const words: Record<string, string> = { kind: table.kind };
  for (const column of columns) {
    const meaning = meaningOf(table, sample, column);
    if (meaning !== null) words[column] = meaning;
  }
  const dated = table.times.flatMap((path) => columns.filter((column) => plainName(column) === path));
  for (const [index, column] of dated.entries()) words[column] ??= timeInWords(dated, index);
  const members = membersAsked(table, flags, columns, words);
  for (const { column, key } of members) words[column] = `${table.kind === 'event' ? 'property' : 'trait'} ${key}`;
  for (const column of asked ?? []) words[column] = 'timestamp';

  const noted = nothingNoted();
  const memory = createTraitMemory(limits.importPersonsRememberedMax);
  const read = table.reader(
    {
      look,
      time(cells) {
        for (const path of times) {
          const value = look.value(cells, path);
          if (isNoTime(value)) continue;
          const moment = momentOf(value, path);
          noted.timeForms.add(moment.form);
          return new Date(moment.at).toISOString();
        }
        if (table.kind === 'event' && times.length > 0) throw noTime(times);
        return undefined;
      },
      unused: (path) => void noted.unused.add(path),
    },
    sample,
  );
  return {
    table: null,
    title: table.title,
    kind: table.kind,
    words,
    ignored: columns.filter((column) => words[column] === undefined),
    isDated,
    fingerprint: JSON.stringify([words, members, asked]),
    noted,
    calls(cells) {
      const calls = members.length === 0 ? read(cells) : withMembers(table, read(cells), members, cells);
      return calls.flatMap((call) => (call.isSnapshot === true ? memory.reduced(call) : isIdle(call) ? [] : [call]));
    },
    rest: memory.rest,
  };
}

const isFilled = ({ look, rows }: Sample, paths: readonly string[]): boolean =>
  rows.some((cells) => paths.some((path) => !isNoTime(valueOrNull(look, cells, path))));

/** A cell that is no JSON costs its own row, later. */
function valueOrNull(look: Sample['look'], cells: Cells, path: string): unknown {
  try {
    return look.value(cells, path);
  } catch {
    return null;
  }
}

function meaningOf(table: VendorTable, { look }: Sample, column: string): string | null {
  const name = plainName(column);
  const own = Object.hasOwn(table.columns, name) ? table.columns[name]! : (table.meaningOf?.(column, look) ?? null);
  if (own !== null) return own;
  const whole = Object.keys(table.columns).find((path) => column.startsWith(`${path}.`));
  if (whole !== undefined) return `${table.columns[whole]}: ${column.slice(whole.length + 1)}`;
  return null;
}

function membersAsked(
  table: VendorTable,
  { traits = [] }: ColumnFlags,
  columns: readonly string[],
  words: Readonly<Record<string, string>>,
): Member[] {
  if (table.kind === 'alias' && traits.length > 0) throw noTraitsError();
  const named = traits.filter((text) => text !== everyColumn).map((text) => memberOf(text, namedColumn(columns)));
  if (!traits.includes(everyColumn)) return named;
  const taken = new Set(named.map(({ column }) => column));
  const rest = columns.filter((column) => words[column] === undefined && !taken.has(column));
  return [...named, ...rest.map((column): Member => ({ column, key: column, type: 'as-is' }))];
}

/** Puts columns without a meaning of their own to what the row tells of: the event's properties, or the person's traits. */
function withMembers(table: VendorTable, calls: Call[], members: readonly Member[], cells: Cells): Call[] {
  const values: JsonObject = {};
  for (const { column, key, type } of members) {
    const value = cells[column];
    if (!isNothingOrEmpty(value) && key !== '__proto__') values[key] = memberValue(value, type, column);
  }
  const [call, field] = table.kind === 'event' ? ['track', 'properties'] : ['identify', 'traits'];
  const index = calls.findIndex((one) => one.call === call);
  if (index === -1) return calls;
  const { item } = calls[index]!;
  const before = item[field!];
  const grown = { ...calls[index]!, item: { ...item, [field!]: { ...values, ...(isObject(before) ? before : {}) } } };
  return calls.with(index, grown);
}
