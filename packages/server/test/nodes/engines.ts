import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Postgres, startPostgres } from '../../../../test-support/postgres.ts';
import { type Front, startFront } from '../events/by-url/front.ts';

export type EngineVariables = Readonly<Record<string, string>>;

/** What nodes share: a PostgreSQL and a ClickHouse front of their own. */
export interface Engines {
  readonly postgres: Postgres;
  readonly front: Front;
  /** For `onym serve` of a node. */
  readonly variables: EngineVariables;
  stop(): Promise<void>;
}

export async function startEngines(): Promise<Engines> {
  const [postgres, events] = await Promise.all([startPostgres(), startEvents()]);
  return {
    postgres,
    front: events.front,
    variables: { ONYM_POSTGRES_URL: postgres.url, ...events.variables },
    async stop() {
      await events.stop();
      await postgres.stop();
    },
  };
}

/** A ClickHouse front in a directory that goes with it. */
export async function startEvents(): Promise<Omit<Engines, 'postgres'>> {
  const directory = mkdtempSync(join(tmpdir(), 'onym-engines-'));
  const front = await startFront(directory);
  const { url, user, password, reader } = front.server;
  const readerUrl = new URL(reader.url);
  readerUrl.username = encodeURIComponent(reader.user);
  readerUrl.password = encodeURIComponent(reader.password);
  return {
    front,
    variables: {
      ONYM_CLICKHOUSE_URL: url,
      ONYM_CLICKHOUSE_USER: user,
      ONYM_CLICKHOUSE_PASSWORD: password,
      ONYM_CLICKHOUSE_READER_URL: readerUrl.href,
    },
    async stop() {
      await front.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
