import type { Sql, Statement } from '../../postgres/connection.ts';
import { noticeBytesMax } from '../../postgres/notices.ts';
import type { Postgres } from '../../postgres/postgres.ts';
import type { LedgerChange, SharedLedger } from '../store.ts';

export interface PostgresLedger extends SharedLedger {
  /** Within the transaction that commits it: others hear of it when it is durable, or never. */
  tell(sql: Sql, change: LedgerChange): Promise<void>;
  close(): Promise<void>;
}

/** How often the ledger is looked at, in case a notice was lost with its connection. */
const lookEveryMs = 1_000;
const heads: Statement<{ name: string; head: number }> = { name: 'heads', text: 'SELECT name, head FROM environment' };
const headOf: Statement<{ head: number }> = { name: 'head', text: 'SELECT head FROM environment WHERE name = $1' };

/** Notices of PostgreSQL, and behind them a look at the ledger each second. */
export function createPostgresLedger({ connections, notices }: Postgres): PostgresLedger {
  const stops = new Set<() => Promise<void>>();

  return {
    async head(environment) {
      return (await connections.alone.rows(headOf, [environment]))[0]?.head ?? 0;
    },

    async tell(sql, change) {
      const isShort = Buffer.byteLength(JSON.stringify(change)) <= noticeBytesMax;
      await notices.tell(sql, 'ledger', isShort ? change : { ...change, touched: null });
    },

    async follow(heard) {
      const seen = new Map<string, number>();

      function note(change: LedgerChange): void {
        const at = seen.get(change.environment) ?? 0;
        if (change.head <= at) return;
        seen.set(change.environment, change.head);
        heard(change);
      }

      async function look(): Promise<void> {
        for (const { name, head } of await connections.alone.rows(heads, [])) {
          const before = seen.get(name) ?? 0;
          note({ environment: name, before, head, touched: null });
        }
      }

      const stopListening = await notices.listen<LedgerChange>('ledger', note);
      // What fails is tried again at the next look: PostgreSQL is away, as everybody is told who asks it for something.
      await look();
      let looking: Promise<void> | null = null;
      const timer = setInterval(() => {
        looking ??= look()
          .catch(() => undefined)
          .finally(() => {
            looking = null;
          });
      }, lookEveryMs).unref();

      const stop = async () => {
        stops.delete(stop);
        stopListening();
        clearInterval(timer);
        await looking;
      };
      stops.add(stop);
      return stop;
    },

    async close() {
      for (const stop of stops) await stop();
    },
  };
}
