import pg from 'pg';
import { toStoreError } from '../../postgres/connection.ts';
import { migrate } from '../../postgres/migrate.ts';
import type { Postgres } from '../../postgres/postgres.ts';
import { createOwnTurns, type Turns } from '../turns.ts';

/** A holder that says nothing for this long, because it hangs or its machine is gone, has lost its turn. */
const silentMaxMs = 15_000;
const sayEveryMs = 3_000;
/** Turns of different names, held and waited for at once by one node. */
const connectionsMax = 32;
const lockNotAvailable = '55P03';

/**
 * A turn is a locked row, held by a transaction for as long as the work lasts: it ends with its connection, so that a node that dies leaves
 * none behind. PostgreSQL ends the transaction of one that hangs.
 */
export async function openPostgresTurns({ connections, options }: Postgres): Promise<Turns> {
  await migrate(connections, options.schema, { room: 'turns', steps: ['CREATE TABLE turn (name text PRIMARY KEY);'] });
  const pool = new pg.Pool({
    connectionString: options.url,
    max: connectionsMax,
    application_name: 'onym turns',
    options: `-c search_path=${options.schema} -c idle_in_transaction_session_timeout=${silentMaxMs} -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=3 -c tcp_keepalives_count=3`,
  });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => void client.on('error', () => undefined));
  // Who waits for a turn that this node holds, or waits for, needs no connection yet.
  const own = createOwnTurns();
  const known = new Set<string>();

  /** Resolves to null when somebody holds it and nobody is to wait. */
  async function hold(name: string, waits: boolean): Promise<pg.PoolClient | null> {
    if (!known.has(name)) {
      await pool.query('INSERT INTO turn (name) VALUES ($1) ON CONFLICT DO NOTHING', [name]);
      known.add(name);
    }
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(`SELECT name FROM turn WHERE name = $1 FOR UPDATE${waits ? '' : ' NOWAIT'}`, [name]);
      return client;
    } catch (error) {
      const isHeld = !waits && (error as { code?: string }).code === lockNotAvailable;
      const isOver =
        isHeld &&
        (await client.query('ROLLBACK').then(
          () => true,
          () => false,
        ));
      client.release(!isOver);
      if (isHeld) return null;
      throw error;
    }
  }

  async function take<T>(name: string, waits: boolean, work: (lost: AbortSignal) => Promise<T>): Promise<T | null> {
    const client = await hold(name, waits).catch((error) => {
      throw toStoreError(error);
    });
    if (client === null) return null;
    const lost = new AbortController();
    const lose = () => lost.abort();
    client.on('end', lose).on('error', lose);
    const timer = setInterval(() => void client.query('SELECT 1').catch(lose), sayEveryMs);
    try {
      return await work(lost.signal);
    } finally {
      clearInterval(timer);
      client.off('end', lose).off('error', lose);
      const isOver = await client.query('COMMIT').then(
        () => true,
        () => false,
      );
      client.release(!isOver || lost.signal.aborted);
    }
  }

  return {
    take: (name, work) =>
      own.take(name, async () => (await take(name, true, work)) as Awaited<ReturnType<typeof work>>),
    tryTake: (name, work) => own.tryTake(name, () => take(name, false, work)),
    close: () => pool.end(),
  };
}
