import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { ConfigError } from '../config-error.ts';
import { OnymError } from '../errors.ts';
import type { PostgresOptions } from '../postgres-options.ts';

/** Within a transaction or alone. Statements that are not waited for run one after the other all the same, and are answered in that order. */
export interface Sql {
  /** `name` says the statement once more in few letters: a connection prepares it the first time. */
  rows<Row>(statement: Statement<Row>, values: readonly unknown[]): Promise<Row[]>;
}

/** A statement and the shape of its rows. */
export interface Statement<Row> {
  readonly name: string;
  readonly text: string;
  /** Never there: it carries the type. */
  readonly row?: Row;
}

export interface Connections {
  /** A statement on its own: durable when this resolves. */
  readonly alone: Sql;
  /** All or nothing. Tried again after a conflict with another transaction, and while the database is away, for a while. */
  write<T>(work: (sql: Sql) => Promise<T>, wasDone?: (result: T, sql: Sql) => Promise<boolean>): Promise<T>;
  /** Several reads that see one moment. */
  snapshot<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Of each room whose tables this process uses: how many steps of them it knows. */
  readonly known: Map<string, number>;
  /** Several statements without parameters. */
  script(text: string): Promise<void>;
  close(): Promise<void>;
}

export interface ConnectionOptions extends PostgresOptions {
  readonly connectionsMax: number;
  readonly statementMaxMs: number;
  readonly log: { warn(details: object, message: string): void };
}

const connectMaxMs = 5_000;
/** Beyond the time that PostgreSQL itself gives a statement: nobody is there, though nothing says so. */
const silentMaxMs = 2_000;
const scriptSilentMaxMs = 60 * 60_000;
/** From the first try to the last. */
const retryMaxMs = 3_000;
const retryMinMs = 20;
const retryAfterSeconds = 1;

/** Another transaction stood in the way: the same again may well succeed. */
const conflicts: ReadonlySet<string> = new Set(['40001', '40P01', '55P03']);
/** The server went, goes or is not there yet; classes 08 and 57P. */
const absences = /^(?:08|57P0[123]|53300|ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)/;

pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export function openConnections(options: ConnectionOptions): Connections {
  const { schema, log } = options;
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connectionsMax,
    connectionTimeoutMillis: connectMaxMs,
    statement_timeout: options.statementMaxMs,
    query_timeout: options.statementMaxMs + silentMaxMs,
    idle_in_transaction_session_timeout: options.statementMaxMs,
    application_name: 'onym',
    options: `-c search_path=${schema}`,
    pipeline: true,
  });
  // Of a connection that waits in the pool; the next one who needs it takes another. The error has the whole connection in it, which is for no log.
  pool.on('error', ({ message }) => log.warn({ reason: message }, 'a connection to PostgreSQL was lost'));
  // Of one that is in use, between two statements: the next statement fails, and says so.
  pool.on('connect', (client) => void client.on('error', () => undefined));

  const sqlOn = (client: pg.Pool | pg.PoolClient): Sql => ({
    rows: async ({ name, text }, values) => (await client.query({ name, text, values: [...values] })).rows,
  });

  async function transaction<T>(begin: string, work: (sql: Sql) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    let isBroken = false;
    try {
      await client.query(begin);
      const result = await work(sqlOn(client));
      try {
        await client.query('COMMIT');
      } catch (error) {
        throw new UnknownEnd(result, error);
      }
      return result;
    } catch (error) {
      isBroken = isAbsence(error instanceof UnknownEnd ? error.cause : error);
      if (!isBroken) await client.query('ROLLBACK').catch(() => (isBroken = true));
      throw error;
    } finally {
      client.release(isBroken);
    }
  }

  /** Resolves to null where nothing says that it was done. */
  async function foundDone<T>(
    { result }: UnknownEnd<T>,
    wasDone: ((result: T, sql: Sql) => Promise<boolean>) | undefined,
  ): Promise<{ readonly result: T } | null> {
    if (wasDone === undefined) return null;
    const found = await retried(() => transaction('BEGIN', (sql) => wasDone(result, sql)));
    return found ? { result } : null;
  }

  async function retried<T>(attempt: () => Promise<T>): Promise<T> {
    const giveUpAt = Date.now() + retryMaxMs;
    for (let waitMs = retryMinMs; ; waitMs *= 2) {
      try {
        return await attempt();
      } catch (error) {
        const mayHelp = isConflict(error) || isAbsence(error);
        if (!mayHelp || Date.now() + waitMs > giveUpAt) throw toStoreError(error);
        await sleep(waitMs * (0.5 + Math.random() / 2));
      }
    }
  }

  return {
    alone: { rows: (statement, values) => retried(() => sqlOn(pool).rows(statement, values)) },
    write: (work, wasDone) =>
      retried(async () => {
        try {
          return await transaction('BEGIN', work);
        } catch (error) {
          if (!(error instanceof UnknownEnd)) throw error;
          // The connection went with the answer: what it would have said stands in the tables, or nothing of it does.
          const done = await foundDone(error as UnknownEnd<Awaited<ReturnType<typeof work>>>, wasDone);
          if (done !== null) return done.result;
          throw error.cause;
        }
      }),
    snapshot: (work) => retried(() => transaction('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', work)),
    known: new Map(),
    async script(text) {
      // Each statement of it has its own time at PostgreSQL; all of them take what they take.
      const patient = { text, query_timeout: scriptSilentMaxMs };
      await retried(() => pool.query(patient));
    },
    async close() {
      if (!pool.ended) await pool.end();
    },
  };
}

/** A transaction that was told to commit, and did not say whether it has. */
class UnknownEnd<T = unknown> extends Error {
  readonly result: T;
  constructor(result: T, cause: unknown) {
    super('COMMIT was not answered', { cause });
    this.result = result;
  }
}

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '');

const isConflict = (error: unknown): boolean => conflicts.has(codeOf(error));

function isAbsence(error: unknown): boolean {
  if (absences.test(codeOf(error))) return true;
  // The driver's own errors have no code.
  return (
    error instanceof Error &&
    /Connection terminated|timeout exceeded when trying to connect|Query read timeout|is not queryable/.test(
      error.message,
    )
  );
}

/** As the caller should see it. */
export function toStoreError(error: unknown): unknown {
  if (error instanceof OnymError || error instanceof ConfigError) return error;
  const code = codeOf(error);
  if (code === '53100') {
    return new OnymError('storage-full', 'The disk of PostgreSQL is full. Nothing was stored; free some space there.', {
      cause: error,
      retryAfterSeconds,
    });
  }
  if (code === '22021') {
    return new OnymError('invalid-payload', 'A text holds a NUL character. Remove it before sending.', {
      cause: error,
    });
  }
  if (code === '42501') {
    const { message } = error as Error;
    const problem = `The user of ONYM_POSTGRES_URL lacks a right: ${message}. Let it own its schema and all that is in it.`;
    return new ConfigError(problem, { cause: error });
  }
  if (!isAbsence(error) && !isConflict(error) && code !== '57014') return error;
  return new OnymError(
    'identity-store-unavailable',
    'PostgreSQL does not answer, so who is who can be neither read nor changed. Events are still taken. Send it again shortly.',
    { cause: error, retryAfterSeconds },
  );
}
