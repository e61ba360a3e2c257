import { OnymError } from '../errors.ts';
import { limits } from '../limits.ts';
import { openRows, type Rows } from './formats/open-rows.ts';
import { columnReading, type Reading, tableReading } from './reading.ts';
import { type Survey, survey } from './survey.ts';
import { columnsOfEmptyTable, tableMappingOf } from './tables/tables.ts';
import type { ImportFormat, ImportOptions } from './types.ts';
import type { Upload } from './upload.ts';
import { lookInto } from './vendors/look.ts';
import { isPersonsColumn } from './vendors/posthog-persons.ts';
import { vendorTableOf } from './vendors/tables.ts';
import { vendorReading } from './vendors/vendor-reading.ts';

/** A file and what it is. */
export interface Recognised {
  readonly rows: Rows;
  /** What it is, in a sentence or two: the first that anybody is told. */
  readonly sentence: string;
  readonly columns: ReadonlySet<string>;
  readonly words: Readonly<Record<string, string>>;
  /** Columns, and parts of rows, that mean nothing here, as far as they were met. */
  readonly ignored: readonly string[];
  /** False where columns may come up that were not met. */
  readonly hasAllColumns: boolean;
  /** For one pass over all rows. */
  read(): Reading;
}

/** By its shape, unless flags say what its columns are. Throws `invalid-payload` with what to say instead. */
export async function recognise(upload: Upload, options: ImportOptions): Promise<Recognised> {
  const rows = await openRows(upload, options);
  const seen = await survey(rows, columnsOfEmptyTable(rows.shape?.columns ?? headerOf(upload)));
  const read = readingOf(seen, options);
  const trial = read();
  tryOut(trial, seen);
  return {
    rows,
    sentence: sentenceOf(rows.format, seen, trial, options),
    columns: new Set(seen.columns),
    words: trial.words,
    ignored: [...new Set([...trial.ignored, ...trial.noted.unused])],
    hasAllColumns: seen.hasAllColumns,
    read,
  };
}

/** As the CSV that Onym writes names its columns. */
const headerOf = ({ head }: Upload): string[] => head.toString('utf8').trim().split(',');

/** Flags that say what columns are: with them no guess is needed. */
const columnFlags = ['kind', 'primary', 'secondary', 'secondaryPrefix', 'anonymous', 'event'] as const;

function readingOf({ columns, rows }: Survey, options: ImportOptions): () => Reading {
  const own = options.from === undefined ? tableMappingOf(columns, options) : null;
  if (own !== null) return () => tableReading(own);
  const given = namesPersons(options) ? undefined : columnFlags.find((flag) => options[flag] !== undefined);
  if (given !== undefined && options.from !== undefined) {
    const flag = given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new OnymError(
      'invalid-payload',
      `--from ${options.from} says what the columns are, and so does --${flag}. Give one of the two.`,
    );
  }
  const sample = { look: lookInto(columns), rows };
  const table = given === undefined ? vendorTableOf(sample, options.from) : null;
  return () => (table === null ? columnReading({ columns, rows }, options) : vendorReading(table, sample, options));
}

/** `--primary distinct_ids` says no more than the shape of a persons export does: the list's first id is the primary one. */
function namesPersons({ primary, kind = 'identify', secondary, anonymous, event }: ImportOptions): boolean {
  const isAlone = kind === 'identify' && secondary === undefined && anonymous === undefined && event === undefined;
  return isAlone && primary !== undefined && isPersonsColumn(primary);
}

/** Reads the sample, to see how times are written and which parts have no counterpart. */
function tryOut(reading: Reading, { rows }: Survey): void {
  for (const cells of rows) {
    try {
      reading.calls(cells);
    } catch (error) {
      if (!(error instanceof OnymError)) throw error;
    }
  }
}

const formatNames: Readonly<Record<ImportFormat, string>> = {
  csv: 'CSV',
  ndjson: 'JSON lines',
  json: 'JSON',
  parquet: 'Parquet',
};

function sentenceOf(format: ImportFormat, seen: Survey, reading: Reading, { timestamp }: ImportOptions): string {
  const count = seen.count.toLocaleString('en-US');
  const rows = `${seen.isCounted ? '' : 'more than '}${count} ${seen.count === 1 ? 'row' : 'rows'}`;
  const sentences = [`${reading.title}, ${formatNames[format]}: ${rows}.`];
  const { timeForms } = reading.noted;
  if (timeForms.has('spreadsheet days')) sentences.push('Times are day numbers of a spreadsheet, read as UTC.');
  if (timeForms.has('dates')) sentences.push('Times are dates written as numbers, such as 20260102.');
  if (!reading.isDated && timestamp !== undefined) sentences.push('The rows are as of now.');
  // Of a pair of ids it makes no difference.
  else if (!reading.isDated && reading.kind !== 'alias') {
    sentences.push('No column says when: the rows are as of now.');
  }
  return sentences.join(' ');
}

/** As many as anybody reads, and how many more there are. */
export function bounded(names: readonly string[]): { readonly named: readonly string[]; readonly more: number } {
  const named = names.slice(0, limits.importColumnsListedMax);
  return { named, more: names.length - named.length };
}
