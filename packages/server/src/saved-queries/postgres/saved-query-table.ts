import type { Sql, Statement } from '../../postgres/connection.ts';
import { migrate } from '../../postgres/migrate.ts';
import type { Postgres } from '../../postgres/postgres.ts';
import { rowOf, type SavedQueryRow, savedQueryOf } from '../rows.ts';
import type { SavedQueryTable } from '../saved-query-table.ts';

/** Texts come without NUL and half characters: they are stored as they are. */
export const steps: readonly string[] = [
  `
  CREATE TABLE saved_query (
    environment text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    sql text NOT NULL,
    chart text,
    version bigint NOT NULL,
    saved_by text NOT NULL,
    saved_at bigint NOT NULL,
    PRIMARY KEY (environment, id),
    UNIQUE (environment, name)
  );
  `,
];

const statement = <Row = unknown>(name: string, text: string): Statement<Row> => ({
  name: `saved_query_${name}`,
  text,
});

const statements = {
  page: statement<SavedQueryRow>(
    'page',
    'SELECT * FROM saved_query WHERE environment = $1 AND name > $2 ORDER BY name LIMIT $3',
  ),
  find: statement<SavedQueryRow>('find', 'SELECT * FROM saved_query WHERE environment = $1 AND id = $2'),
  named: statement('named', 'SELECT 1 FROM saved_query WHERE environment = $1 AND name = $2'),
  add: statement(
    'add',
    `INSERT INTO saved_query (environment, id, name, sql, chart, version, saved_by, saved_at)
     SELECT $1, $2, $3, $4, $5, $6::bigint, $7, $8::bigint
     WHERE (SELECT count(*) FROM saved_query WHERE environment = $1) < $9
     ON CONFLICT (environment, name) DO NOTHING RETURNING id`,
  ),
  replace: statement(
    'replace',
    `UPDATE saved_query SET name = $3, sql = $4, chart = $5, version = $6, saved_by = $7, saved_at = $8
     WHERE environment = $1 AND id = $2 AND version = $9 RETURNING id`,
  ),
  remove: statement(
    'remove',
    'DELETE FROM saved_query WHERE environment = $1 AND id = $2 AND ($3::bigint IS NULL OR version = $3) RETURNING id',
  ),
};

/** In a table of all nodes. */
export async function openPostgresSavedQueries({ connections, options }: Postgres): Promise<SavedQueryTable> {
  await migrate(connections, options.schema, { room: 'saved queries', steps });
  const { alone } = connections;

  return {
    page: async (environment, { after, limit }) =>
      (await alone.rows(statements.page, [environment, after ?? '', limit])).map(savedQueryOf),
    async find(environment, id) {
      const [row] = await alone.rows(statements.find, [environment, id]);
      return row === undefined ? null : savedQueryOf(row);
    },
    async add(query, max) {
      const row = rowOf(query);
      return connections.write(
        async (sql) => {
          if ((await sql.rows(statements.add, [...valuesOf(row), max])).length > 0) return 'added';
          const isTaken = (await sql.rows(statements.named, [row.environment, row.name])).length > 0;
          return isTaken ? 'name-taken' : 'full';
        },
        (_, sql) => stands(sql, row),
      );
    },
    async replace(query, version) {
      const row = rowOf(query);
      try {
        return await connections.write(
          async (sql) =>
            (await sql.rows(statements.replace, [...valuesOf(row), version])).length > 0 ? 'replaced' : 'missed',
          (_, sql) => stands(sql, row),
        );
      } catch (error) {
        if ((error as { code?: unknown }).code === uniqueViolation) return 'name-taken';
        throw error;
      }
    },
    remove: (environment, id, version) =>
      connections.write(
        async (sql) => (await sql.rows(statements.remove, [environment, id, version])).length > 0,
        async (_, sql) => (await sql.rows(statements.find, [environment, id])).length === 0,
      ),
    // What is deleted from a table of PostgreSQL is its own matter, as everywhere.
    scrub: async () => undefined,
    close: async () => undefined,
  };
}

const uniqueViolation = '23505';

const valuesOf = (row: SavedQueryRow): unknown[] => [
  row.environment,
  row.id,
  row.name,
  row.sql,
  row.chart,
  row.version,
  row.saved_by,
  row.saved_at,
];

/** After a commit that was not answered: whether this is what is there. */
async function stands(sql: Sql, row: SavedQueryRow): Promise<boolean> {
  const [found] = await sql.rows(statements.find, [row.environment, row.id]);
  return found !== undefined && valuesOf(found).every((value, index) => value === valuesOf(row)[index]);
}
