import { resolve } from 'node:path';
import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import { checkOwner } from '../disk/directory-owner.ts';
import type { IdentityStore } from '../identity/store.ts';
import { limits } from '../limits.ts';
import type { PostgresOptions } from '../postgres-options.ts';
import { checkStores, type Verification } from '../verify/stores-check.ts';
import { exitCode, type ReadOptions, readOptions, serverVariables } from './options.ts';
import { print, printJson, shown, table } from './print.ts';
import { readAgain, soundText } from './sound-backup.ts';
import { RequestError, type Transport, withTransport } from './transport.ts';

/** Calls that arrive in between change the state: it is compared again, this often. */
const attemptsMax = 5;
const mapRowsPerRead = 100_000;
/** What it has to say is in the errors. */
const quietLog = { warn: () => undefined };

export function verifyCommand(program: Command): void {
  readOptions(program.command('verify'))
    .description('refold the ledger, and compare the result with the stored state and with what queries see')
    .addHelpText(
      'after',
      '\nWorks on the data directory, beside a running server too; with ONYM_POSTGRES_URL and ONYM_CLICKHOUSE_URL on what nodes share, from any\nmachine. Exits with 1 when anything differs.',
    )
    .option('--backup <directory>', 'instead: whether every file of a backup is as it was written')
    .action(async (options: VerifyOptions, command: Command) => {
      if (options.backup !== undefined) return verifyBackup(resolve(options.backup), options);
      if (command.getOptionValueSource('url') === 'cli') {
        throw new RequestError(
          'verify reads the data directory, or the database that nodes share, itself: run it there, without --url.',
          null,
        );
      }
      checkOwner(resolve(options.dataDir));
      const result = await verifyEnvironment(options.dataDir, options.environment);
      if (options.json) printJson(result);
      else print(describe(options.environment, result));
      process.exitCode = result.differences.length === 0 ? exitCode.ok : exitCode.no;
    });
}

async function verifyBackup(directory: string, { json }: VerifyOptions): Promise<void> {
  const checked = await readAgain(directory);
  if (json) printJson({ directory, ...checked });
  else print(`${shown(directory)}: ${soundText(checked)}`);
  process.exitCode = checked.faults.length === 0 ? exitCode.ok : exitCode.no;
}

/** `isOwn`: of what the directory itself holds, whichever servers the variables name. */
export function verifyEnvironment(dataDir: string, environment: string, { isOwn = false } = {}): Promise<Verification> {
  const { postgres } = isOwn ? { postgres: null } : readConfig(serverVariables());
  return withTransport({ dataDir, isOwn }, (transport) =>
    verify(transport, { dataDir: resolve(dataDir), postgres, environment }),
  );
}

interface VerifyOptions extends ReadOptions {
  readonly backup?: string;
}

interface Verified {
  readonly dataDir: string;
  readonly postgres: PostgresOptions | null;
  readonly environment: string;
}

async function verify(transport: Transport, { dataDir, postgres, environment }: Verified): Promise<Verification> {
  // Only here: the engines take a moment to load.
  const { openIdentityStore, openShared } = await import('../stores.ts');
  const shared = postgres === null ? null : await openShared(postgres, quietLog);
  try {
    const store = await openIdentityStore({ identityFile: `${dataDir}/identity.db` }, shared);
    return await verifyStore(store, transport, environment).finally(() => store.close());
  } finally {
    await shared?.close();
  }
}

async function verifyStore(store: IdentityStore, transport: Transport, environment: string): Promise<Verification> {
  for (let attempt = 1; ; attempt++) {
    const result = await checkStores(store, environment, () => readMap(transport, environment));
    if (result !== null) return result;
    if (attempt === attemptsMax) {
      throw new RequestError(
        'Calls keep arriving, so there was no moment to compare. Try again when it is calmer.',
        null,
      );
    }
  }
}

async function readMap(transport: Transport, environment: string) {
  const rows = new Map<string, { identityId: string; known: boolean }>();
  for (let after: string | null = null; ; ) {
    const where: string =
      after === null ? '' : `WHERE distinct_id > '${after.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
    const sql = `SELECT distinct_id, identity_id, known FROM identifiers ${where} ORDER BY distinct_id LIMIT ${mapRowsPerRead}`;
    const body = await transport.request('POST', '/v1/query', { environment, sql, format: 'ndjson' });
    const page = body
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { distinct_id: string; identity_id: string; known: boolean | number });
    for (const row of page) rows.set(row.distinct_id, { identityId: row.identity_id, known: Boolean(row.known) });
    if (page.length < mapRowsPerRead) return rows;
    after = page.at(-1)!.distinct_id;
  }
}

export function describe(environment: string, { differences, ...counts }: Verification): string {
  const summary = `${environment}: ${counts.rows} ledger rows, ${counts.identifiers} identifiers, ${counts.identities} identities, ${counts.links} links`;
  if (differences.length === 0) return `${summary}\nThe stored state and the event store agree with the ledger.`;
  const { differencesListedMax: listedMax } = limits;
  const shown = differences.slice(0, listedMax).map((row) => [row.what, row.name, row.expected, row.found]);
  const more =
    differences.length > listedMax ? `\n… and ${differences.length - listedMax} more (--json lists all)` : '';
  return `${summary}\n${differences.length} differences:\n${table(['what', 'name', 'ledger says', 'found'], shown)}${more}`;
}
