import { connect, createServer, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { listening } from '../../../../test-support/listening.ts';
import { openPostgresStore } from '../../src/identity/postgres/store.ts';
import type { IdentityStore } from '../../src/identity/store.ts';
import { openPostgres } from '../../src/postgres/postgres.ts';

/** A store with connections of its own. */
export async function openStore(url: string, schema: string): Promise<IdentityStore> {
  const postgres = await openPostgres({ url, schema, connectionsMax: 4, statementMaxMs: 30_000, log: { warn() {} } });
  const store = await openPostgresStore(postgres).catch(async (error) => {
    await postgres.close();
    throw error;
  });
  return {
    ...store,
    async close() {
      await store.close();
      await postgres.close();
    },
  };
}

/** Runs statements as the owner, on a connection of their own. */
export async function asOwner<Row extends object>(url: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql, values)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** Ends every connection of stores, as a failover would. */
export async function cutAll(url: string): Promise<void> {
  await asOwner(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'onym'");
}

export interface Proxy {
  readonly url: string;
  /** The next COMMIT reaches the database, and its answer nobody. Resolves once that has happened. */
  loseNextCommit(): Promise<void>;
  /** Answers on the connections that there are reach nobody any more, and nobody is told so. */
  goDeaf(): void;
  close(): Promise<void>;
}

/** A way to PostgreSQL that can be cut at the worst moment. */
export async function startProxy(target: string): Promise<Proxy> {
  const { port, hostname } = new URL(target);
  let lost: (() => void) | null = null;
  const sockets = new Set<Socket>();
  const deafen = new Set<() => void>();
  const server: Server = createServer((near) => {
    const far = connect(Number(port), hostname);
    sockets.add(near).add(far);
    let isDeaf = false;
    deafen.add(() => {
      isDeaf = true;
    });
    near.on('data', (bytes) => {
      if (lost !== null && bytes.includes('COMMIT')) {
        isDeaf = true;
        const tell = lost;
        lost = null;
        far.write(bytes);
        // Once it has answered, it has committed.
        far.once('data', () => {
          near.destroy();
          far.destroy();
          tell();
        });
      } else far.write(bytes);
    });
    far.on('data', (bytes) => void (isDeaf || near.write(bytes)));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  const here = await listening(server);
  const url = new URL(target);
  url.port = String(here);
  return {
    url: String(url),
    loseNextCommit: () =>
      new Promise((resolve) => {
        lost = resolve;
      }),
    goDeaf() {
      for (const each of deafen) each();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
