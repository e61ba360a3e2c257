import { randomUUID } from 'node:crypto';
import { setTimeout as startTimer } from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import { OnymError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Databases } from './databases.ts';
import { createConnectionPool } from './engine/connection-pool.ts';
import { engineErrorCode } from './engine/errors.ts';
import { type Engine, literal, type Settings } from './engine.ts';
import { type Asked, queryError } from './query-errors.ts';
import { createQueryTally, type QueryStats } from './query-tally.ts';
import { createQueryTurns, type Lane, type Turn } from './query-turns.ts';
import type { ReadsUnderWay } from './reads-under-way.ts';
import { createResultFiles, type ResultFile } from './result-files.ts';
import { createSqlGuard } from './sql-guard.ts';
import type { QueryOptions, QueryResult } from './types.ts';

export type QueryLimits =
  Pick<
    typeof limits,
    | 'sqlBytesMax'
    | 'queryDurationMaxMs'
    | 'queryMemoryBytesMax'
    | 'queryRowsMax'
    | 'queryResultBytesMax'
    | 'heldResultBytesMax'
    | 'concurrentQueriesMax'
    | 'waitingQueriesMax'
    | 'waitingQueriesPerKeyMax'
    | 'queryWaitMaxMs'
    | 'shortQueryMs'
    | 'queryParametersMax'
    | 'queryParametersBytesMax'
  > extends infer Picked
    ? { [Name in keyof Picked]: number }
    : never;

export interface QueryRunner {
  query(databases: Databases, sql: string, options: QueryOptions): Promise<QueryResult>;
  stats(): QueryStats;
  close(): Promise<void>;
}

/** Set once on each reader's connection; `readonly` last, for nothing can be set after it. */
function readerSettings(bounds: QueryLimits, durationMaxMs: number): Settings {
  return {
    max_execution_time: durationMaxMs / 1_000,
    // Room for the parameters, each character of which may become four.
    max_query_size: bounds.sqlBytesMax * 2 + bounds.queryParametersBytesMax * 4,
    max_memory_usage: bounds.queryMemoryBytesMax,
    max_result_rows: bounds.queryRowsMax,
    max_result_bytes: bounds.queryResultBytesMax,
    max_temporary_data_on_disk_size_for_query: 4 * bounds.queryMemoryBytesMax,
    max_hyperscan_regexp_length: limits.queryPatternLengthMax,
    max_hyperscan_regexp_total_length: limits.queryPatternsLengthMax,
    // Else several blocks of text are in memory at a time: twice the memory of four large queries, for no less time on two cores.
    output_format_parallel_formatting: 0,
    // Numbers, not strings: count() of a JSON answer is a number.
    output_format_json_quote_64bit_integers: 0,
    output_format_json_escape_forward_slashes: 0,
    allow_introspection_functions: 0,
    readonly: 1,
  };
}

/** The engine stops a query at its limit between blocks; a query that is stuck within one is killed this much later. */
const killGraceMs = 1_000;
const killIntervalMs = 200;

/** The engine counts a constant once, however many rows show it, and no names of columns: the file tells how large a result gets. */
const sizeCheckIntervalMs = 100;

const tooLarge = (bytesMax: number): OnymError =>
  new OnymError('query-too-expensive', `The result is larger than ${bytesMax} bytes. Select fewer rows or columns.`);

/** A query that took longer than the reader of short ones has for it. */
const tookLong = Symbol('it took long');

export function createQueryRunner(engine: Engine, reads: ReadsUnderWay, bounds: QueryLimits): QueryRunner {
  const guard = createSqlGuard(engine, bounds);
  const turns = createQueryTurns({
    ...bounds,
    concurrentQueriesMax: Math.min(bounds.concurrentQueriesMax, engine.readersMax),
  });
  const tally = createQueryTally(turns);
  const durationMaxMs: Readonly<Record<Lane, number>> = {
    long: bounds.queryDurationMaxMs,
    short: Math.min(bounds.shortQueryMs, bounds.queryDurationMaxMs),
  };
  const poolOf = (lane: Lane) =>
    createConnectionPool(() => engine.openReader(readerSettings(bounds, durationMaxMs[lane])), {
      size: bounds.concurrentQueriesMax,
    });
  const pools: Readonly<Record<Lane, ReturnType<typeof poolOf>>> = { long: poolOf('long'), short: poolOf('short') };
  const files = createResultFiles(engine.scratchDirectory, { heldBytesMax: bounds.heldResultBytesMax });
  const running = new Set<Promise<unknown>>();

  /**
   * The engine has no other way to cancel. ASYNC: a SYNC kill was seen never to return. Again and again: a query that is only
   * just being handed over is not found yet.
   */
  async function killUntilEnded(tag: string, written: Promise<unknown>): Promise<void> {
    const statement = `KILL QUERY WHERE startsWith(query, ${literal(tag)}) ASYNC`;
    while (running.has(written)) {
      await engine.everywhere(statement).catch(() => undefined);
      await setTimeout(killIntervalMs);
    }
  }

  /** Begins a query in its turn, which lasts until the engine has really stopped. */
  async function begin(turn: Turn, database: string, statement: string, { format, signal }: QueryOptions) {
    const { connection: reader, end } = await pools[turn.lane].take().catch((error) => {
      turn.end();
      throw error;
    });
    const endTurn = (clean: boolean) => {
      end(clean);
      turn.end();
    };
    let file: ResultFile;
    try {
      signal?.throwIfAborted();
      file = files.create();
    } catch (error) {
      endTurn(true);
      throw error;
    }
    const tag = `/*onym-query:${randomUUID()}*/`;
    const endRead = reads.begin();
    const written = reader.write(database, `${tag} ${statement}`, format, file.path);
    running.add(written);
    const began = performance.now();
    let stopped = false;
    const stop = () => {
      if (stopped) return;
      stopped = true;
      void killUntilEnded(tag, written);
    };
    const overdue = startTimer(stop, durationMaxMs[turn.lane] + killGraceMs);
    const growth = setInterval(async () => {
      if ((await sizeOf(file)) > bounds.queryResultBytesMax) stop();
    }, sizeCheckIntervalMs);
    const ended = (clean: boolean) => {
      clearTimeout(overdue);
      clearInterval(growth);
      running.delete(written);
      endRead();
      endTurn(clean && !stopped);
    };
    written.then(
      () => ended(true),
      () => ended(false),
    );
    return { file, written, stop, tookMs: () => performance.now() - began };
  }

  async function resultOf(file: ResultFile, written: Promise<void>, asked: Asked, signal?: AbortSignal) {
    try {
      const failed = await written.then(
        () => null,
        (error) => queryError(error, asked),
      );
      if ((await sizeOf(file)) > bounds.queryResultBytesMax) throw tooLarge(bounds.queryResultBytesMax);
      if (failed !== null) throw failed;
      return await file.read(signal);
    } catch (error) {
      await file.remove();
      throw error;
    }
  }

  /** Runs a checked statement in the next turn; `tookLong` where that was of the short lane, and the statement is not for it. */
  async function run(asked: Asked, statement: string, lanes: readonly Lane[], options: QueryOptions) {
    const { signal } = options;
    const turn = await turns.take(options.key ?? '', lanes, signal);
    const { file, written, stop, tookMs } = await begin(turn, asked.databases.open, statement, options);
    try {
      return await orAborted(resultOf(file, written, asked, signal), signal, stop);
    } catch (error) {
      const isLong = turn.lane === 'short' && isTimeout(error) && tookMs() >= durationMaxMs.short;
      if (isLong && durationMaxMs.short < durationMaxMs.long) return tookLong;
      throw error;
    }
  }

  async function answer(databases: Databases, sql: string, options: QueryOptions): Promise<QueryResult> {
    options.signal?.throwIfAborted();
    if (Buffer.byteLength(sql) > bounds.sqlBytesMax) {
      throw new OnymError(
        'payload-too-large',
        `The statement is longer than ${bounds.sqlBytesMax} bytes. Shorten it, or send long values as params.`,
      );
    }
    if (sql.includes('\0')) throw new OnymError('query-refused', 'The statement holds a NUL character.');
    const asked: Asked = { sql, databases, bounds };
    const statement = await guard.check(asked, options.parameters ?? {});
    const result = await run(asked, statement, ['long', 'short'], options);
    if (result !== tookLong) return result;
    const again = await run(asked, statement, ['long'], options);
    if (again === tookLong) throw new Error('A query of the long lane was tried as a short one.');
    return again;
  }

  return {
    query: (databases, sql, options) => tally.counted(answer(databases, sql, options), options.signal),
    stats: tally.stats,
    async close() {
      await Promise.all([pools.long.close(), pools.short.close(), files.close()]);
    },
  };
}

/** Stopped for its time, by the engine or by a kill. */
const isTimeout = (error: unknown): boolean =>
  error instanceof OnymError && [159, 394].includes(engineErrorCode(error.cause) ?? 0);

/** 0 as long as there is no file. */
const sizeOf = (file: ResultFile): Promise<number> => file.size().catch(() => 0);

/** Rejects as soon as the caller gives up, and calls `stop` then. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined, stop: () => void): Promise<T> {
  if (signal === undefined) return work;
  work.catch(() => undefined);
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => {
      stop();
      reject(signal.reason);
    };
  });
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
