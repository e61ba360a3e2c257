import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Postgres, startPostgres } from '../../../../test-support/postgres.ts';
import type { FindingTable } from '../../src/lint/finding-table.ts';
import { openPostgresFindingTable } from '../../src/lint/postgres/finding-table.ts';
import { openSqliteFindingTable } from '../../src/lint/sqlite/finding-table.ts';
import { openPostgres } from '../../src/postgres/postgres.ts';

/** Where findings are kept: the same name again is the same place, as another process sees it. */
export interface Tables {
  open(name: string): Promise<FindingTable>;
  stop(): Promise<void>;
}

export async function sqliteTables(): Promise<Tables> {
  const directory = mkdtempSync(join(tmpdir(), 'onym-findings-'));
  return {
    open: async (name) => openSqliteFindingTable(join(directory, `${name}.db`)),
    stop: async () => rmSync(directory, { recursive: true, force: true }),
  };
}

export async function postgresTables(): Promise<Tables & { readonly postgres: Postgres }> {
  const postgres = await startPostgres();
  return {
    postgres,
    open: (name) => openTable(postgres.url, name),
    stop: () => postgres.stop(),
  };
}

/** Over connections of its own. */
export async function openTable(url: string, schema: string): Promise<FindingTable> {
  const shared = await openPostgres({ url, schema, connectionsMax: 2, statementMaxMs: 30_000, log: { warn() {} } });
  return { ...(await openPostgresFindingTable(shared)), close: shared.close };
}

export const bothTables: [string, () => Promise<Tables>][] = [
  ['in SQLite', sqliteTables],
  ['in PostgreSQL', postgresTables],
];
