import { isApiError } from '../../api/api-error.ts';
import { type ColumnField, type Kind, kinds, type Reading, type Started } from './types.ts';
import type { Work } from './work.ts';

const ownTitle = /^(?:Alias pairs|Identify rows|Events), (?!exported by Onym)/;

/** What each row of a file of one's own is; null for a vendor's, for a table of Onym's, and where nobody knows. */
export function kindOf({ reading, recognised }: Pick<Work, 'reading' | 'recognised'>): Kind | null {
  if (reading.what !== '') return kinds.find((kind) => kind === reading.what) ?? null;
  if (recognised === null || !ownTitle.test(recognised.recognised)) return null;
  return recognised.recognised.startsWith('Alias')
    ? 'alias'
    : recognised.recognised.startsWith('Id')
      ? 'identify'
      : 'event';
}

/** What a column is taken for, in the server's words; null: nothing. */
export function meaningOf(column: string, started: Started | null): string | null {
  const meaning = started?.mapping[column];
  const isKindOfRows = column === 'kind' && kinds.includes(meaning as Kind);
  return meaning === undefined || isKindOfRows ? null : meaning;
}

/** The columns of the file, as far as they are known: by its beginning, by what the server made of it, or by what it said it could not. */
export function columnsOf({ sample, recognised, dryRun }: Pick<Work, 'sample' | 'recognised' | 'dryRun'>): string[] {
  if (sample) return [...sample.columns];
  if (recognised !== null) {
    const mapped = Object.keys(recognised.mapping).filter((column) => meaningOf(column, recognised) !== null);
    return [...mapped, ...recognised.ignored_columns];
  }
  const error = dryRun?.error;
  return isApiError(error) ? columnsIn(error.message) : [];
}

/** `The file has the columns "a", "b" and 3 more.` */
function columnsIn(message: string): string[] {
  const list = message.split(' has the columns ')[1] ?? '';
  return (list.match(/"(?:[^"\\]|\\.)*"/g) ?? []).map((name) => JSON.parse(name) as string);
}

const fields: Readonly<Record<Kind, readonly ColumnField[]>> = {
  alias: ['primary', 'secondary', 'timestamp'],
  identify: ['primary', 'anonymous', 'timestamp'],
  event: ['event', 'primary', 'anonymous', 'timestamp'],
};

export const fieldsOf = (kind: Kind): readonly ColumnField[] => fields[kind];

const wireNames: Readonly<Record<ColumnField, string>> = {
  primary: 'distinct_id',
  secondary: 'alias_id',
  anonymous: 'anonymous_id',
  event: 'event',
  timestamp: 'timestamp',
};

/** The column that the server takes for a field by itself, or null. */
export function guessed(
  field: ColumnField,
  { reading, recognised }: Pick<Work, 'reading' | 'recognised'>,
): string | null {
  if (recognised === null || reading[field] !== '') return null;
  const is = (meaning: string) => meaning === wireNames[field] || meaning.startsWith(`${wireNames[field]}, with `);
  return Object.entries(recognised.mapping).find(([column, meaning]) => column !== 'kind' && is(meaning))?.[0] ?? null;
}

/** Columns that may become traits: those with no other meaning, and those chosen. */
export function traitColumns(work: Pick<Work, 'reading' | 'sample' | 'recognised' | 'dryRun'>): string[] {
  return columnsOf(work).filter(
    (column) => column in work.reading.traits || meaningOf(column, work.recognised) === null,
  );
}

/** The reading with a column as a trait, or no longer. */
export function withTrait(
  reading: Reading,
  column: string,
  trait: Reading['traits'][string] | null,
): Reading['traits'] {
  const { [column]: _, ...others } = reading.traits;
  return trait === null ? others : { ...others, [column]: trait };
}
