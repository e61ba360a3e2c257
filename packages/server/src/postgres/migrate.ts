import { ConfigError } from '../config-error.ts';
import type { Connections, Sql, Statement } from './connection.ts';

/** The steps of one room's tables; steps are only ever added, at the end. */
export interface Steps {
  readonly room: string;
  /** Statements, each ended by a semicolon. */
  readonly steps: readonly Step[];
}

/** Nodes of the version before go on beside a step, and may start again after it, unless it says that they can not. */
export type Step = string | { readonly sql: string; readonly breaks: true };

/** Any number, the same for every node: who holds it migrates. */
const lock = 7_700_001;

const locked: Statement<unknown> = { name: 'lock_migration', text: 'SELECT pg_advisory_xact_lock($1)' };
const last: Statement<{ step: number }> = {
  name: 'last_migration',
  text: 'SELECT coalesce(max(step), 0) AS step FROM migration WHERE room = $1',
};
const breaking: Statement<{ room: string; step: number }> = {
  name: 'breaking_migrations',
  text: 'SELECT room, max(step) AS step FROM migration WHERE breaks GROUP BY room',
};

const namespace: Statement<unknown> = { name: '', text: 'SELECT 1 FROM pg_namespace WHERE nspname = $1' };

const run = <Row>(sql: Sql, text: string, values: readonly unknown[] = []): Promise<Row[]> =>
  sql.rows<Row>({ name: '', text }, values);

/** An empty schema. Safe when nodes start together. */
export async function createSchema(connections: Connections, schema: string): Promise<void> {
  await connections.write(async (sql) => {
    await sql.rows(locked, [lock]);
    // Under the lock: two that make the same at once would be told that it is there and is not. Where it is there no right to make it is needed.
    if ((await sql.rows(namespace, [schema])).length === 0) await run(sql, `CREATE SCHEMA ${schema}`);
    await run(
      sql,
      `CREATE TABLE IF NOT EXISTS migration (
        room text NOT NULL, step integer NOT NULL, at timestamptz NOT NULL DEFAULT now(), breaks boolean NOT NULL DEFAULT false,
        PRIMARY KEY (room, step))`,
    );
  });
}

/**
 * Brings a room's tables up to date. Safe when nodes start together: each step is one transaction that looks again, under a lock. Throws
 * ConfigError for tables that a newer version has changed so that this one can not work on them.
 */
export async function migrate(connections: Connections, schema: string, { room, steps }: Steps): Promise<void> {
  connections.known.set(room, steps.length);
  for (let isDone = false; !isDone; ) {
    isDone = await connections.write(async (sql) => {
      await sql.rows(locked, [lock]);
      const at = (await sql.rows(last, [room]))[0]!.step;
      const next = steps[at];
      if (next === undefined) return true;
      const { text, breaks } =
        typeof next === 'string' ? { text: next, breaks: false } : { text: next.sql, breaks: true };
      for (const statement of text.split(';')) if (statement.trim() !== '') await run(sql, statement);
      await run(sql, 'INSERT INTO migration (room, step, breaks) VALUES ($1, $2, $3)', [room, at + 1, breaks]);
      return false;
    });
  }
  const tooNew = await newerTables(connections);
  if (tooNew !== null) throw new ConfigError(`In the schema ${schema} ${tooNew}`);
}

/** Whether a newer version has changed tables so that this one can not work on them: what to do, as an end of a sentence; null: it has not. */
export async function newerTables({ alone, known }: Connections): Promise<string | null> {
  const rows = await alone.rows(breaking, []);
  const found = rows.find(({ room, step }) => step > (known.get(room) ?? step));
  if (found === undefined) return null;
  return `the tables of "${found.room}" in PostgreSQL were made by a newer Onym (step ${found.step}, this one knows ${known.get(found.room)}). Run that version here.`;
}
