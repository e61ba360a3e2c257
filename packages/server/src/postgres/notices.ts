import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { type Sql, type Statement, toStoreError } from './connection.ts';

/** What nodes tell each other. Best effort: a notice may be lost with its connection, so who hears also looks for itself now and then. */
export interface Notices {
  /** Within the transaction of `sql`: others hear of it when that is durable, or never. Up to `noticeBytesMax` of JSON. */
  tell(sql: Sql, about: string, what: object): Promise<void>;
  /** Calls `heard` with what other processes tell from now on. Resolves once they are heard; returns how to stop. Rejects as `alone` does. */
  listen<What extends object>(about: string, heard: (what: What) => void): Promise<() => void>;
  close(): Promise<void>;
}

/** PostgreSQL takes 8,000 bytes; the rest is for the names around what is told. */
export const noticeBytesMax = 7_800;

const reconnectEveryMs = 1_000;

const notify: Statement<unknown> = { name: 'notify', text: 'SELECT pg_notify($1, $2)' };

/** LISTEN and NOTIFY on one channel, over a connection that is opened by the first who listens. */
export function createNotices({ url, schema }: { readonly url: string; readonly schema: string }): Notices {
  const node = randomUUID();
  const listeners = new Map<string, Set<(what: object) => void>>();
  let client: pg.Client | null = null;
  let connecting: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;

  async function connect(): Promise<void> {
    const next = new pg.Client({ connectionString: url, application_name: 'onym', keepAlive: true });
    const lose = () => {
      if (client === next) client = null;
    };
    next.on('error', lose);
    next.on('end', lose);
    next.on('notification', ({ payload }) => {
      const { from, about, what } = JSON.parse(payload!) as { from: string; about: string; what: object };
      if (from !== node) for (const heard of listeners.get(about) ?? []) heard(what);
    });
    await next.connect();
    await next.query(`LISTEN "${schema}"`);
    client = next;
  }

  function connected(): Promise<void> {
    if (client !== null) return Promise.resolve();
    connecting ??= connect().finally(() => {
      connecting = null;
    });
    return connecting;
  }

  return {
    async tell(sql, about, what) {
      await sql.rows(notify, [schema, JSON.stringify({ from: node, about, what })]);
    },
    async listen(about, heard) {
      const ofKind = listeners.get(about) ?? new Set();
      listeners.set(about, ofKind.add(heard as (what: object) => void));
      timer ??= setInterval(() => void connected().catch(() => undefined), reconnectEveryMs).unref();
      await connected().catch((error) => {
        throw toStoreError(error);
      });
      return () => void ofKind.delete(heard as (what: object) => void);
    },
    async close() {
      if (timer !== null) clearInterval(timer);
      listeners.clear();
      await connecting?.catch(() => undefined);
      await client?.end();
    },
  };
}
