import { createReadStream } from 'node:fs';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { OnymError } from '../errors.ts';
import { limits } from '../limits.ts';
import { readCsv } from './csv.ts';
import { readNdjson } from './ndjson.ts';
import { parquetColumns, readParquet } from './parquet.ts';
import type { Progress } from './progress.ts';
import type { RowContext } from './read-row.ts';
import { type AnyMapping, columnsOfEmptyTable, inWords, mappingOfFile, type Reader, readerOf } from './reader.ts';
import { inOrderOf } from './tables/in-order.ts';
import type { Skipped } from './tables/items.ts';
import type { AppliedItem, Target } from './target.ts';
import type {
  ImportEvent,
  ImportFormat,
  ImportOptions,
  Rejection,
  RowAnswer,
  RowBatch,
  SourceRow,
  Tally,
} from './types.ts';
import type { Upload } from './upload.ts';

const progressIntervalMs = 250;
const readBytes = 256 * 1024;
const chunkRows = limits.operationsPerCommitMax;
/** More than one chunk: of a killed run at most the last was applied without being noted. */
const recoveredRowsMax = 20 * chunkRows;

export interface Run {
  readonly upload: Upload;
  readonly format: ImportFormat;
  readonly options: ImportOptions;
  readonly batch: string;
  readonly context: (batch: string) => RowContext;
  openTarget(mapping: AnyMapping): Promise<Target>;
  /** What an earlier run has done; null to begin anew. */
  earlier(mapping: AnyMapping): Progress | null;
  save(progress: Omit<Progress, 'fingerprint' | 'fileName'>, mapping: AnyMapping): void;
  /** Whether the ledger's rows up to this one say nothing of anybody. */
  isEmptyUpTo(seq: number): Promise<boolean>;
  /** A file of this run's own, to be removed by who makes it. */
  scratchFile(): string;
  /** The verdict that a ledger row of this batch gave, or null when the row is not of this batch. */
  verdictOf(seq: number): Promise<RowAnswer['verdict'] | null>;
  readonly stopping: AbortSignal;
}

export const emptyTally = (): Tally => ({
  rows: 0,
  counts: { applied: 0, unchanged: 0, refused: 0, held: 0, invalid: 0 },
  reasons: {},
  links: {},
  skipped: {},
});

/** Reads the file, judges it chunk by chunk, and notes each chunk once it is durable. */
export async function* run(asked: Run): AsyncGenerator<ImportEvent> {
  const { upload, format, options, batch } = asked;
  const batches = await open(asked);
  const mapping = mappingOfFile(batches.columns, options);
  const earlier = asked.earlier(mapping);
  const isDone = earlier?.state === 'done';
  yield {
    type: 'started',
    batch,
    format,
    bytes: upload.bytes,
    dry_run: options.dryRun,
    mapping: inWords(mapping),
    ignored_columns: mapping.ignored,
    resumed_after_line: earlier?.line ?? 0,
  };
  const warnings = format !== 'parquet' && !upload.endsWithNewline ? [cutWarning] : [];
  const target = await asked.openTarget(mapping);
  try {
    const headBefore = earlier?.headBefore ?? (await target.head());
    let tally = { ...emptyTally(), ...earlier?.tally };
    const rows = mapping.kind === 'links' ? inOrderOf('seq', batches.rows, asked.scratchFile()) : batches.rows;
    const guarded = !(await asked.isEmptyUpTo(headBefore));
    const reader = readerOf(mapping, batches.columns, asked.context(batch), { guarded });
    if (!isDone) tally = yield* work(asked, { mapping, reader, rows }, target, { earlier, headBefore, tally });
    yield {
      type: 'done',
      ok: true,
      batch,
      dry_run: options.dryRun,
      finished_before: isDone,
      ...tally,
      largest_identities: await target.largest(headBefore),
      warnings,
    };
  } finally {
    await target.close();
  }
}

const cutWarning =
  'The file does not end with a newline: if it was cut off, its last row may hold half an id. Compare it with the source.';

async function* work(
  asked: Run,
  { mapping, reader, rows: batches }: { mapping: AnyMapping; reader: Reader; rows: AsyncIterable<RowBatch> },
  target: Target,
  state: { earlier: Progress | null; headBefore: number; tally: Tally },
): AsyncGenerator<ImportEvent, Tally> {
  const { earlier, headBefore, tally } = state;
  const doneLine = earlier?.line ?? 0;
  // Rows that can not be read are found again by reading, so their count starts anew; the rest is as it was noted.
  for (const code of Object.keys(tally.reasons)) if (code.startsWith('invalid/')) delete tally.reasons[code];
  tally.rows -= tally.counts.invalid + sum(tally.skipped);
  tally.counts.invalid = 0;
  tally.skipped = {};
  const recovery = earlier === null ? null : { seqs: new Set<number>(), left: recoveredRowsMax, head: earlier.head };
  let items: { line: number; order: number; item: AppliedItem; cells: unknown }[] = [];
  let told = 0;

  async function* flush(): AsyncGenerator<ImportEvent> {
    if (items.length === 0) return;
    const answers = await apply(target, items, asked.stopping, recovery !== null && recovery.left > 0);
    for (const [index, answer] of answers.entries()) {
      const { line, cells } = items[index]!;
      const verdict =
        recovery !== null && recovery.left-- > 0 ? await recovered(asked, answer, recovery) : answer.verdict;
      tally.rows++;
      tally.counts[verdict]++;
      if (answer.link) tally.links[answer.link.verdict] = (tally.links[answer.link.verdict] ?? 0) + 1;
      if (verdict === 'applied' || (verdict === 'unchanged' && answer.reason === null)) continue;
      const reason = answer.reason ?? verdict;
      tally.reasons[reason] = (tally.reasons[reason] ?? 0) + 1;
      if (verdict === 'unchanged') continue;
      yield { type: 'rejected', line, verdict, error_code: reason, message: messageOf(verdict, answer), row: cells };
    }
    const { order } = items.at(-1)!;
    items = [];
    asked.save({ line: order, tally, headBefore, head: await target.head(), state: 'running' }, mapping);
    // Other calls come in between.
    await turn();
  }

  for await (const { rows, bytes } of batches) {
    for (const row of rows) {
      const order = row.order ?? row.line;
      const found = readOne(row, reader);
      if ('error_code' in found) {
        tally.rows++;
        tally.counts.invalid++;
        const reason = `invalid/${found.error_code}`;
        tally.reasons[reason] = (tally.reasons[reason] ?? 0) + 1;
        yield { type: 'rejected', ...found };
      } else if ('skipped' in found.item) {
        skip(tally, found.item);
      } else if (order > doneLine) {
        items.push({ ...found, item: found.item, order });
        if (items.length === chunkRows) yield* flush();
      }
      if (Date.now() - told < progressIntervalMs) continue;
      told = Date.now();
      throwIfStopping(asked.stopping);
      yield { type: 'progress', rows: tally.rows, bytes, counts: { ...tally.counts } };
    }
    await turn();
  }
  yield* flush();
  for (const item of reader.rest()) await apply(target, [{ item }], asked.stopping, false);
  const line = Number.MAX_SAFE_INTEGER;
  asked.save({ line, tally, headBefore, head: await target.head(), state: 'done' }, mapping);
  return tally;
}

function skip(tally: Tally, { skipped }: Skipped): void {
  tally.rows++;
  tally.skipped[skipped] = (tally.skipped[skipped] ?? 0) + 1;
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

function readOne(row: SourceRow, reader: Reader) {
  const { line } = row;
  if ('problem' in row) return rejection(line, 'malformed-row', row.problem, row.text);
  try {
    return { line, cells: row.cells, item: reader.read(row.cells, line) };
  } catch (error) {
    if (!(error instanceof OnymError)) throw error;
    return rejection(line, error.code, error.message, row.cells);
  }
}

const rejection = (line: number, error_code: string, message: string, row: unknown): Rejection => ({
  line,
  verdict: 'invalid',
  error_code,
  message,
  row,
});

/** Waits while the server is under pressure. */
async function apply(
  target: Target,
  items: readonly { item: AppliedItem }[],
  stopping: AbortSignal,
  again: boolean,
): ReturnType<Target['apply']> {
  const all = items.map(({ item }) => (again && 'explicitUuid' in item ? { ...item, explicitUuid: true } : item));
  for (;;) {
    throwIfStopping(stopping);
    try {
      return await target.apply(all);
    } catch (error) {
      if (!(error instanceof OnymError) || error.code !== 'overloaded') throw error;
      await sleep((error.retryAfterSeconds ?? 1) * 1_000);
    }
  }
}

function throwIfStopping(stopping: AbortSignal): void {
  if (!stopping.aborted) return;
  throw new OnymError('overloaded', 'The server stops. What was applied is noted: run the same import again to go on.');
}

/** A row that a killed run applied but did not come to note answers `unchanged` now; what it was told then, counts. */
async function recovered(
  asked: Run,
  { verdict, seq, recorded }: RowAnswer,
  recovery: { seqs: Set<number>; head: number },
): Promise<RowAnswer['verdict']> {
  if (seq === null || seq <= recovery.head || recovery.seqs.has(seq)) return verdict;
  recovery.seqs.add(seq);
  if (recorded || verdict !== 'unchanged') return verdict;
  return (await asked.verdictOf(seq)) ?? verdict;
}

function messageOf(verdict: 'refused' | 'held', { reason, seq }: RowAnswer): string {
  const row = seq === null ? '' : ` Its ledger row is ${seq}.`;
  return verdict === 'held'
    ? `Held for review (${reason}): onym review shows it, onym approve and onym reject decide.${row}`
    : `Refused (${reason}).${row}`;
}

/** The rows, and the columns as the first of them show. */
async function open({ upload, format, options }: Run): Promise<{ columns: string[]; rows: AsyncIterable<RowBatch> }> {
  if (format === 'parquet') {
    return {
      columns: await parquetColumns(upload.path),
      rows: readParquet(upload.path, limits.importRowGroupBytesMax),
    };
  }
  const chunks = createReadStream(upload.path, { highWaterMark: readBytes }) as AsyncIterable<Buffer>;
  const rowBytesMax = limits.importRowBytesMax;
  const rows =
    format === 'ndjson'
      ? readNdjson(chunks, rowBytesMax)
      : readCsv(chunks, {
          rowBytesMax,
          isUtf8: upload.isUtf8,
          ...(options.delimiter === undefined ? {} : { delimiter: options.delimiter }),
        });
  const columns = new Set<string>();
  const ahead: RowBatch[] = [];
  for (let next = await rows.next(); next.done !== true; next = await rows.next()) {
    ahead.push(next.value);
    for (const row of next.value.rows) if ('cells' in row) for (const name in row.cells) columns.add(name);
    if (columns.size > 0) break;
  }
  const empty = columns.size === 0 && ahead.length === 0 ? columnsOfEmptyTable(upload.head) : null;
  if (empty !== null) return { columns: empty, rows };
  if (columns.size === 0)
    throw new OnymError('invalid-payload', `The file has no row that can be read. ${firstProblem(ahead)}`);
  return { columns: [...columns], rows: continued(ahead, rows) };
}

function firstProblem(batches: readonly RowBatch[]): string {
  const row = batches.flatMap(({ rows }) => rows)[0];
  return row !== undefined && 'problem' in row ? `Line ${row.line}: ${row.problem}` : 'It has a header and no rows.';
}

async function* continued(ahead: readonly RowBatch[], rows: AsyncGenerator<RowBatch>): AsyncGenerator<RowBatch> {
  yield* ahead;
  yield* rows;
}
