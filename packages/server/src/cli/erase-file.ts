import { appendFileSync, createReadStream, existsSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { readCsv } from '../import/formats/csv.ts';
import { limits } from '../limits.ts';
import { byteProgress } from './byte-progress.ts';
import { jsonLines } from './json-lines.ts';
import { print, printJson, printNote, shown, table } from './print.ts';
import { RequestError, type Transport } from './transport.ts';

interface FileOptions {
  readonly environment: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

type Outcome =
  | {
      readonly type: 'erased';
      readonly distinct_id: string;
      readonly receipt: Readonly<Record<string, string | number>>;
    }
  | { readonly type: 'not_found'; readonly distinct_id: string }
  | { readonly type: 'same_person'; readonly distinct_id: string; readonly erased_with: string };

type Line = Outcome | { readonly type: 'done' } | { readonly type: 'error'; readonly message: string };

const wentAway = 'The server went away. Run the same command again: it goes on with those that have no receipt.';

/** The column distinct_id of a CSV file, each id once. */
export async function idsOf(file: string): Promise<string[]> {
  const ids: string[] = [];
  const chunks = createReadStream(file) as AsyncIterable<Buffer>;
  try {
    for await (const { rows } of readCsv(chunks, { rowBytesMax: limits.importRowBytesMax, isUtf8: true })) {
      for (const row of rows) {
        if ('problem' in row) throw new RequestError(`${file}, line ${row.line}: ${row.problem}`, null);
        const names = Object.keys(row.cells);
        if (!names.includes('distinct_id')) throw new RequestError(noColumn(file, names), null);
        ids.push(String(row.cells.distinct_id));
      }
    }
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') throw new RequestError(`${file} is not there.`, null, error);
    throw error;
  }
  return [...new Set(ids.filter((id) => id !== ''))];
}

const noColumn = (file: string, names: readonly string[]): string =>
  `${file} has no column distinct_id, but ${names.slice(0, 10).join(', ')}. Name the column of the ids distinct_id in its first line.`;

export const receiptsFile = (file: string): string => `${file}.receipts.ndjson`;

/** Those of before, so that a run that was interrupted goes on. */
export function receiptedIds(path: string, environment: string): Set<string> {
  if (!existsSync(path)) return new Set();
  const ids = new Set<string>();
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    try {
      const entry = JSON.parse(line) as { environment: string; distinct_id: string };
      if (entry.environment === environment) ids.add(entry.distinct_id);
    } catch {
      // The end, or what an interruption has cut.
    }
  }
  return ids;
}

/** Asks for as many at a time as the route takes. Notes each receipt as it comes. */
export async function eraseIds(
  transport: Transport,
  ids: readonly string[],
  options: FileOptions,
  noted: (outcome: Outcome) => void,
): Promise<void> {
  const bar = byteProgress('people');
  let count = 0;
  try {
    for (let start = 0; start < ids.length; start += limits.erasedIdsMax) {
      const distinct_ids = ids.slice(start, start + limits.erasedIdsMax);
      const body = Buffer.from(JSON.stringify({ environment: options.environment, distinct_ids }));
      const answer = await transport.stream('POST', `/v1/erasures${options.dryRun ? '?dry_run=true' : ''}`, {
        type: 'application/json',
        bytes: Readable.from([body]),
        length: body.length,
      });
      let isDone = false;
      for await (const line of jsonLines<Line>(answer, wentAway)) {
        if (line.type === 'error') throw new RequestError(line.message, null);
        if (line.type === 'done') isDone = true;
        else {
          noted(line);
          bar.show(options.dryRun ? 'Counting' : 'Erasing', ++count, ids.length);
        }
      }
      if (!isDone) throw new RequestError(wentAway, null);
    }
  } finally {
    bar.end();
  }
}

/** The whole command, once it is confirmed or is a dry run. */
export async function eraseFile(
  transport: Transport,
  file: string,
  ids: readonly string[],
  options: FileOptions,
): Promise<void> {
  const receipts = receiptsFile(file);
  const sums: Record<string, number> = {};
  const outcomes = { erased: 0, not_found: 0, same_person: 0 };
  await eraseIds(transport, ids, options, (outcome) => {
    outcomes[outcome.type]++;
    if (outcome.type !== 'erased') return;
    for (const [what, value] of Object.entries(outcome.receipt)) {
      if (typeof value === 'number') sums[what] = (sums[what] ?? 0) + value;
    }
    if (options.dryRun) return;
    const { type: _, ...rest } = outcome;
    appendFileSync(receipts, `${JSON.stringify({ environment: options.environment, ...rest })}\n`, { mode: 0o600 });
  });
  const receiptsPath = options.dryRun || outcomes.erased === 0 ? null : receipts;
  if (options.json) return printJson({ dry_run: options.dryRun ?? false, ...outcomes, sums, receipts: receiptsPath });
  const rows = [
    ['people', outcomes.erased],
    ...Object.entries(sums).map(([what, count]) => [what.replace('_', ' '), count]),
  ].map(([what, count]) => [String(what), String(count)]);
  print(`${options.dryRun ? 'This would be erased:' : 'Erased:'}\n${table(['what', 'how many'], rows)}`);
  if (outcomes.same_person > 0) printNote(`The same person as an earlier one: ${outcomes.same_person}.`);
  if (outcomes.not_found > 0) printNote(`Never named here, or erased already: ${outcomes.not_found}.`);
  if (receiptsPath !== null) printNote(`A receipt for each: ${shown(receiptsPath)}`);
}
