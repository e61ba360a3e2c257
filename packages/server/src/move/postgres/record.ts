import { ConfigError } from '../../config-error.ts';
import type { Sql, Statement } from '../../postgres/connection.ts';
import { migrate } from '../../postgres/migrate.ts';
import type { Postgres } from '../../postgres/postgres.ts';
import { type Done, type MovedDirectory, type MoveRecord, nothingDone } from '../record.ts';

/** One row: a target takes one directory, once. */
const steps = [
  `
  CREATE TABLE move (
    id smallint PRIMARY KEY,
    directory text NOT NULL,
    origin text NOT NULL,
    begun_at bigint NOT NULL,
    ended_at bigint,
    version bigint NOT NULL,
    done text NOT NULL
  );
  `,
];

interface Row {
  readonly directory: string;
  readonly origin: string;
  readonly ended_at: number | null;
  readonly version: number;
  readonly done: string;
}

const statements = {
  found: {
    name: 'move',
    text: 'SELECT directory, origin, ended_at, version, done FROM move WHERE id = 1',
  } as Statement<Row>,
  begin: {
    name: 'begin_move',
    text: `INSERT INTO move (id, directory, origin, begun_at, version, done) VALUES (1, $1, $2, $3, 0, $4)
      ON CONFLICT (id) DO NOTHING`,
  } as Statement<unknown>,
  advance: {
    name: 'advance_move',
    text: `UPDATE move SET done = $3, version = version + 1 WHERE id = 1 AND directory = $1 AND version = $2 AND ended_at IS NULL
      RETURNING version`,
  } as Statement<{ version: number }>,
  end: {
    name: 'end_move',
    text: 'UPDATE move SET ended_at = $2 WHERE id = 1 AND directory = $1 AND ended_at IS NULL',
  } as Statement<unknown>,
};

export interface PostgresRecord extends MoveRecord {
  /** With what `write` writes: both or neither. */
  advance(next: Done, write?: (sql: Sql) => Promise<void>): Promise<void>;
}

const prepare = ({ connections, options }: Postgres): Promise<void> =>
  migrate(connections, options.schema, { room: 'move', steps });

async function find({ connections }: Postgres): Promise<Row | null> {
  return (await connections.alone.rows(statements.found, []))[0] ?? null;
}

/** Throws ConfigError where what nodes share is not all there yet. */
export async function refuseUnfinishedMove(postgres: Postgres): Promise<void> {
  await prepare(postgres);
  const row = await find(postgres);
  if (row === null || row.ended_at !== null) return;
  throw new ConfigError(
    `A move of ${row.origin} to this PostgreSQL has not ended. Run the same onym migrate there again: it goes on where it was.`,
  );
}

/** null: no move was begun. Throws ConfigError for one of another directory. */
export async function findMove(postgres: Postgres, directory: MovedDirectory): Promise<PostgresRecord | null> {
  await prepare(postgres);
  const row = await find(postgres);
  if (row === null) return null;
  if (row.directory === directory.id) return recordOf(postgres, row);
  const what =
    row.ended_at === null
      ? 'has the unfinished move of another data directory'
      : 'holds what was moved from another data directory';
  throw new ConfigError(
    `The schema ${postgres.options.schema} of PostgreSQL ${what} (${row.origin}). Give an empty one with --to-postgres-schema, or drop it: DROP SCHEMA ${postgres.options.schema} CASCADE.`,
  );
}

export async function beginMove(postgres: Postgres, directory: MovedDirectory, now: number): Promise<PostgresRecord> {
  const values = [directory.id, directory.origin, now, JSON.stringify(nothingDone)];
  await postgres.connections.alone.rows(statements.begin, values);
  // Whoever came first.
  return (await findMove(postgres, directory))!;
}

function recordOf({ connections }: Postgres, row: Row): PostgresRecord {
  const { directory } = row;
  let { version } = row;
  let done = JSON.parse(row.done) as Done;
  return {
    isEnded: row.ended_at !== null,
    done: () => done,
    async advance(next, write) {
      const text = JSON.stringify(next);
      await connections.write(
        async (sql) => {
          await write?.(sql);
          const [advanced] = await sql.rows(statements.advance, [directory, version, text]);
          if (advanced !== undefined) return;
          throw new ConfigError('Another onym migrate works on the same target. Let that one go on, or end it first.');
        },
        async (_, sql) => {
          const [now] = await sql.rows(statements.found, []);
          return now?.version === version + 1 && now.done === text;
        },
      );
      version += 1;
      done = next;
    },
    async end(now) {
      await connections.alone.rows(statements.end, [directory, now]);
    },
  };
}
