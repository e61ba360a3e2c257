import { randomUUID } from 'node:crypto';
import { setTimeout as startTimer } from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import { OnymError } from '../errors.ts';
import type { limits } from '../limits.ts';
import type { Databases } from './databases.ts';
import { type Engine, engineErrorCode, literal, type Settings } from './engine.ts';
import { createReaderPool } from './reader-pool.ts';
import { createSqlGuard, engineMessage } from './sql-guard.ts';
import type { QueryOptions } from './types.ts';

export type QueryLimits =
  Pick<
    typeof limits,
    | 'sqlBytesMax'
    | 'queryDurationMaxMs'
    | 'queryMemoryBytesMax'
    | 'queryRowsMax'
    | 'queryResultBytesMax'
    | 'concurrentQueriesMax'
  > extends infer Picked
    ? { [Name in keyof Picked]: number }
    : never;

export interface QueryRunner {
  query(databases: Databases, sql: string, options: QueryOptions): Promise<AsyncIterable<Uint8Array>>;
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
    // Compiling a pattern can't be interrupted.
    max_hyperscan_regexp_length: 1_000,
    max_hyperscan_regexp_total_length: 10_000,
    // Numbers, not strings: count() of a JSON answer is a number.
    output_format_json_quote_64bit_integers: 0,
    allow_introspection_functions: 0,
    readonly: 1,
  };
}

/** The engine stops a query at its limit between blocks; a query that is stuck within one is killed this much later. */
const KILL_GRACE_MS = 1_000;
const KILL_INTERVAL_MS = 200;

/** Bytes handed on at a time, so that a slow client does not make the whole result wait in its socket. */
const SLICE_BYTES = 256 * 1024;

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

async function* slices(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += SLICE_BYTES) yield bytes.subarray(start, start + SLICE_BYTES);
}

export function createQueryRunner(engine: Engine, bounds: QueryLimits): QueryRunner {
  const guard = createSqlGuard(engine);
  const pool = createReaderPool(
    () => engine.openReader(readerSettings(bounds)),
    Math.min(bounds.concurrentQueriesMax, engine.readersMax),
  );
  const running = new Set<Promise<unknown>>();

  /**
   * The engine has no other way to cancel. ASYNC: a SYNC kill was seen never to return. Again and again: a query that is only
   * just being handed over is not found yet.
   */
  async function killUntilEnded(tag: string, result: Promise<unknown>): Promise<void> {
    const statement = `KILL QUERY${engine.dialect.onCluster} WHERE startsWith(query, ${literal(tag)}) ASYNC`;
    while (running.has(result)) {
      await engine.command(statement).catch(() => undefined);
      await setTimeout(KILL_INTERVAL_MS);
    }
  }

  /** Rejects as soon as the caller gives up; the reader stays taken until the engine has really stopped. */
  async function run(database: string, statement: string, options: QueryOptions): Promise<Buffer> {
    const reader = await pool.take(options.signal);
    if (options.signal?.aborted) {
      pool.give(reader);
      throw options.signal.reason;
    }
    const tag = `/*onym-query:${randomUUID()}*/`;
    const result = reader.exec(database, `${tag} ${statement}\nFORMAT ${options.format}`);
    running.add(result);
    const stop = () => void killUntilEnded(tag, result);
    const overdue = startTimer(stop, bounds.queryDurationMaxMs + KILL_GRACE_MS);
    const ended = () => {
      clearTimeout(overdue);
      running.delete(result);
      pool.give(reader);
    };
    result.then(ended, ended);

    const { signal } = options;
    if (signal === undefined) return result;
    let abort = () => {};
    const aborted = new Promise<never>((_, reject) => {
      abort = () => {
        stop();
        reject(signal.reason);
      };
    });
    signal.addEventListener('abort', abort, { once: true });
    return Promise.race([result, aborted]).finally(() => signal.removeEventListener('abort', abort));
  }

  return {
    async query(databases, sql, options) {
      options.signal?.throwIfAborted();
      if (Buffer.byteLength(sql) > bounds.sqlBytesMax) {
        throw new OnymError('query-refused', `The statement is longer than ${bounds.sqlBytesMax} bytes.`);
      }
      if (sql.includes('\0')) throw new OnymError('query-refused', 'The statement holds a NUL character.');
      const statement = await guard.check(sql, databases.open);
      let result: Buffer;
      try {
        result = await run(databases.open, statement, options);
      } catch (error) {
        throw queryError(error);
      }
      // The engine counts a constant once, however many rows show it.
      if (result.length > bounds.queryResultBytesMax) throw tooLarge(bounds.queryResultBytesMax);
      return slices(result);
    },
    async queriesUnderWay() {
      await Promise.allSettled([...running]);
    },
    async close() {
      await pool.close();
    },
  };
}
