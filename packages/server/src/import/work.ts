import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { OnymError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Progress } from './progress.ts';
import type { Reader } from './reader.ts';
import type { Reading } from './reading.ts';
import { createRecovery } from './recovery.ts';
import { rowAnswer } from './row-answer.ts';
import type { Run } from './run.ts';
import type { Skipped } from './tables/items.ts';
import type { AppliedItem, ItemAnswer, Target } from './target.ts';
import type { ImportEvent, Rejection, RowBatch, SourceRow, Tally } from './types.ts';

const progressIntervalMs = 250;
const chunkItems = limits.importChunkRows;

export interface Work {
  readonly asked: Run;
  readonly reading: Reading;
  readonly reader: Reader;
  readonly rows: AsyncIterable<RowBatch>;
  readonly target: Target;
  readonly earlier: Progress | null;
  readonly headBefore: number;
  readonly tally: Tally;
  /** Hears of every row. */
  see(row: SourceRow): void;
}

interface ReadRow {
  readonly line: number;
  /** Its place in the order the rows are read in. */
  readonly place: number;
  readonly items: readonly AppliedItem[];
  readonly cells: unknown;
}

/** Reads row by row, applies chunk by chunk, and notes each chunk once it is durable. Returns the tally of the whole file. */
export async function* work(task: Work): AsyncGenerator<ImportEvent, Tally> {
  const { asked, reading, reader, target, headBefore, tally } = task;
  const doneLine = task.earlier?.line ?? 0;
  forgetInvalid(tally);
  const recovery = createRecovery(asked, task.earlier);
  const save = async (line: number, state: 'running' | 'done') =>
    asked.save({ line, tally, headBefore, head: await target.head(), state }, reading);
  // So that what a first chunk applied before it was noted is known as this import's own.
  if (task.earlier === null) await save(0, 'running');
  let chunk: ReadRow[] = [];
  let items = 0;
  let bytesApplied = 0;
  let told = 0;

  async function* flush(): AsyncGenerator<ImportEvent> {
    if (chunk.length === 0) return;
    const answers = await apply(
      target,
      chunk.flatMap((row) => row.items),
      asked.goOn,
    );
    let next = 0;
    for (const row of chunk) {
      const own = answers.slice(next, next + row.items.length);
      next += row.items.length;
      const answer = rowAnswer(await recovery.corrected(row.items, own));
      count(tally, answer.verdict, answer.reason, own);
      const { verdict } = answer;
      if (verdict !== 'refused' && verdict !== 'held') continue;
      const { line, cells } = row;
      yield {
        type: 'rejected',
        line,
        verdict,
        error_code: answer.reason ?? verdict,
        message: answer.message,
        row: cells,
      };
    }
    const { place } = chunk.at(-1)!;
    chunk = [];
    items = 0;
    await save(place, 'running');
    // Other calls come in between.
    await turn();
  }

  for await (const { rows, bytes } of task.rows) {
    for (const row of rows) {
      task.see(row);
      const read = readRow(row, reader);
      if ('error_code' in read) {
        count(tally, 'invalid', `invalid/${read.error_code}`, []);
        yield { type: 'rejected', ...read };
      } else if ('skipped' in read) {
        tally.rows++;
        tally.skipped[read.skipped] = (tally.skipped[read.skipped] ?? 0) + 1;
      } else if (read.place > doneLine) {
        chunk.push(read);
        items += read.items.length;
        if (items >= chunkItems || chunk.length >= chunkItems) yield* flush();
      }
      const now = asked.now();
      if (now - told < progressIntervalMs) continue;
      told = now;
      asked.goOn();
      yield { type: 'progress', rows: tally.rows, bytes, counts: { ...tally.counts } };
    }
    if (bytes - bytesApplied >= limits.importChunkBytesMax) {
      yield* flush();
      bytesApplied = bytes;
    }
    await turn();
  }
  yield* flush();
  for (const rest of inChunks(reader.rest())) {
    await apply(target, rest, asked.goOn);
    await turn();
  }
  await save(Number.MAX_SAFE_INTEGER, 'done');
  return tally;
}

function* inChunks(items: Iterable<AppliedItem>): Generator<AppliedItem[]> {
  let chunk: AppliedItem[] = [];
  for (const item of items) {
    if (chunk.push(item) < chunkItems) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

/** Rows that can not be read, or are skipped, are found again by reading, so their count starts anew; the rest is as it was noted. */
function forgetInvalid(tally: Tally): void {
  for (const code of Object.keys(tally.reasons)) if (code.startsWith('invalid/')) delete tally.reasons[code];
  for (const count of [tally.counts.invalid, ...Object.values(tally.skipped)]) tally.rows -= count;
  tally.counts.invalid = 0;
  tally.skipped = {};
}

function count(
  tally: Tally,
  verdict: keyof Tally['counts'],
  reason: string | null,
  answers: readonly ItemAnswer[],
): void {
  tally.rows++;
  tally.counts[verdict]++;
  for (const { link } of answers) if (link) tally.links[link.verdict] = (tally.links[link.verdict] ?? 0) + 1;
  if (verdict === 'applied' || (verdict === 'unchanged' && reason === null)) return;
  const key = reason ?? verdict;
  tally.reasons[key] = (tally.reasons[key] ?? 0) + 1;
}

function readRow(row: SourceRow, reader: Reader): ReadRow | Skipped | Rejection {
  const { line } = row;
  if ('problem' in row) return rejection(line, 'malformed-row', row.problem, row.text);
  try {
    const read = reader.read(row.cells, line);
    return 'skipped' in read ? read : { line, place: row.order ?? line, cells: row.cells, items: read };
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
async function apply(target: Target, items: readonly AppliedItem[], goOn: () => void): Promise<ItemAnswer[]> {
  for (;;) {
    goOn();
    try {
      return await target.apply(items);
    } catch (error) {
      if (!(error instanceof OnymError) || error.code !== 'overloaded') throw error;
      await sleep((error.retryAfterSeconds ?? 1) * 1_000);
    }
  }
}
