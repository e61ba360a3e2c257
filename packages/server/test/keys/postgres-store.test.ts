import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Postgres as Server, startPostgres } from '../../../../test-support/postgres.ts';
import { withLocalKey } from '../../src/keys/local-access.ts';
import { openPostgresSessionTable } from '../../src/keys/postgres/session-table.ts';
import { openPostgresKeyTable } from '../../src/keys/postgres/table.ts';
import { createKeyStore } from '../../src/keys/store.ts';
import type { KeyStore } from '../../src/keys/types.ts';
import { limits } from '../../src/limits.ts';
import { openPostgres } from '../../src/postgres/postgres.ts';
import { asOwner, startProxy } from '../identity/postgres.ts';
import { dataDirectory, onym } from '../system/processes.ts';
import { describeKeyStore, none, soon, web } from './conformance.ts';
import { describeSessions } from './sessions.ts';

let server: Server;
let schemas = 0;
const newSchema = () => `keys_${schemas++}`;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());

interface Opening {
  readonly schema: string;
  readonly url?: string;
  readonly now?: () => number;
  readonly elapsedMs?: () => number;
}

const connect = ({ schema, url = server.url }: Opening) =>
  openPostgres({ url, schema, connectionsMax: 4, statementMaxMs: 30_000, log: { warn() {} } });

/** A store with connections of its own, as another machine would have it. */
async function open({ now, elapsedMs, ...where }: Opening): Promise<KeyStore> {
  const postgres = await connect(where);
  const store = createKeyStore(await openPostgresKeyTable(postgres, elapsedMs && { elapsedMs }), now && { now });
  return {
    ...store,
    async close() {
      await store.close();
      await postgres.close();
    },
  };
}

async function opened(opening: Opening): Promise<KeyStore> {
  const store = await open(opening);
  onTestFinished(() => store.close());
  return store;
}

describeKeyStore('keys in PostgreSQL', async () => {
  const schema = newSchema();
  return {
    open: (now) => open({ schema, now }),
    content: async () => JSON.stringify(await asOwner(server.url, `SELECT * FROM ${schema}.api_key`)),
    remove: async () => void (await asOwner(server.url, `DROP SCHEMA ${schema} CASCADE`)),
  };
});

describeSessions('sessions in PostgreSQL', async () => {
  const schema = newSchema();
  return {
    async open(now) {
      const keys = await open({ schema, now });
      const postgres = await connect({ schema });
      const table = await openPostgresSessionTable(postgres);
      return { keys, table: { ...table, close: () => table.close().then(postgres.close) } };
    },
    content: async () => JSON.stringify(await asOwner(server.url, `SELECT * FROM ${schema}.session`)),
    remove: async () => void (await asOwner(server.url, `DROP SCHEMA ${schema} CASCADE`)),
  };
});

const started = { initialKeys: none, environments: ['production'] };

describe('what another node changes', () => {
  it('is obeyed at once, where it is heard of', async () => {
    const schema = newSchema();
    // Nothing is looked for: what comes, comes by notice.
    vi.useFakeTimers({ toFake: ['setInterval'] });
    const node = await opened({ schema });
    vi.useRealTimers();
    const other = await opened({ schema });
    await other.start(started);
    const { secret } = await other.create(web);
    await soon(() => expect(node.authenticate(secret)?.name).toBe('web'));
    await other.revoke('web');
    await soon(() => expect(node.authenticate(secret)).toBeNull());
  });

  it('is looked for too, since a notice may be lost with its connection', async () => {
    const schema = newSchema();
    const node = await opened({ schema });
    await node.start(started);
    const { secret } = await node.create(web);
    await asOwner(server.url, `UPDATE ${schema}.api_key SET revoked_at = 1 WHERE name = 'web'`);
    await asOwner(server.url, `UPDATE ${schema}.key_standing SET version = 'another'`);
    await soon(() => expect(node.stateOf(secret)).toBe('revoked'));
    expect([node.authenticate(secret), node.active('web')]).toEqual([null, null]);
  });
});

it('a network that swallows every answer delays what others change, and keeps none of it away', async () => {
  const proxy = await startProxy(server.url);
  onTestFinished(() => proxy.close());
  const schema = newSchema();
  const node = await opened({ schema, url: proxy.url });
  await node.start(started);
  const { secret } = await node.create(web);
  proxy.goDeaf();
  await (await opened({ schema })).revoke('web');
  await soon(() => expect(node.authenticate(secret)).toBeNull());
});

describe('a change whose answer is lost', () => {
  it('of a first start: the keys it has made are shown, and are those that there are', async () => {
    const proxy = await startProxy(server.url);
    onTestFinished(() => proxy.close());
    const node = await opened({ schema: newSchema(), url: proxy.url });
    const lost = proxy.loseNextCommit();
    const start = node.start(started);
    await lost;
    const { isFirst, made } = await start;
    expect(isFirst).toBe(true);
    expect(node.authenticate(made.secretKey!)?.name).toBe('first-secret-key');
    expect((await node.list()).map(({ name }) => name)).toEqual(['first-write-key', 'first-secret-key']);
    const lostAgain = proxy.loseNextCommit();
    const revoked = node.revoke('first-write-key');
    await lostAgain;
    expect((await revoked).revokedAt).not.toBeNull();
    expect(node.authenticate(made.writeKey!)).toBeNull();
  });
});

const unavailable = expect.objectContaining({ code: 'identity-store-unavailable', retryAfterSeconds: 1 });

const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe('while PostgreSQL is away', () => {
  it('keys in memory hold for a while, others may have been made; when it is back all is as before', async () => {
    let elapsed = 0;
    const schema = newSchema();
    const node = await opened({ schema, elapsedMs: () => elapsed });
    await node.start(started);
    const { secret } = await node.create(web);
    const { secret: revoked } = await node.create({ ...web, name: 'old' });
    await node.revoke('old');
    expect(node.authenticate('pk_unknown')).toBeNull();

    await server.down();
    expect(node.authenticate('pk_unknown')).toBeNull();
    elapsed += 1_001;
    expect(thrownBy(() => node.authenticate('pk_unknown'))).toEqual(unavailable);
    expect(node.authenticate(revoked)).toBeNull();
    elapsed += limits.keysWithoutStoreMaxMs - 1_001;
    expect(node.authenticate(secret)?.name).toBe('web');
    expect(node.active('web')?.name).toBe('web');
    elapsed += 1;
    expect(thrownBy(() => node.authenticate(secret))).toEqual(unavailable);
    expect((thrownBy(() => node.authenticate(secret)) as Error).message).toContain('has not answered for 10 minutes');
    expect(node.active('web')).toBeNull();
    const local = withLocalKey(node, ['production'], 0);
    expect([local.keys.authenticate(local.secret)?.name, local.keys.active('local')?.name]).toEqual(['local', 'local']);
    await expect(node.create({ ...web, name: 'new' })).rejects.toEqual(unavailable);

    await server.up();
    const other = await opened({ schema });
    const { secret: made } = await other.create({ ...web, name: 'new' });
    await other.revoke('web');
    await soon(() => expect(node.authenticate(made)?.name).toBe('new'));
    await soon(() => expect(node.authenticate(secret)).toBeNull());
    expect(node.authenticate('pk_unknown')).toBeNull();
    await node.create({ ...web, name: 'newer' });
    await other.revoke('new');
    await soon(() => expect(node.authenticate(made)).toBeNull());
  });
});

describe('onym keys', () => {
  it('manages them from any machine, with the URL of PostgreSQL alone', async () => {
    const schema = newSchema();
    const node = await opened({ schema });
    await node.start(started);
    const directory = join(dataDirectory(), 'none');
    const there = { ONYM_POSTGRES_URL: server.url, ONYM_POSTGRES_SCHEMA: schema, ONYM_DATA_DIR: directory };
    const keys = (...args: string[]) => onym(['keys', ...args], there);

    const made = await keys('create', 'web', '-e', 'production', '--json');
    expect([made.code, made.stderr]).toEqual([0, '']);
    const { secret } = JSON.parse(made.stdout);
    await soon(() => expect(node.authenticate(secret)?.scopes).toHaveLength(3));
    expect((await keys('restrict', 'web', '--scopes', 'track')).code).toBe(0);
    await soon(() => expect(node.authenticate(secret)?.scopes).toEqual(['track']));
    expect((await keys('revoke', 'web')).stdout).toContain('web is revoked.');
    await soon(() => expect(node.authenticate(secret)).toBeNull());

    const flags = ['--postgres-url', server.url, '--postgres-schema', schema];
    const listed = await onym(['keys', 'list', '--json', ...flags]);
    expect(JSON.parse(listed.stdout).map(({ name }: { name: string }) => name)).toEqual([
      'first-write-key',
      'first-secret-key',
      'web',
    ]);
    expect(await keys('create', 'x', '-e', 'prod')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^onym: There is no environment "prod"\. The server has production: /),
    });
    expect(existsSync(directory)).toBe(false);
  });

  it('says in a line why it can not', async () => {
    const wrong = new URL(server.url);
    wrong.password = 'wrong-secret';
    const nobody = new URL(server.url);
    nobody.port = '1';
    const list = (url: string, ...more: string[]) => onym(['keys', 'list', ...more], { ONYM_POSTGRES_URL: url });
    const ended = await Promise.all([
      list(wrong.href),
      list(nobody.href),
      list(server.url),
      list(server.url, '--data-dir', 'x'),
      list('mysql://db'),
    ]);
    expect(ended.map(({ code, stdout }) => [code, stdout])).toEqual([2, 75, 2, 2, 2].map((code) => [code, '']));
    expect(ended.map(({ stderr }) => stderr)).toEqual([
      expect.stringMatching(/^onym: ONYM_POSTGRES_URL \(postgres:\/\/onym@[^)]*\) refuses the user onym: .*\n$/),
      expect.stringMatching(/^onym: ONYM_POSTGRES_URL .* does not answer \(connect ECONNREFUSED .*\n$/),
      expect.stringMatching(/^onym: There is no schema onym .*\n$/),
      expect.stringMatching(/^onym: Servers that share a PostgreSQL have their keys there .*\n$/),
      expect.stringMatching(/^onym: ONYM_POSTGRES_URL begins with "mysql:".*\n$/),
    ]);
    expect(ended.some(({ stderr }) => stderr.includes('wrong-secret'))).toBe(false);
  });
});
