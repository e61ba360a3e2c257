import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { ClickHouseOptions } from '../clickhouse-options.ts';
import { ConfigError, readConfig, type Variable } from '../config.ts';
import { isDataDirectory } from '../disk/data-directory.ts';
import { checkOwner } from '../disk/directory-owner.ts';
import { OnymError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Moved } from '../move/move.ts';
import type { PostgresOptions } from '../postgres-options.ts';
import { listenForInterruption } from './interruption.ts';
import { moveProgress } from './move-progress.ts';
import { exitCode } from './options.ts';
import { print, printJson, printNote, shown } from './print.ts';
import { RequestError } from './transport.ts';
import { describe } from './verify.ts';

/** Each flag stands for a variable of the server, which it is read from where it is not given. */
const targets: Readonly<
  Record<string, { readonly variable: Variable; readonly value: string; readonly what: string }>
> = {
  'to-postgres': {
    variable: 'ONYM_POSTGRES_URL',
    value: '<url>',
    what: 'PostgreSQL to move to: postgres://user:password@host:5432/database',
  },
  'to-postgres-schema': {
    variable: 'ONYM_POSTGRES_SCHEMA',
    value: '<name>',
    what: 'schema of it for the tables (onym)',
  },
  'to-clickhouse': {
    variable: 'ONYM_CLICKHOUSE_URL',
    value: '<url>',
    what: 'ClickHouse to move to: http://host:8123 or https://host:8443',
  },
  'to-clickhouse-user': { variable: 'ONYM_CLICKHOUSE_USER', value: '<name>', what: 'user of it (default)' },
  'to-clickhouse-password': { variable: 'ONYM_CLICKHOUSE_PASSWORD', value: '<password>', what: 'its password' },
  'to-clickhouse-reader-url': {
    variable: 'ONYM_CLICKHOUSE_READER_URL',
    value: '<url>',
    what: 'the same for queries of users, with a user that may read the views alone',
  },
  'to-clickhouse-ca': {
    variable: 'ONYM_CLICKHOUSE_CA',
    value: '<file>',
    what: 'file of the authority that signed its certificate (PEM)',
  },
  'to-clickhouse-cluster': {
    variable: 'ONYM_CLICKHOUSE_CLUSTER',
    value: '<name>',
    what: 'cluster of it to replicate the tables over',
  },
};

interface Options {
  readonly dataDir: string;
  readonly json?: boolean;
}

export function migrateCommand(program: Command): void {
  const command = program
    .command('migrate')
    .description('move all that a data directory holds to PostgreSQL and ClickHouse, for many servers to share')
    .addOption(new Option('--data-dir <path>', 'data directory to move').env('ONYM_DATA_DIR').default('./onym-data'));
  for (const [flag, { variable, value, what }] of Object.entries(targets)) {
    command.addOption(new Option(`--${flag} ${value}`, what).env(variable));
  }
  command
    .option('--json', 'print JSON for machines')
    .addHelpText(
      'after',
      '\nNo server may run on the directory, and the servers must be empty. Run the same command again after it was interrupted: it goes on\nwhere it was. Exits with 1 when what has arrived is not what was sent.',
    )
    .action(async (options: Options) => {
      try {
        await migrate(options);
      } catch (error) {
        if (error instanceof Error) error.message = inFlags(error.message);
        throw error;
      }
    });
}

async function migrate(options: Options): Promise<void> {
  const { postgres, clickhouse } = targetOf(options);
  const dataDir = resolve(options.dataDir);
  checkOwner(dataDir);
  if (!isDataDirectory(dataDir)) {
    throw new RequestError(
      `There is no Onym data in ${dataDir}. Give the data directory to move with --data-dir.`,
      null,
    );
  }
  const interruption = listenForInterruption(['SIGINT', 'SIGTERM'], () => process.exit(exitCode.failed));
  const progress = moveProgress();
  let hasBegun = false;
  // Only here: the engines take a moment to load.
  const { move } = await import('../move/move.ts');
  const { shownPostgresUrl } = await import('../stores.ts');
  const places = {
    postgres: `${shownPostgresUrl(postgres.url)} (schema ${postgres.schema})`,
    clickhouse: clickhouse.url,
  };
  try {
    const moved = await move({
      dataDir,
      postgres,
      clickhouse,
      places,
      signal: interruption.signal,
      log: noteLog,
      now: Date.now,
      report(at) {
        hasBegun = true;
        progress.show(at);
      },
    });
    progress.end();
    if (options.json) printJson({ data_dir: dataDir, ...places, ...moved });
    else print(tellOf(dataDir, places, moved));
    process.exitCode = moved.differences.length === 0 ? exitCode.ok : exitCode.no;
  } catch (error) {
    progress.end();
    if (interruption.signal.aborted) throw new RequestError(`Stopped before its end. ${again}`, null);
    throw hasBegun && error instanceof OnymError ? wentAway(error) : error;
  } finally {
    interruption.end();
  }
}

const again = 'Run the same command again: it goes on where it was.';

/** A server in the midst of it: what it says is meant for who sends calls. */
function wentAway(error: OnymError): OnymError {
  const server = { 'identity-store-unavailable': 'PostgreSQL', 'event-store-unavailable': 'ClickHouse' }[
    error.code as string
  ];
  if (server === undefined) return error;
  const { message = '' } = (error.cause ?? {}) as { message?: string };
  return new OnymError(error.code, `${server} does not answer (${message.split('\n')[0]}). ${again}`, { cause: error });
}

function targetOf(options: Options): { readonly postgres: PostgresOptions; readonly clickhouse: ClickHouseOptions } {
  const given = options as unknown as Readonly<Record<string, string | undefined>>;
  const variables = Object.entries(targets).map(([flag, { variable }]) => [variable, given[optionName(flag)]]);
  const { postgres, clickhouse } = readConfig(Object.fromEntries(variables));
  if (postgres !== null && clickhouse !== null) return { postgres, clickhouse };
  throw new ConfigError('Say where to: --to-postgres and --to-clickhouse, with --to-clickhouse-reader-url.');
}

const optionName = (flag: string): string => flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** What is wrong with a variable is wrong with the flag that stands for it. */
function inFlags(message: string): string {
  const flags = new Map(Object.entries(targets).map(([flag, { variable }]) => [variable as string, `--${flag}`]));
  return message.replace(/ONYM_[A-Z_]+/g, (variable) => flags.get(variable) ?? variable);
}

/** Of what is opened on the way; of what works well there is nothing to say. */
const noteLog: Log = {
  info: () => undefined,
  warn: (_, message) => printNote(`onym: ${shown(message)}`),
  error: (_, message) => printNote(`onym: ${shown(message)}`),
};

function tellOf(dataDir: string, places: { postgres: string; clickhouse: string }, moved: Moved): string {
  const where = `PostgreSQL ${places.postgres} and ClickHouse ${places.clickhouse}`;
  if (moved.already) return `${shown(dataDir)} was moved to ${where} before. There is nothing left to do.`;
  const environments = moved.environments.map((one) => `${describe(one.environment, one)}\n${one.events} events`);
  const isOf = new Set(moved.environments.flatMap(({ differences }) => differences));
  const others = moved.differences.filter((one) => !isOf.has(one));
  const lines = [...environments, ...others.map((one) => `${one.name}: ${one.expected} here, ${one.found} there`)];
  if (moved.quarantined > 0) {
    lines.push(
      `${moved.quarantined} events in quarantine stay in the journal of ${shown(dataDir)}: a server that has it for its data directory can release them.`,
    );
  }
  lines.push(
    moved.differences.length === 0
      ? `${shown(dataDir)} is moved to ${where}. Servers with ONYM_POSTGRES_URL and ONYM_CLICKHOUSE_URL go on there; without them none starts on this directory.`
      : `The move has not ended: what is there is not what was sent. Empty the target (DROP SCHEMA there, and the databases of Onym in ClickHouse) and run it again; docs/moving-up.md says how.`,
  );
  return lines.join('\n');
}
