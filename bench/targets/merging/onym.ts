import { statSync } from 'node:fs';
import { join } from 'node:path';
import { defaultSettings, type Operation, type Source } from '@onym/core';
import { createCommits } from '../../../packages/server/dist/identity/commits.js';
import { createDecidedCalls } from '../../../packages/server/dist/identity/decided-calls.js';
import { openPostgresStore } from '../../../packages/server/dist/identity/postgres/store.js';
import { openSqliteStore } from '../../../packages/server/dist/identity/sqlite/store.js';
import type { IdentityStore } from '../../../packages/server/dist/identity/store.js';
import { limits } from '../../../packages/server/dist/limits.js';
import { openPostgres, type Postgres } from '../../../packages/server/dist/postgres/postgres.js';
import { type Side, traitsOf } from './side.ts';

const environment = 'production';
const source: Source = { key: 'sk_bench', lib: null, batch: null, public: false };
const idsPerRead = 10_000;

/** Everything below HTTP: the door that calls wait at, and the store behind it. */
async function sideOver(
  store: IdentityStore,
  more: Pick<Side, 'notes' | 'close'> & { settled(): Promise<void> },
): Promise<Side> {
  await store.prepare(environment, defaultSettings, Date.now());
  const commits = createCommits({ identityStore: store, decidedCalls: createDecidedCalls(), now: Date.now });
  await commits.follow();

  const submit = async (operations: readonly Operation[]) => (await commits.submit(environment, operations)).answers;

  return {
    async makePeople(ids) {
      for (let at = 0; at < ids.length; at += limits.operationsPerCommitMax) {
        await submit(
          ids.slice(at, at + limits.operationsPerCommitMax).map((id) => ({
            op: 'identify',
            distinctId: id,
            anonymousId: null,
            traits: Object.entries(traitsOf(id)).map(([key, value]) => ({ key, value, kind: 'plain' as const })),
            timestamp: null,
            source,
          })),
        );
      }
      await more.settled();
    },
    async merge(primary, secondary) {
      const [answer] = await submit([{ op: 'alias', kind: 'alias', primary, secondary, timestamp: null, source }]);
      return answer !== undefined && !('error' in answer) && answer.verdict === 'applied';
    },
    async namesOf(ids) {
      const names = new Map<string, string>();
      for (let at = 0; at < ids.length; at += idsPerRead) {
        const { resolved } = await store.resolve(environment, ids.slice(at, at + idsPerRead));
        for (const [id, { canonicalId }] of resolved) names.set(id, canonicalId);
      }
      return names;
    },
    notes: more.notes,
    async close() {
      await store.close();
      await more.close();
    },
  };
}

export function openEmbedded(directory: string): Promise<Side> {
  const file = join(directory, 'identity.db');
  return sideOver(openSqliteStore(file), {
    settled: async () => undefined,
    notes: async () => [`SQLite: ${(statSync(file).size / 2 ** 20).toFixed(1)} MiB`],
    close: async () => undefined,
  });
}

export async function openOnPostgres(url: string): Promise<Side> {
  const postgres = await openPostgres({
    url,
    schema: 'onym',
    connectionsMax: limits.postgresConnectionsMax,
    statementMaxMs: limits.postgresStatementMaxMs,
    log: console as never,
  });
  return sideOver(await openPostgresStore(postgres), {
    settled: () => postgres.connections.script('ANALYZE'),
    notes: () => sizesOf(postgres),
    close: () => postgres.close(),
  });
}

/** Bytes with indexes, of all and of each table that has some. */
async function sizesOf({ connections }: Postgres): Promise<string[]> {
  const [{ ids, rows }] = (await connections.alone.rows<{ ids: number; rows: number }>(
    { name: '', text: 'SELECT (SELECT count(*) FROM identifier) AS ids, (SELECT count(*) FROM ledger) AS rows' },
    [],
  )) as [{ ids: number; rows: number }];
  const tables = await connections.alone.rows<{ name: string; bytes: number }>(
    {
      name: '',
      text: `SELECT relname AS name, pg_total_relation_size(oid) AS bytes FROM pg_class
        WHERE relnamespace = 'onym'::regnamespace AND relkind = 'r' AND pg_total_relation_size(oid) > 65536 ORDER BY 2 DESC`,
    },
    [],
  );
  const each = tables.map(({ name, bytes }) => `${name} ${(bytes / ids).toFixed(0)}`);
  const total = tables.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    `PostgreSQL: ${ids} identifiers, ${rows} ledger rows; ${(total / ids).toFixed(0)} bytes an identifier with indexes, as written and not vacuumed (${each.join(', ')})`,
  ];
}
