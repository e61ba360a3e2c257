import { execFileSync } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { listening } from '../../../../test-support/listening.ts';
import { type Postgres, startPostgres } from '../../../../test-support/postgres.ts';
import { ConfigError } from '../../src/config-error.ts';
import { openPostgresKeyTable } from '../../src/keys/postgres/table.ts';
import { openPostgres } from '../../src/postgres/postgres.ts';
import { type ServerRow, serverProblem } from '../../src/postgres/server-check.ts';
import { asOwner } from '../identity/postgres.ts';

/** What a start says about a PostgreSQL that it can not work with: one line, which names the setting and what to do. */

const secrets = [':onym@', 'poor secret', 'poor%20secret', 'wrong secret', 'wrong%20secret'];

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
  for (const statement of [
    "CREATE ROLE poor LOGIN PASSWORD 'poor secret'",
    'CREATE DATABASE mine',
    'CREATE DATABASE closed',
    'REVOKE CONNECT ON DATABASE closed FROM PUBLIC',
    "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'",
    'CREATE DATABASE standby',
    'ALTER DATABASE standby SET default_transaction_read_only = on',
  ])
    await asOwner(postgres.url, statement);
});
afterAll(() => postgres?.stop());

interface Other {
  readonly hostname?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly search?: string;
}

function urlOf({ hostname, port, user, password, database, search }: Other): string {
  const url = new URL(postgres.url);
  if (hostname !== undefined) url.hostname = hostname;
  if (port !== undefined) url.port = String(port);
  if (user !== undefined) url.username = user;
  if (password !== undefined) url.password = password;
  if (database !== undefined) url.pathname = database;
  if (search !== undefined) url.search = search;
  return url.href;
}

const poor = { user: 'poor', password: 'poor secret', database: 'mine' };

async function open(other: Other, schema = 'onym', options?: { mustExist: boolean }): Promise<void> {
  const log = { warn() {} };
  const opened = await openPostgres(
    { url: urlOf(other), schema, connectionsMax: 2, statementMaxMs: 30_000, log },
    options,
  );
  await opened.close();
}

/** `later`: what may be better in a while, so that a start is worth another try. */
async function problemOf(other: Other, { schema = 'onym', later = false } = {}): Promise<string> {
  const error = await open(other, schema).then(
    () => null,
    (problem: unknown) => problem,
  );
  if (later) expect(error).toMatchObject({ code: 'identity-store-unavailable' });
  else expect(error).toBeInstanceOf(ConfigError);
  const { message } = error as Error;
  expect(message).not.toMatch(/\n/);
  for (const secret of secrets) expect(message).not.toContain(secret);
  return message;
}

/** As a message shows it. */
const at = (other: Other): string => {
  const url = new URL(urlOf(other));
  return `ONYM_POSTGRES_URL (postgres://${url.username}@${url.host}${url.pathname})`;
};

async function unusedPort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

// Each is tried for two seconds.
describe.concurrent('nobody answers', () => {
  test.each(['127.0.0.1', 'localhost'])('nothing listens at %s', async (hostname) => {
    const nothing = { hostname, port: await unusedPort() };
    expect(await problemOf(nothing, { later: true })).toBe(
      `${at(nothing)} does not answer (connect ECONNREFUSED 127.0.0.1:${nothing.port}). Is PostgreSQL up, and is this its address (port 5432 unless told otherwise)?`,
    );
  });

  test('what listens is something else', async (context) => {
    const server = createServer((_request, response) => void response.end());
    const port = await listening(server);
    context.onTestFinished(() => void server.close());
    expect(await problemOf({ port }, { later: true })).toContain(`${at({ port })} does not answer (`);
  });

  test('nobody knows the host', async () => {
    const other = { hostname: 'nowhere.invalid' };
    expect(await problemOf(other)).toBe(`${at(other)} names a host that nobody knows: nowhere.invalid. Correct it.`);
  });
});

describe('who asks is refused', () => {
  test.each<[what: string, other: Other, problem: string]>([
    ['a wrong password', { password: 'wrong secret' }, 'refuses the user onym: wrong name or password. Correct them.'],
    ['an unknown user', { user: 'nobody' }, 'refuses the user nobody: wrong name or password. Correct them.'],
    [
      'no password',
      { password: '' },
      'asks for a password, and the URL has none. Write postgres://onym:password@127.0.0.1/….',
    ],
    [
      'a database that there is not',
      { database: 'nowhere' },
      'has no database nowhere. Name one that there is, or make it: CREATE DATABASE nowhere.',
    ],
    [
      'a database that is closed to the user',
      { ...poor, database: 'closed' },
      'lets the user poor not connect: permission denied for database "closed". GRANT CONNECT ON DATABASE closed TO that user.',
    ],
  ])('%s', async (_what, other, problem) => {
    expect(await problemOf(other)).toBe(`${at(other)} ${problem}`);
  });
});

describe('TLS', () => {
  test('the server speaks none', async () => {
    const other = { search: 'sslmode=verify-full' };
    expect(await problemOf(other)).toBe(
      `${at(other)} speaks no TLS: take sslmode out of the URL, or set ssl = on at the server.`,
    );
  });

  test('the file of its authority is not there', async () => {
    expect(await problemOf({ search: 'sslmode=verify-full&sslrootcert=/nowhere/ca.pem' })).toContain(
      "names a file of TLS that can't be read: ENOENT: no such file or directory, open '/nowhere/ca.pem'.",
    );
  });

  test('its authority is not known; named, it is taken', async () => {
    const [setting] = await asOwner<{ data_directory: string }>(postgres.url, 'SHOW data_directory');
    const directory = setting!.data_directory;
    const [key, certificate] = ['server.key', 'server.crt'].map((name) => join(directory, name)) as [string, string];
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost'];
    const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    execFileSync('openssl', [...request, ...names, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
    const { uid, gid } = statSync(directory);
    for (const file of [key, certificate]) chownSync(file, uid, gid);
    await asOwner(postgres.url, 'ALTER SYSTEM SET ssl = on');
    await asOwner(postgres.url, 'SELECT pg_reload_conf()');
    onTestFinished(async () => {
      await asOwner(postgres.url, 'ALTER SYSTEM RESET ssl');
      await asOwner(postgres.url, 'SELECT pg_reload_conf()');
    });
    // The reload has been asked for, and not been done yet.
    let problem = '';
    while (!problem.includes('authority')) problem = await problemOf({ search: 'sslmode=verify-full' });
    expect(problem).toBe(
      `${at({})} can not be reached by TLS. Its certificate is of an authority that is not known: name that with ?sslmode=verify-full&sslrootcert=/path/to/ca.pem.`,
    );
    await open({ search: `sslmode=verify-full&sslrootcert=${certificate}` });
  });
});

describe('rights', () => {
  test('to make schemas', async () => {
    expect(await problemOf(poor)).toBe(
      `${at(poor)}: the user poor may not make schemas in the database mine, one for Onym and others for copies to try things on. Run, as its owner: GRANT CREATE ON DATABASE mine TO poor.`,
    );
    await asOwner(postgres.url, 'GRANT CREATE ON DATABASE mine TO poor');
    await open(poor);
    // A command on what is there needs less.
    await asOwner(postgres.url, 'REVOKE CREATE ON DATABASE mine FROM poor');
    await open(poor, 'onym', { mustExist: true });
  });

  test('to make tables in one that is there', async () => {
    const owner = urlOf({ database: 'mine' });
    await asOwner(owner, 'GRANT CREATE ON DATABASE mine TO poor');
    await asOwner(owner, 'CREATE SCHEMA theirs');
    const problem = await problemOf(poor, { schema: 'theirs' });
    expect(problem).toBe(
      `${at(poor)}: the user poor lacks rights on the schema theirs. Run in the database mine, as its owner: GRANT USAGE, CREATE ON SCHEMA theirs TO poor.`,
    );
    await asOwner(owner, 'GRANT USAGE, CREATE ON SCHEMA theirs TO poor');
    await open(poor, 'theirs');
  });

  test('to tables that are somebody else’s', async () => {
    const owner = urlOf({ database: 'mine' });
    await open({ database: 'mine' }, 'owned');
    await asOwner(owner, 'GRANT USAGE, CREATE ON SCHEMA owned TO poor');
    const options = {
      url: urlOf(poor),
      schema: 'owned',
      connectionsMax: 2,
      statementMaxMs: 30_000,
      log: { warn() {} },
    };
    const opened = await openPostgres(options);
    onTestFinished(() => opened.close());
    const error = await openPostgresKeyTable(opened).catch((problem: unknown) => problem);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as Error).message).toBe(
      'The user of ONYM_POSTGRES_URL lacks a right: permission denied for table migration. Let it own its schema and all that is in it.',
    );
  });
});

describe('the database', () => {
  test('holds not every text', async () => {
    const latin = { database: 'latin' };
    expect(await problemOf(latin)).toBe(
      `${at(latin)}: the database latin has the encoding LATIN1, and ids are any text. Make one for Onym: CREATE DATABASE onym ENCODING 'UTF8' TEMPLATE template0.`,
    );
  });

  test('can only be read', async () => {
    expect(await problemOf({ database: 'standby' })).toContain('can only be read: it is a standby');
  });

  test('has not what a command is to work on', async () => {
    await expect(open({ database: 'mine' }, 'mistyped', { mustExist: true })).rejects.toThrow(
      'There is no schema mistyped in the database of ONYM_POSTGRES_URL: no server was ever started on it.',
    );
    const made = await asOwner(urlOf({ database: 'mine' }), "SELECT 1 FROM pg_namespace WHERE nspname = 'mistyped'");
    expect(made).toEqual([]);
  });

  test.each<[version: string, product: string, isTooOld: boolean]>([
    ['9.6.24', 'PostgreSQL 9.6.24 on x86_64-pc-linux-gnu', true],
    ['13.16 (Debian 13.16-1)', 'PostgreSQL 13.16 (Debian 13.16-1) on x86_64-pc-linux-gnu', true],
    ['14.0', 'PostgreSQL 14.0 on x86_64-pc-linux-gnu', false],
    ['18beta1', 'PostgreSQL 18beta1 on x86_64-pc-linux-gnu', false],
    ['13.0.0', 'CockroachDB CCL v25.2.1 (x86_64-pc-linux-gnu)', false],
    ['11.2-YB-2.25.0.0-b0', 'PostgreSQL 11.2-YB-2.25.0.0-b0 on x86_64-pc-linux-gnu', false],
  ])('of version %s', (version, product, isTooOld) => {
    const row: ServerRow = {
      product,
      version,
      encoding: 'UTF8',
      read_only: 'off',
      user: 'onym',
      database: 'onym',
      may_make_schema: true,
      has_schema: false,
      may_use: null,
      may_make_tables: null,
    };
    expect(serverProblem(row, { url: 'postgres://onym:secret@db/onym', schema: 'onym', mustExist: false })).toBe(
      isTooOld ? `ONYM_POSTGRES_URL (postgres://onym@db/onym) is PostgreSQL ${version}. Onym needs 14 or newer.` : null,
    );
  });
});
