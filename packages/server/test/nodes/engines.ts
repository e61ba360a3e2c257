import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Postgres, startPostgres } from '../../../../test-support/postgres.ts';
import { type Front, startFront } from '../events/by-url/front.ts';
import type { Variables } from '../system/processes.ts';

/** What nodes share: a PostgreSQL and a ClickHouse front of their own. */
export interface Engines {
  readonly postgres: Postgres;
  readonly front: Front;
  /** For `onym serve` of a node. */
  readonly variables: Variables;
  stop(): Promise<void>;
}

export async function startEngines(): Promise<Engines> {
  const directory = mkdtempSync(join(tmpdir(), 'onym-engines-'));
  const [postgres, front] = await Promise.all([startPostgres(), startFront(directory)]);
  const { url, user, password, reader } = front.server;
  const readerUrl = new URL(reader.url);
  readerUrl.username = encodeURIComponent(reader.user);
  readerUrl.password = encodeURIComponent(reader.password);
  return {
    postgres,
    front,
    variables: {
      ONYM_POSTGRES_URL: postgres.url,
      ONYM_CLICKHOUSE_URL: url,
      ONYM_CLICKHOUSE_USER: user,
      ONYM_CLICKHOUSE_PASSWORD: password,
      ONYM_CLICKHOUSE_READER_URL: readerUrl.href,
    },
    async stop() {
      await front.stop();
      await postgres.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
