import type { Statement } from '../../postgres/connection.ts';
import { migrate } from '../../postgres/migrate.ts';
import type { Postgres } from '../../postgres/postgres.ts';
import type { SessionRow, SessionTable } from '../session-table.ts';
import { migrations } from './schema.ts';

const columns = 'hash, kind, key, created_at, ends_at';

const statements = {
  add: {
    name: 'add_session',
    text: `
      WITH gone AS (
        DELETE FROM session WHERE ends_at <= $4 OR hash IN (
          SELECT hash FROM session WHERE key = $3 AND kind = $2 ORDER BY created_at DESC, hash OFFSET $6::bigint - 1))
      INSERT INTO session (${columns}) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
  } as Statement<never>,
  find: {
    name: 'find_session',
    text: `
      SELECT ${columns} FROM session WHERE hash = $1
        AND NOT EXISTS (SELECT 1 FROM api_key WHERE api_key.name = session.key AND api_key.revoked_at IS NOT NULL)`,
  } as Statement<SessionRow>,
  take: {
    name: 'take_session',
    text: `DELETE FROM session WHERE hash = $1 RETURNING ${columns}`,
  } as Statement<SessionRow>,
};

/** The sessions of all nodes: asked each time, so that one which ends on a node has ended on all. */
export async function openPostgresSessionTable({ connections, options }: Postgres): Promise<SessionTable> {
  await migrate(connections, options.schema, { room: 'keys', steps: migrations });
  const { alone } = connections;
  return {
    async add({ hash, kind, key, created_at, ends_at }, max) {
      await alone.rows(statements.add, [hash, kind, key, created_at, ends_at, max]);
    },
    find: async (hash) => (await alone.rows(statements.find, [hash]))[0] ?? null,
    take: async (hash) => (await alone.rows(statements.take, [hash]))[0] ?? null,
    async close() {},
  };
}
