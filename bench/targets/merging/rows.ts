import pg from 'pg';
import { type Side, traitsOf } from './side.ts';

/**
 * The transaction of systems that keep a row per person and a row per identifier: lock both persons, move the ids of one, update the other, delete the
 * emptied one. One transaction a merge, eight connections.
 */

const connectionsMax = 8;

const schema = `
  CREATE SCHEMA rows;
  CREATE TABLE rows.person (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    team integer NOT NULL,
    uuid uuid NOT NULL DEFAULT gen_random_uuid(),
    properties jsonb NOT NULL,
    is_identified boolean NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL
  );
  CREATE TABLE rows.person_distinct_id (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    team integer NOT NULL,
    distinct_id text COLLATE "C" NOT NULL,
    person_id bigint NOT NULL REFERENCES rows.person (id),
    version bigint NOT NULL,
    UNIQUE (team, distinct_id)
  );
  CREATE INDEX person_distinct_id_person ON rows.person_distinct_id (person_id);`;

const makePeople = `
  WITH made AS (
    INSERT INTO rows.person (team, properties, is_identified, version, created_at)
    SELECT 1, p::jsonb, true, 0, now() FROM unnest($2::text[]) AS p RETURNING id)
  INSERT INTO rows.person_distinct_id (team, distinct_id, person_id, version)
  SELECT 1, w.distinct_id, m.id, 0 FROM unnest($1::text[]) WITH ORDINALITY AS w(distinct_id, n)
  JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM made) m ON m.n = w.n`;

/** In the order of their keys, so that no two merges wait for each other. */
const lockBoth = {
  name: 'lock_both',
  text: `SELECT d.distinct_id, p.id, p.properties, p.created_at FROM rows.person p JOIN rows.person_distinct_id d ON d.person_id = p.id
    WHERE d.team = 1 AND d.distinct_id = ANY($1) ORDER BY p.id FOR UPDATE OF p`,
};
const moveIds = {
  name: 'move_ids',
  text: 'UPDATE rows.person_distinct_id SET person_id = $1, version = version + 1 WHERE person_id = $2',
};
const updateOne = {
  name: 'update_one',
  text: 'UPDATE rows.person SET properties = $2, created_at = $3, version = version + 1 WHERE id = $1',
};
const deleteOther = { name: 'delete_other', text: 'DELETE FROM rows.person WHERE id = $1' };

interface LockedRow {
  readonly distinct_id: string;
  readonly id: string;
  readonly properties: Record<string, unknown>;
  readonly created_at: Date;
}

export async function openRows(url: string): Promise<Side> {
  const pool = new pg.Pool({ connectionString: url, max: connectionsMax, application_name: 'row-moving' });
  await pool.query(schema);
  let retries = 0;

  async function transaction(client: pg.PoolClient, primary: string, secondary: string): Promise<boolean | null> {
    await client.query('BEGIN');
    const { rows } = await client.query<LockedRow>({ ...lockBoth, values: [[primary, secondary]] });
    const into = rows.find((row) => row.distinct_id === primary);
    const from = rows.find((row) => row.distinct_id === secondary);
    if (into === undefined || from === undefined) {
      // One was merged away while this waited for its lock.
      await client.query('ROLLBACK');
      return null;
    }
    const isMerge = into.id !== from.id;
    if (isMerge) {
      const properties = JSON.stringify({ ...from.properties, ...into.properties });
      const createdAt = into.created_at < from.created_at ? into.created_at : from.created_at;
      await client.query({ ...moveIds, values: [into.id, from.id] });
      await client.query({ ...updateOne, values: [into.id, properties, createdAt] });
      await client.query({ ...deleteOther, values: [from.id] });
    }
    await client.query('COMMIT');
    return isMerge;
  }

  return {
    async makePeople(ids) {
      await pool.query(makePeople, [[...ids], ids.map((id) => JSON.stringify(traitsOf(id)))]);
      await pool.query('ANALYZE rows.person, rows.person_distinct_id');
    },
    async merge(primary, secondary) {
      const client = await pool.connect();
      try {
        for (;;) {
          const done = await transaction(client, primary, secondary);
          if (done !== null) return done;
          retries++;
        }
      } finally {
        client.release();
      }
    },
    async namesOf(ids) {
      const { rows } = await pool.query<{ distinct_id: string; person_id: string }>(
        'SELECT distinct_id, person_id FROM rows.person_distinct_id WHERE team = 1 AND distinct_id = ANY($1)',
        [[...ids]],
      );
      return new Map(rows.map((row) => [row.distinct_id, row.person_id]));
    },
    notes: async () => [
      `row-moving: ${connectionsMax} connections, ${retries} transactions again after waiting for a lock`,
    ],
    close: () => pool.end(),
  };
}
