import pg from 'pg';
import { type Names, openStored } from './stored-rows.ts';

const connectionsMax = 8;
const rowsPerInsert = 10_000;

const schema = `
  CREATE SCHEMA names;
  CREATE TABLE names.identifier (
    distinct_id text COLLATE "C" PRIMARY KEY,
    canonical_id text COLLATE "C" NOT NULL,
    known boolean NOT NULL
  );`;
const find = {
  name: 'find',
  text: 'SELECT distinct_id, canonical_id, known FROM names.identifier WHERE distinct_id = ANY($1)',
};

interface StoredRow {
  readonly distinct_id: string;
  readonly canonical_id: string;
  readonly known: number;
}

/** Who is who in a table of PostgreSQL with a row an identifier, the answer beside it: no join is left to do. */
export async function openPostgresNames(storedFile: string, url: string) {
  const pool = new pg.Pool({ connectionString: url, max: connectionsMax, application_name: 'point-reads' });
  await pool.query(schema);
  const stored = openStored(storedFile);
  const rows = stored.prepare<[], StoredRow>(
    `SELECT i.distinct_id, n.distinct_id AS canonical_id, r.known FROM identifier i
     CROSS JOIN component c ON c.env = i.env AND c.id = i.component
     CROSS JOIN component r ON r.env = c.env AND r.id = c.root CROSS JOIN identifier n ON n.ref = r.canonical`,
  );
  for (const part of inParts(rows.iterate(), rowsPerInsert)) {
    await pool.query('INSERT INTO names.identifier SELECT * FROM unnest($1::text[], $2::text[], $3::boolean[])', [
      part.map((row) => row.distinct_id),
      part.map((row) => row.canonical_id),
      part.map((row) => row.known === 1),
    ]);
  }
  stored.close();
  await pool.query('VACUUM ANALYZE names.identifier');

  return {
    readers: connectionsMax,
    async names(ids: readonly string[]): Promise<Names> {
      const found = await pool.query<{ distinct_id: string; canonical_id: string }>({ ...find, values: [[...ids]] });
      const names = new Map(found.rows.map((row) => [row.distinct_id, row.canonical_id]));
      for (const id of ids) if (!names.has(id)) names.set(id, id);
      return names;
    },
    close: () => pool.end(),
  };
}

function* inParts<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let part: T[] = [];
  for (const item of items) {
    if (part.push(item) < size) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}
