import { ConfigError } from '../config-error.ts';
import type { Connections, Sql, Statement } from './connection.ts';

/** The steps of one room's tables; steps are only ever added, at the end. */
export interface Steps {
  readonly room: string;
  /** Statements, each ended by a semicolon. */
  readonly steps: readonly string[];
}

/** Any number, the same for every node: who holds it migrates. */
const lock = 7_700_001;

const locked: Statement<unknown> = { name: 'lock_migration', text: 'SELECT pg_advisory_xact_lock($1)' };
const last: Statement<{ step: number }> = {
  name: 'last_migration',
  text: 'SELECT coalesce(max(step), 0) AS step FROM migration WHERE room = $1',
};

const run = <Row>(sql: Sql, text: string, values: readonly unknown[] = []): Promise<Row[]> =>
  sql.rows<Row>({ name: '', text }, values);

/** An empty schema. Safe when nodes start together. */
export async function createSchema(connections: Connections, schema: string): Promise<void> {
  await connections.write(async (sql) => {
    await sql.rows(locked, [lock]);
    // Under the lock: two that make the same at once would be told that it is there and is not.
    await run(sql, `CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await run(
      sql,
      `CREATE TABLE IF NOT EXISTS migration (
        room text NOT NULL, step integer NOT NULL, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (room, step))`,
    );
  });
}

/**
 * Brings a room's tables up to date. Safe when nodes start together: each step is one transaction that looks again, under a lock. Throws
 * ConfigError for tables that a newer version made.
 */
export async function migrate(connections: Connections, schema: string, { room, steps }: Steps): Promise<void> {
  for (let isDone = false; !isDone; ) {
    isDone = await connections.write(async (sql) => {
      await sql.rows(locked, [lock]);
      const at = (await sql.rows(last, [room]))[0]!.step;
      if (at > steps.length) {
        throw new ConfigError(
          `The tables of "${room}" in the schema ${schema} of PostgreSQL were made by a newer Onym (step ${at}, this one knows ${steps.length}). Start that version.`,
        );
      }
      const next = steps[at];
      if (next === undefined) return true;
      for (const text of next.split(';')) if (text.trim() !== '') await run(sql, text);
      await run(sql, 'INSERT INTO migration (room, step) VALUES ($1, $2)', [room, at + 1]);
      return false;
    });
  }
}
