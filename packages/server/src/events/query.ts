import { randomUUID } from 'node:crypto';
import { setTimeout as startTimer } from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import { OnymError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Databases } from './databases.ts';
import { engineErrorCode } from './engine/errors.ts';
import { type Engine, literal, type Settings } from './engine.ts';
import { createReaderPool } from './reader-pool.ts';
import { createResultFiles, type ResultFile } from './result-files.ts';
import { createSqlGuard, engineMessage } from './sql-guard.ts';
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
  > extends infer Picked
    ? { [Name in keyof Picked]: number }
    : never;

export interface QueryRunner {
  query(databases: Databases, sql: string, options: QueryOptions): Promise<QueryResult>;
  /** Resolves when every query has ended that runs now. */
  queriesUnderWay(): Promise<void>;
  close(): Promise<void>;
}

/** Set once on each reader's connection; `readonly` last, for nothing can be set after it. */
function readerSettings(bounds: QueryLimits): Settings {
  return {
    max_execution_time: bounds.queryDurationMaxMs / 1_000,
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
    allow_introspection_functions: 0,
    readonly: 1,
  };
}

/** The engine stops a query at its limit between blocks; a query that is stuck within one is killed this much later. */
const killGraceMs = 1_000;
const killIntervalMs = 200;

/** The engine counts a constant once, however many rows show it, and no names of columns: the file tells how large a result gets. */
const sizeCheckIntervalMs = 100;

const expensive = new Set([
  158, // TOO_MANY_ROWS
  159, // TIMEOUT_EXCEEDED
  160, // TOO_SLOW
  191, // SET_SIZE_LIMIT_EXCEEDED
  241, // MEMORY_LIMIT_EXCEEDED
  306, // TOO_DEEP_RECURSION
  307, // TOO_MANY_BYTES
  394, // QUERY_WAS_CANCELLED
  396, // TOO_MANY_ROWS_OR_BYTES
]);
const refused = new Set([
  164, // READONLY
  497, // ACCESS_DENIED
]);

function queryError(error: unknown): unknown {
  const code = engineErrorCode(error);
  if (code === null) return error;
  const message = engineMessage(error);
  if (expensive.has(code)) {
    return new OnymError('query-too-expensive', `${message} Narrow the time range, select fewer rows or aggregate.`, {
      cause: error,
    });
  }
  return new OnymError(refused.has(code) ? 'query-refused' : 'query-failed', message, { cause: error });
}

const tooLarge = (bytesMax: number): OnymError =>
  new OnymError('query-too-expensive', `The result is larger than ${bytesMax} bytes. Select fewer rows or columns.`);

export function createQueryRunner(engine: Engine, bounds: QueryLimits): QueryRunner {
  const guard = createSqlGuard(engine);
  const pool = createReaderPool(
    () => engine.openReader(readerSettings(bounds)),
    Math.min(bounds.concurrentQueriesMax, engine.readersMax),
  );
  const files = createResultFiles(engine.scratchDirectory, { heldBytesMax: bounds.heldResultBytesMax });
  const running = new Set<Promise<unknown>>();

  /**
   * The engine has no other way to cancel. ASYNC: a SYNC kill was seen never to return. Again and again: a query that is only
   * just being handed over is not found yet.
   */
  async function killUntilEnded(tag: string, written: Promise<unknown>): Promise<void> {
    const statement = `KILL QUERY${engine.dialect.onCluster} WHERE startsWith(query, ${literal(tag)}) ASYNC`;
    while (running.has(written)) {
      await engine.command(statement).catch(() => undefined);
      await setTimeout(killIntervalMs);
    }
  }

  /** Begins a query on a reader, which stays taken until the engine has really stopped. */
  async function begin(database: string, statement: string, { format, signal }: QueryOptions) {
    const { connection: reader, end } = await pool.take(signal);
    let file: ResultFile;
    try {
      signal?.throwIfAborted();
      file = files.create();
    } catch (error) {
      end(true);
      throw error;
    }
    const tag = `/*onym-query:${randomUUID()}*/`;
    const written = reader.write(database, `${tag} ${statement}`, format, file.path);
    running.add(written);
    let stopped = false;
    const stop = () => {
      if (stopped) return;
      stopped = true;
      void killUntilEnded(tag, written);
    };
    const overdue = startTimer(stop, bounds.queryDurationMaxMs + killGraceMs);
    const growth = setInterval(async () => {
      if ((await sizeOf(file)) > bounds.queryResultBytesMax) stop();
    }, sizeCheckIntervalMs);
    const ended = (clean: boolean) => {
      clearTimeout(overdue);
      clearInterval(growth);
      running.delete(written);
      end(clean && !stopped);
    };
    written.then(
      () => ended(true),
      () => ended(false),
    );
    return { file, written, stop };
  }

  async function resultOf(file: ResultFile, written: Promise<void>, signal?: AbortSignal): Promise<QueryResult> {
    try {
      const failed = await written.then(() => null, queryError);
      if ((await sizeOf(file)) > bounds.queryResultBytesMax) throw tooLarge(bounds.queryResultBytesMax);
      if (failed !== null) throw failed;
      return await file.read(signal);
    } catch (error) {
      await file.remove();
      throw error;
    }
  }

  return {
    async query(databases, sql, options) {
      const { signal } = options;
      signal?.throwIfAborted();
      if (Buffer.byteLength(sql) > bounds.sqlBytesMax) {
        throw new OnymError(
          'payload-too-large',
          `The statement is longer than ${bounds.sqlBytesMax} bytes. Shorten it.`,
        );
      }
      if (sql.includes('\0')) throw new OnymError('query-refused', 'The statement holds a NUL character.');
      const statement = await guard.check(sql, databases.open);
      const { file, written, stop } = await begin(databases.open, statement, options);
      return orAborted(resultOf(file, written, signal), signal, stop);
    },
    async queriesUnderWay() {
      await Promise.allSettled([...running]);
    },
    async close() {
      await Promise.all([pool.close(), files.close()]);
    },
  };
}

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
