import { randomUUID } from 'node:crypto';
import { type Connections, openConnections, type Sql } from '../../postgres/connection.ts';
import { migrate } from '../../postgres/migrate.ts';
import type { Postgres } from '../../postgres/postgres.ts';
import { type Change, changesNothing, isNew, standingAfter } from '../changes.ts';
import type { KeyTable } from '../key-table.ts';
import type { KeyRow } from '../rows.ts';
import { followStanding, type Seen } from './follow.ts';
import { migrations } from './schema.ts';
import { statements } from './statements.ts';

/** How long a look may take: what takes longer counts as no answer. */
const lookMaxMs = 2_000;

/** `elapsedMs`: a clock that nobody sets, for how long PostgreSQL has been silent. */
export interface PostgresKeyTableOptions {
  readonly elapsedMs?: () => number;
}

/** The keys of all nodes. Each has them in memory, hears of changes, and looks for them besides. */
export async function openPostgresKeyTable(
  { connections, notices, options }: Postgres,
  { elapsedMs = () => performance.now() }: PostgresKeyTableOptions = {},
): Promise<KeyTable> {
  await migrate(connections, options.schema, { room: 'keys', steps: migrations });
  // A way of its own: calls that hold all others must not keep a revocation from being seen.
  const ownWay = openConnections({ ...options, connectionsMax: 1, statementMaxMs: lookMaxMs });
  const followed = await followStanding({
    connections: ownWay,
    read: () => readSeen(ownWay),
    listen: (heard) => notices.listen('keys', heard),
    elapsedMs,
    log: options.log,
  }).catch(async (error) => {
    await ownWay.close();
    throw error;
  });

  return {
    standing: () => followed.seen().standing,
    silentMs: followed.silentMs,
    read: async () => (await readSeen(connections)).standing,

    async change(decide) {
      const { change, seen } = await connections.write(
        async (sql) => {
          const before = await readWithin(sql, statements.lockStanding);
          const change = decide(before.standing);
          if (changesNothing(change)) return { change, seen: before, made: [] };
          const made = change.rows.filter((row) => isNew(before.standing, row));
          const after: Seen = { version: randomUUID(), standing: standingAfter(before.standing, change) };
          await write(sql, change, after);
          await notices.tell(sql, 'keys', { version: after.version });
          return { change, seen: after, made };
        },
        // What changes a key that is there may be done twice; a secret that was made has been shown to nobody.
        async ({ made }, sql) => made.length > 0 && (await areStored(sql, made)),
      );
      followed.hold(seen);
      return change.result;
    },

    async touch(uses) {
      // In one order, so that nodes that write the same keys wait for each other and don't block each other.
      const sorted = [...uses].sort(([a], [b]) => (a < b ? -1 : 1));
      await connections.alone.rows(statements.touchKeys, [
        sorted.map(([name]) => name),
        sorted.map(([, time]) => time),
      ]);
    },

    async close() {
      await followed.stop();
      await ownWay.close();
    },
  };
}

const readSeen = (connections: Connections): Promise<Seen> =>
  connections.snapshot((sql) => readWithin(sql, statements.standing));

async function readWithin(sql: Sql, statement: typeof statements.standing): Promise<Seen> {
  const [row] = await sql.rows(statement, []);
  const { version, environments } = row!;
  return {
    version,
    standing: { keys: await sql.rows(statements.keys, []), environments: JSON.parse(environments) as string[] },
  };
}

async function write(sql: Sql, { rows }: Change<unknown>, { version, standing }: Seen): Promise<void> {
  const column = <Value>(of: (row: KeyRow) => Value): Value[] => rows.map(of);
  const places = new Map(standing.keys.map(({ name }, place) => [name, place]));
  await sql.rows(statements.putKeys, [
    column(({ name }) => places.get(name)),
    column(({ name }) => name),
    column(({ kind }) => kind),
    column(({ hash }) => hash),
    column(({ scopes }) => scopes),
    column(({ environments }) => environments),
    column(({ origins }) => origins),
    column(({ initial }) => initial),
    column((row) => row.created_at),
    column((row) => row.created_by),
    column((row) => row.last_used_at),
    column((row) => row.revoked_at),
    column((row) => row.revoked_by),
  ]);
  await sql.rows(statements.setStanding, [version, JSON.stringify(standing.environments)]);
}

/** Waits for the transaction whose end nobody told, if it still runs. */
async function areStored(sql: Sql, rows: readonly KeyRow[]): Promise<boolean> {
  const { keys } = (await readWithin(sql, statements.lockStanding)).standing;
  const stored = new Set(keys.map(({ hash }) => hash));
  return rows.every(({ hash }) => stored.has(hash));
}
