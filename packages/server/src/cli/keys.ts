import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { ConfigError } from '../config.ts';
import { checkOwner } from '../disk/directory-owner.ts';
import { openKeyStore } from '../keys/store.ts';
import { allScopes, ingestScopes, type Key, type KeyStore, type Scope, scopeMeanings } from '../keys/types.ts';
import { print, printJson, shown, table } from './print.ts';

interface KeysOptions {
  readonly dataDir: string;
  readonly json?: boolean;
}

/** Works on the data directory's key file, beside a running server too: it follows within about a second. */
export function keysCommand(program: Command): void {
  const keys = program.command('keys').description('list, make, restrict and revoke API keys');

  common(keys.command('list'))
    .description('show every key ever made; secrets are not kept and cannot be shown')
    .action((options: KeysOptions) =>
      withKeys(options, (store) => {
        const all = store.list();
        if (options.json) printJson(all.map(toJson));
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
    .action((name: string, options: KeysOptions & NewKeyOptions) =>
      withKeys(options, (store) => {
        const { key, secret } = store.create({
          name,
          kind: options.secret ? 'secret' : 'publishable',
          environments: options.environments,
          ...(options.scopes === undefined ? {} : { scopes: options.scopes }),
          ...(options.origin === undefined ? {} : { origins: options.origin }),
        });
        if (options.json) printJson({ ...toJson(key), secret });
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
    .action((name: string, options: KeysOptions & Partial<NewKeyOptions> & { anyOrigin?: boolean }) =>
      withKeys(options, (store) => {
        const { environments, scopes } = options;
        const origins = options.anyOrigin ? null : options.origin;
        if (environments === undefined && scopes === undefined && origins === undefined) {
          throw new ConfigError('Nothing to change: give --environments, --scopes, --origin or --any-origin.');
        }
        const key = store.restrict(name, {
          ...(environments === undefined ? {} : { environments }),
          ...(scopes === undefined ? {} : { scopes }),
          ...(origins === undefined ? {} : { origins }),
        });
        if (options.json) printJson(toJson(key));
        else print(describe(key));
      }),
    );

  common(keys.command('revoke').argument('<name>', 'the key'))
    .description('end a key for good')
    .action((name: string, options: KeysOptions) =>
      withKeys(options, (store) => {
        const key = store.revoke(name);
        if (options.json) printJson(toJson(key));
        else print(`${shown(name)} is revoked. A running server refuses it within about a second.`);
      }),
    );
}

function common(command: Command): Command {
  return command
    .option('--json', 'print JSON for machines')
    .addOption(
      new Option('--data-dir <path>', 'data directory of the server').env('ONYM_DATA_DIR').default('./onym-data'),
    );
}

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

function withKeys(options: KeysOptions, work: (store: KeyStore) => void): void {
  const dataDir = resolve(options.dataDir);
  checkOwner(dataDir);
  const file = join(dataDir, 'keys.db');
  if (!existsSync(file))
    throw new ConfigError(`There is no Onym data in ${dataDir}. Start the server once, or give --data-dir.`);
  const store = openKeyStore(file);
  try {
    work(store);
  } finally {
    store.close();
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

function toJson(key: Key) {
  return {
    name: key.name,
    kind: key.kind,
    scopes: key.scopes,
    environments: key.environments,
    origins: key.origins,
    created_at: new Date(key.createdAt).toISOString(),
    last_used_at: key.lastUsedAt === null ? null : new Date(key.lastUsedAt).toISOString(),
    revoked_at: key.revokedAt === null ? null : new Date(key.revokedAt).toISOString(),
  };
}
