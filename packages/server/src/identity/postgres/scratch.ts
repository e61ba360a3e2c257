import type { Connections } from '../../postgres/connection.ts';
import { copiedTables, sequences } from './schema.ts';

/** Fills the tables of an empty schema with those of another, as of one moment. */
export async function copyTables(connections: Connections, from: string, to: string): Promise<void> {
  const copies = copiedTables.map((table) => `INSERT INTO ${to}.${table} SELECT * FROM ${from}.${table}`);
  const places = sequences.map((name) => `SELECT setval('${to}.${name}', (SELECT last_value FROM ${from}.${name}))`);
  await connections.script(
    ['BEGIN ISOLATION LEVEL REPEATABLE READ', ...copies, ...places, `ANALYZE ${to}.identifier`, 'COMMIT'].join(';\n'),
  );
}
