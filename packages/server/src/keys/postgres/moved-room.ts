import { migrate } from '../../postgres/migrate.ts';
import type { MovedRoom } from '../../postgres/moved-room.ts';
import { migrations } from './schema.ts';

/** Every key ever made, in their order, and the environments of the last start. Sessions stay behind: people sign in again. */
export const movedKeys: MovedRoom = {
  name: 'keys',
  prepare: ({ connections, options }) => migrate(connections, options.schema, { room: 'keys', steps: migrations }),
  tables: [
    {
      table: 'api_key',
      from: `(SELECT row_number() OVER (ORDER BY created_at, rowid) - 1 AS place, name, kind, lower(hex(hash)) AS hash, scopes,
        environments, origins, initial, created_at, created_by, last_used_at, revoked_at, revoked_by FROM key)`,
      key: ['place'],
    },
    {
      table: 'key_standing',
      from: `(SELECT 1 AS id, 'moved' AS version,
        (SELECT json_group_array(name) FROM (SELECT name FROM environment ORDER BY rowid)) AS environments)`,
      key: ['id'],
      replaces: true,
    },
  ],
  finish: [],
};
