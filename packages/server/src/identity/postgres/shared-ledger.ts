import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { LedgerChange, SharedLedger } from '../store.ts';
import type { Connections, Sql, Statement } from './connection.ts';

export interface PostgresLedger extends SharedLedger {
  /** Within the transaction that commits it: others hear of it when it is durable, or never. */
  tell(sql: Sql, change: LedgerChange): Promise<void>;
  close(): Promise<void>;
}

/** How often the ledger is looked at, in case a notice was lost with its connection. */
const lookEveryMs = 1_000;
/** PostgreSQL takes 8,000 bytes. */
const noticeBytesMax = 7_900;

const notify: Statement<unknown> = { name: 'notify', text: 'SELECT pg_notify($1, $2)' };
const heads: Statement<{ name: string; head: number }> = { name: 'heads', text: 'SELECT name, head FROM environment' };
const headOf: Statement<{ head: number }> = { name: 'head', text: 'SELECT head FROM environment WHERE name = $1' };

/** Notices of PostgreSQL, and behind them a look at the ledger each second. */
export function createPostgresLedger(
  connections: Connections,
  { url, schema }: { readonly url: string; readonly schema: string },
): PostgresLedger {
  const node = randomUUID();
  const stops = new Set<() => Promise<void>>();

  function noticeOf(change: LedgerChange): string {
    const notice = JSON.stringify({ node, ...change });
    return Buffer.byteLength(notice) <= noticeBytesMax ? notice : JSON.stringify({ node, ...change, touched: null });
  }

  return {
    async head(environment) {
      return (await connections.alone.rows(headOf, [environment]))[0]?.head ?? 0;
    },

    async tell(sql, change) {
      await sql.rows(notify, [schema, noticeOf(change)]);
    },

    async follow(heard) {
      const seen = new Map<string, number>();
      let listener: pg.Client | null = null;
      let isStopped = false;

      function note(change: LedgerChange): void {
        const at = seen.get(change.environment) ?? 0;
        if (change.head <= at) return;
        seen.set(change.environment, change.head);
        heard(change);
      }

      async function listen(): Promise<void> {
        const client = new pg.Client({ connectionString: url, application_name: 'onym', keepAlive: true });
        const lose = () => {
          if (listener === client) listener = null;
        };
        client.on('error', lose);
        client.on('end', lose);
        client.on('notification', ({ payload }) => {
          const { node: from, ...change } = JSON.parse(payload!) as LedgerChange & { node: string };
          if (from !== node) note(change);
        });
        await client.connect();
        await client.query(`LISTEN "${schema}"`);
        listener = client;
      }

      async function look(): Promise<void> {
        if (listener === null && !isStopped) await listen();
        for (const { name, head } of await connections.alone.rows(heads, [])) {
          const before = seen.get(name) ?? 0;
          note({ environment: name, before, head, touched: null });
        }
      }

      // What fails is tried again at the next look: PostgreSQL is away, as everybody is told who asks it for something.
      let looking = look();
      await looking;
      const timer = setInterval(() => {
        looking = looking.then(look).catch(() => undefined);
      }, lookEveryMs);
      timer.unref();

      const stop = async () => {
        isStopped = true;
        stops.delete(stop);
        clearInterval(timer);
        await looking.catch(() => undefined);
        await listener?.end();
      };
      stops.add(stop);
      return stop;
    },

    async close() {
      for (const stop of stops) await stop();
    },
  };
}
