import { ConfigError } from '../../config.ts';
import type { Connections, Statement } from './connection.ts';
import { migrations } from './schema.ts';

/** Any number, the same for every node: who holds it migrates. */
const lock = 7_700_001;

const locked: Statement<unknown> = { name: 'lock_migration', text: 'SELECT pg_advisory_xact_lock($1)' };
const done: Statement<{ step: number }> = {
  name: 'last_migration',
  text: 'SELECT coalesce(max(step), 0) AS step FROM migration',
};

/**
 * Brings the schema up to date. Safe when nodes start together: each step is one transaction that looks again, under a lock. Throws ConfigError
 * for one that a newer version made.
 */
export async function migrate(connections: Connections, schema: string): Promise<void> {
  for (let isDone = false; !isDone; ) {
    isDone = await connections.write(async (sql) => {
      await sql.rows(locked, [lock]);
      const step = <Row>(text: string): Promise<Row[]> => sql.rows({ name: '', text }, []);
      // Under the lock: two that make the same at once would be told that it is there and is not.
      await step(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
      await step(
        'CREATE TABLE IF NOT EXISTS migration (step integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())',
      );
      const [last] = await sql.rows(done, []);
      const at = last!.step;
      if (at > migrations.length) {
        throw new ConfigError(
          `The schema ${schema} in PostgreSQL was made by a newer Onym (step ${at}, this one knows ${migrations.length}). Start that version.`,
        );
      }
      const next = migrations[at];
      if (next === undefined) return true;
      for (const text of next.split(';')) if (text.trim() !== '') await step(text);
      await sql.rows({ name: '', text: 'INSERT INTO migration (step) VALUES ($1)' }, [at + 1]);
      return false;
    });
  }
}
