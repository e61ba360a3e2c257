import { afterAll } from 'vitest';
import type { Postgres } from '../../../../test-support/postgres.ts';
import type { Engines, EngineVariables } from './engines.ts';

/**
 * Suites about whole servers run twice (vitest.config.ts): with everything in the data directory, and, where ONYM_TEST_ENGINE is `servers`,
 * on a PostgreSQL and a ClickHouse by URL. There each data directory has a schema and a ClickHouse of its own, as it has files otherwise.
 */
export const onServers = process.env.ONYM_TEST_ENGINE === 'servers';

let postgres: Promise<Postgres> | null = null;
const events = new Map<string, Promise<Omit<Engines, 'postgres'>>>();
const known = new Map<string, EngineVariables>();

// Importing this file registers the clean-up of the test file that does. A process that a test starts may import it as well.
if (onServers) {
  afterAll(async () => {
    for (const started of events.values()) await (await started).stop();
    await (await postgres)?.stop();
  });
}

/** What a server on this directory is to be told of its engines; nothing where they are in it. */
export async function engineVariables(dataDir: string): Promise<EngineVariables> {
  if (!onServers) return {};
  // Only here: what starts a PostgreSQL listens to the signals of its process.
  const { startPostgres } = await import('../../../../test-support/postgres.ts');
  const { startEvents } = await import('./engines.ts');
  postgres ??= startPostgres();
  let own = events.get(dataDir);
  if (own === undefined) {
    own = startEvents();
    events.set(dataDir, own);
  }
  const schema = `onym_${[...events.keys()].indexOf(dataDir)}`;
  const { variables } = await own;
  const all = { ONYM_POSTGRES_URL: (await postgres).url, ONYM_POSTGRES_SCHEMA: schema, ...variables };
  known.set(dataDir, all);
  return all;
}

/** The same for a command on a directory that a server has run on. */
export const knownEngineVariables = (dataDir: string | undefined): EngineVariables =>
  (dataDir !== undefined && known.get(dataDir)) || {};
