import { existsSync } from 'node:fs';
import { ConfigError } from '../../config-error.ts';
import type { Statement } from '../../postgres/connection.ts';
import type { Postgres } from '../../postgres/postgres.ts';
import type { MovedCopy, MovedDirectory, MoveTarget } from '../record.ts';
import { copyRoom, type RoomFile } from './copy-room.ts';
import { beginMove, findMove, type PostgresRecord } from './record.ts';

const environments: Statement<{ name: string }> = { name: 'moved_environments', text: 'SELECT name FROM environment' };

export function openMoveTarget(postgres: Postgres, directory: MovedDirectory, files: readonly RoomFile[]): MoveTarget {
  return {
    async find() {
      const record = await findMove(postgres, directory);
      if (record !== null) return record;
      for (const { room } of files) await room.prepare(postgres);
      if ((await postgres.connections.alone.rows(environments, [])).length === 0) return null;
      const { schema } = postgres.options;
      throw new ConfigError(
        `The schema ${schema} of PostgreSQL is not empty, and nothing is moved over what is there. Give an empty one with --to-postgres-schema, or drop it: DROP SCHEMA ${schema} CASCADE.`,
      );
    },
    begin: (now) => beginMove(postgres, directory, now),
    async rooms(record) {
      const copies: MovedCopy[] = [];
      for (const { room, file } of files) {
        if (existsSync(file)) copies.push(await copyRoom(postgres, record as PostgresRecord, { room, file }));
      }
      return copies;
    },
  };
}
