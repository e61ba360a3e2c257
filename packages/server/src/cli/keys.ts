import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { ConfigError } from '../config.ts';
import { checkOwner } from '../disk/directory-owner.ts';
import { checkMoved } from '../disk/moved.ts';
import { keyToJson } from '../keys/key-json.ts';
import { allScopes, ingestScopes, type Key, type KeyStore, type Scope, scopeMeanings } from '../keys/types.ts';
import { postgresOf, postgresVariables } from '../postgres-config.ts';
import { print, printJson, shown, table } from './print.ts';

interface KeysOptions {
  readonly dataDir: string;
  readonly postgresUrl?: string;
  readonly postgresSchema?: string;
  readonly json?: boolean;
}

/** Works on the data directory's key file, or on the PostgreSQL that servers share, beside running servers too: they follow within a second. */
export function keysCommand(program: Command): void {
  const keys = program.command('keys').description('list, make, restrict and revoke API keys');
  keys.addHelpText('after', whereHelp);

  common(keys.command('list'))
    .description('show every key ever made; secrets are not kept and cannot be shown')
    .action((options: KeysOptions, command: Command) =>
      withKeys(options, command, async (store) => {
        const all = await store.list();
        if (options.json) printJson(all.map(keyToJson));
        else print(keyTable(all));
      }),
    );

  common(keys.command('create').argument('<name>', 'what the ledger will call it'))
    .description('make a key and show its secret, once')
    .option('--secret', 'a secret key (sk_…), for servers and people; publishable (pk_…) otherwise')
    .requiredOption('-e, --environments <names>', 'comma-separated environments it may use', commaList)
    .addOption(scopesOption('all that a key of its kind can have unless given'))
    .addOption(originOption('all pages unless given'))
    .addHelpText('after', scopesHelp())
    .action((name: string, options: KeysOptions & NewKeyOptions, command: Command) =>
      withKeys(options, command, async (store) => {
        const { key, secret } = await store.create({
          name,
          kind: options.secret ? 'secret' : 'publishable',
          environments: options.environments,
          ...(options.scopes === undefined ? {} : { scopes: options.scopes }),
          ...(options.origin === undefined ? {} : { origins: options.origin }),
        });
        if (options.json) printJson({ ...keyToJson(key), secret });
        else print(`${secret}\n\nThis is the only time it is shown. ${describe(key)}`);
      }),
    );

  common(keys.command('restrict').argument('<name>', 'the key'))
    .description('replace what a key may do, or where')
    .option('-e, --environments <names>', 'comma-separated environments it may use', commaList)
    .addOption(scopesOption('those it has unless given'))
    .addOption(originOption('those it has unless given').conflicts('anyOrigin'))
    .option('--any-origin', 'let all pages use it again')
    .addHelpText('after', scopesHelp())
    .action((name: string, options: KeysOptions & Partial<NewKeyOptions> & { anyOrigin?: boolean }, command: Command) =>
      withKeys(options, command, async (store) => {
        const { environments, scopes } = options;
        const origins = options.anyOrigin ? null : options.origin;
        if (environments === undefined && scopes === undefined && origins === undefined) {
          throw new ConfigError('Nothing to change: give --environments, --scopes, --origin or --any-origin.');
        }
        const key = await store.restrict(name, {
          ...(environments === undefined ? {} : { environments }),
          ...(scopes === undefined ? {} : { scopes }),
          ...(origins === undefined ? {} : { origins }),
        });
        if (options.json) printJson(keyToJson(key));
        else print(describe(key));
      }),
    );

  common(keys.command('revoke').argument('<name>', 'the key'))
    .description('end a key for good')
    .action((name: string, options: KeysOptions, command: Command) =>
      withKeys(options, command, async (store) => {
        const key = await store.revoke(name);
        if (options.json) printJson(keyToJson(key));
        else print(`${shown(name)} is revoked. A running server refuses it within about a second.`);
      }),
    );
}

function common(command: Command): Command {
  return command
    .option('--json', 'print JSON for machines')
    .addOption(
      new Option('--data-dir <path>', 'data directory of the server').env('ONYM_DATA_DIR').default('./onym-data'),
    )
    .addOption(
      new Option(
        '--postgres-url <url>',
        'the PostgreSQL that servers share: keys are there then, not in a directory',
      ).env('ONYM_POSTGRES_URL'),
    )
    .addOption(
      new Option('--postgres-schema <name>', postgresVariables.ONYM_POSTGRES_SCHEMA).env('ONYM_POSTGRES_SCHEMA'),
    );
}

const whereHelp = `
Keys are in the server's data directory; where servers share a PostgreSQL (ONYM_POSTGRES_URL or --postgres-url), they are there, and these
commands work from any machine that reaches it, with no server and no directory beside.`;

function scopesOption(otherwise: string): Option {
  return new Option('--scopes <names>', `comma-separated scopes; ${otherwise}`).argParser((text) => {
    const scopes = commaList(text);
    const unknown = scopes.find((scope) => !(allScopes as readonly string[]).includes(scope));
    if (unknown !== undefined) {
      throw new InvalidArgumentError(`There is no scope ${unknown}. There are ${allScopes.join(', ')}.`);
    }
    return scopes as Scope[];
  });
}

interface NewKeyOptions {
  readonly secret?: boolean;
  readonly environments: string[];
  readonly scopes?: Scope[];
  readonly origin?: string[];
}

function originOption(otherwise: string): Option {
  return new Option(
    '--origin <origin>',
    `pages that may use a publishable key, https://shop.example or https://*.shop.example; may repeat; ${otherwise}`,
  ).argParser((text: string, before: string[] = []) => [...before, text]);
}

function scopesHelp(): string {
  const meanings = Object.entries(scopeMeanings).map(([scope, meaning]) => `  ${scope.padEnd(10)}${meaning}`);
  return `\nScopes (a publishable key can have ${ingestScopes.join(', ')} alone):\n${meanings.join('\n')}`;
}

function commaList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

async function withKeys(
  options: KeysOptions,
  command: Command,
  work: (store: KeyStore) => Promise<void>,
): Promise<void> {
  const { store, close } = await openKeys(options, command);
  try {
    await work(store);
  } finally {
    await close();
  }
}

async function openKeys(
  { dataDir, postgresUrl, postgresSchema }: KeysOptions,
  command: Command,
): Promise<{ store: KeyStore; close(): Promise<void> }> {
  const directory = resolve(dataDir);
  const keysFile = join(directory, 'keys.db');
  const postgres = postgresOf({ ONYM_POSTGRES_URL: postgresUrl, ONYM_POSTGRES_SCHEMA: postgresSchema });
  if (postgres === null) {
    checkOwner(directory);
    checkMoved(directory, { shared: false });
    if (!existsSync(keysFile)) {
      throw new ConfigError(
        `There is no Onym data in ${directory} that holds keys. Start the server once, or give --data-dir; servers that share a PostgreSQL have their keys there: give ONYM_POSTGRES_URL.`,
      );
    }
  } else if (command.getOptionValueSource('dataDir') === 'cli') {
    throw new ConfigError(
      'Servers that share a PostgreSQL have their keys there (ONYM_POSTGRES_URL, --postgres-url), not in --data-dir. Leave one of the two out.',
    );
  }
  // Only here: the engines take a moment to load, which no other command should wait for.
  const { openKeyStore, openShared } = await import('../stores.ts');
  const shared = postgres === null ? null : await openShared(postgres, { warn() {} }, { mustExist: true });
  try {
    const store = await openKeyStore({ keysFile }, shared);
    return {
      store,
      async close() {
        await store.close();
        await shared?.close();
      },
    };
  } catch (error) {
    await shared?.close();
    throw error;
  }
}

const day = (time: number | null): string =>
  time === null ? '' : new Date(time).toISOString().slice(0, 19).replace('T', ' ');

function keyTable(keys: readonly Key[]): string {
  // Most servers have no key with origins.
  const hasOrigins = keys.some(({ origins }) => origins !== null);
  return table(
    ['name', 'kind', 'scopes', 'environments', ...(hasOrigins ? ['origins'] : []), 'created', 'last used', 'revoked'],
    keys.map((key) => [
      key.name,
      key.kind,
      scopesText(key),
      key.environments.join(','),
      ...(hasOrigins ? [key.origins?.join(',') ?? 'all'] : []),
      day(key.createdAt),
      day(key.lastUsedAt),
      day(key.revokedAt),
    ]),
  );
}

const scopesText = ({ scopes }: Key): string => (scopes.length === allScopes.length ? 'all' : scopes.join(','));

function describe(key: Key): string {
  return `${shown(key.name)}: ${key.kind}, scopes ${scopesText(key)}, environments ${key.environments.join(', ')}${key.origins === null ? '' : `, pages of ${key.origins.join(', ')}`}.`;
}
