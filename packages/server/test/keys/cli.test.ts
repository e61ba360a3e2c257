import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Client, clientOf, eventually } from '../system/client.ts';
import { dataDirectory, onym, type Server, secretKey, serve } from '../system/processes.ts';

/** `onym keys` beside a running server, and what the keys it makes may do there. */

let server: Server;
beforeAll(async () => {
  server = await serve();
  await server.api.posted('/identify', { distinct_id: 'user_1', anonymous_id: 'anonymous-1' });
  await server.api.posted('/alias', { distinct_id: 'user_1', alias_id: 'crm:1' });
});

const keys = (...args: string[]) => onym(['keys', ...args], { ONYM_DATA_DIR: server.dataDir });

async function made(name: string, scopes: string): Promise<{ secret: string; client: Client }> {
  const { code, stdout } = await keys('create', name, '--secret', '--scopes', scopes, '-e', 'production', '--json');
  expect([code, JSON.parse(stdout)]).toEqual([
    0,
    expect.objectContaining({ kind: 'secret', scopes: scopes.split(',') }),
  ]);
  const { secret } = JSON.parse(stdout);
  const client = clientOf(server.url, secret);
  await eventually(async () => (await client.get('/v1/ledger')).status !== 401, 'the key is known');
  return { secret, client };
}

const listed = async () => JSON.parse((await keys('list', '--json')).stdout);

describe('a secret key with some scopes', () => {
  test('query: what an analyst or Grafana may hold', async () => {
    const { client, secret } = await made('grafana', 'query');
    expect(await client.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect((await client.get('/v1/export/identifiers')).status).toBe(200);
    const refused = await Promise.all([
      client.get('/v1/identities/user_1'),
      client.post('/track', { event: 'e', distinct_id: 'u' }),
      client.post('/v1/split', { distinct_id: 'user_1', from: 'crm:1' }),
      client.request('DELETE', '/v1/identities/user_1?by=distinct_id'),
      client.post('/v1/import', {}),
    ]);
    expect(refused.map(({ status, body }) => [status, body.error_code, body.message.split('.')[0]])).toEqual(
      ['read', 'track', 'steer', 'erase', 'import'].map((scope) => [
        403,
        'forbidden',
        `The API key lacks the scope ${scope}`,
      ]),
    );

    const far = { ONYM_URL: server.url, ONYM_SECRET_KEY: secret };
    const [answered, explained] = await Promise.all([
      onym(['query', 'SELECT 1 AS one', '--json'], far),
      onym(['explain', 'user_1', 'crm:1'], far),
    ]);
    expect([answered.code, JSON.parse(answered.stdout)]).toEqual([0, expect.objectContaining({ data: [{ one: 1 }] })]);
    expect([explained.code, explained.stderr]).toEqual([2, expect.stringContaining('lacks the scope read')]);

    const { stdout } = await keys('list');
    expect(stdout).toMatch(/^grafana +secret +query +production /m);
    expect(stdout).toMatch(/^ONYM_INITIAL_SECRET_KEY +secret +all /m);
    expect(await listed()).toContainEqual(expect.objectContaining({ name: 'grafana', scopes: ['query'] }));
  });

  test('steer without read: it hears what became of its act, and nothing of who is who', async () => {
    const { client } = await made('support', 'steer');
    const pair = { distinct_id: 'user_1', from: 'crm:1' };
    const outcome = { ok: true, verdict: 'applied', seq: expect.any(Number), revoked: [2], still_connected: false };
    expect((await client.post('/v1/split?dry_run=true', pair)).body).toEqual(outcome);
    const seen = (await server.api.post('/v1/split?dry_run=true', pair)).body;
    expect(Object.keys(seen)).toEqual(
      expect.arrayContaining(['identity_id', 'canonical_id', 'separations', 'path', 'blast_radius']),
    );
    expect((await client.post('/v1/split', pair)).body).toEqual(outcome);
    const separated = { a: 'user_1', b: 'crm:9' };
    expect((await client.post('/v1/separations', separated)).body).toEqual({
      ok: true,
      verdict: 'applied',
      seq: expect.any(Number),
    });
    const reverted = { key: 'ONYM_INITIAL_SECRET_KEY', from: 0, to: '2100-01-01' };
    expect((await client.post('/v1/revert?dry_run=true', reverted)).body).toEqual({
      ok: true,
      verdict: 'applied',
      seqs: [],
      revoked: expect.any(Number),
      separations: 0,
    });
    expect((await server.api.post('/v1/revert?dry_run=true', reverted)).body).toHaveProperty('blast_radius');
  });

  test('import without read: counts and its own rows, and no names of others', async () => {
    const { secret, client } = await made('loader', 'import');
    const file = join(dataDirectory(), 'ids.csv');
    writeFileSync(file, 'user_id,legacy_id\nuser_8,legacy:8\nuser_8,guest\n');
    const imported = (args: string[], key: string) =>
      onym(['import', file, '--kind', 'alias', ...args], { ONYM_URL: server.url, ONYM_SECRET_KEY: key });
    const preview = await imported(['--dry-run', '--json'], secret);
    expect([preview.code, JSON.parse(preview.stdout)]).toEqual([
      1,
      expect.objectContaining({ counts: { applied: 1, unchanged: 0, refused: 0, held: 0, invalid: 1 } }),
    ]);
    expect(JSON.parse(preview.stdout)).not.toHaveProperty('largest_identities');
    const done = await imported([], secret);
    expect([done.code, done.stdout]).toEqual([1, expect.not.stringContaining('largest identities')]);
    expect((await imported([], secretKey)).stdout).toContain('largest identities');
    expect((await client.get('/v1/identities/user_8')).body.error_code).toBe('forbidden');
  });

  test('erase: the receipt, and a look at it before', async () => {
    const { client } = await made('privacy', 'erase');
    await server.api.posted('/identify', { distinct_id: 'user_gone' });
    const path = '/v1/identities/user_gone?by=distinct_id';
    expect((await client.request('DELETE', `${path}&dry_run=true`)).body).toMatchObject({
      receipt: { identifiers: 1 },
    });
    expect((await client.get('/v1/identities/user_gone/export')).status).toBe(403);
    expect((await client.request('DELETE', path)).body).toMatchObject({
      verdict: 'applied',
      receipt: { identifiers: 1 },
    });
  });

  test('metrics: what Prometheus may hold', async () => {
    const { client } = await made('prometheus', 'metrics');
    expect((await client.get('/metrics')).status).toBe(200);
    expect((await client.get('/v1/ledger')).status).toBe(403);
  });

  test('keys: taken, shown, and good for no route yet', async () => {
    const { client } = await made('for keys', 'keys');
    expect((await client.get('/v1/ledger')).status).toBe(403);
    expect((await client.get('/metrics')).status).toBe(403);
    expect((await keys('list')).stdout).toMatch(/^for keys +secret +keys /m);
  });
});

test('origins are shown, replaced, and taken away', async () => {
  const shop = ['--origin', 'https://shop.example', '--origin', 'https://*.shop.example'];
  const made = await keys('create', 'shop', '-e', 'production', ...shop);
  expect(made.stdout).toContain('environments production, pages of https://shop.example, https://*.shop.example.');
  expect((await keys('list')).stdout).toMatch(/^shop +.* https:\/\/shop\.example,https:\/\/\*\.shop\.example /m);
  const client = clientOf(server.url, made.stdout.split('\n')[0]!);
  const send = async (origin: string) => {
    const headers = {
      origin,
      'content-type': 'application/json',
      authorization: `Bearer ${made.stdout.split('\n')[0]}`,
    };
    const body = JSON.stringify({ event: 'e', distinct_id: 'u' });
    return (await fetch(`${server.url}/track`, { method: 'POST', headers, body })).status;
  };
  await eventually(
    async () => (await client.post('/track', { event: 'e', distinct_id: 'u' })).status === 200,
    'a new key works',
  );
  expect(await send('https://evil.example')).toBe(403);
  expect(await send('https://shop.example')).toBe(200);
  expect((await keys('restrict', 'shop', '--any-origin')).stdout).toBe(
    'shop: publishable, scopes track,identify,alias, environments production.\n',
  );
  await eventually(async () => (await send('https://evil.example')) === 200, 'all pages may use it');
  expect(await listed()).toContainEqual(expect.objectContaining({ name: 'shop', origins: null }));
});

describe('what is wrong is said, and makes no key', () => {
  const here = ['-e', 'production'];
  const wrong: [what: string, args: string[], message: RegExp][] = [
    [
      'an unknown scope',
      ['x', '--secret', '--scopes', 'query,fly', ...here],
      /no scope fly\. There are track, .*keys\./,
    ],
    ['a scope in other letters', ['x', '--secret', '--scopes', 'QUERY', ...here], /no scope QUERY/],
    [
      'a scope that a publishable key can not have',
      ['x', '--scopes', 'track,query', ...here],
      /can't have the scope query.*--secret/,
    ],
    ['no scope', ['x', '--secret', '--scopes', ',', ...here], /needs a scope/],
    [
      'an unknown environment',
      ['x', '-e', 'production,prod'],
      /no environment "prod"\..*production, staging, development/,
    ],
    ['no environment', ['x', '--secret'], /--environments/],
    ['an empty list of environments', ['x', '-e', ','], /needs an environment/],
    ['an unknown flag', ['x', '--secret', '--scope', 'query', ...here], /unknown option '--scope'/],
    ['a second name', ['x', 'y', ...here], /too many arguments/],
    ['a name that is in use', ['ONYM_INITIAL_WRITE_KEY', ...here], /is or was in use/],
    ['an empty name', ['', ...here], /needs a name/],
    ['an origin of a secret key', ['x', '--secret', '--origin', 'https://a.example', ...here], /belongs in no page/],
    ['an origin with a path', ['x', '--origin', 'https://a.example/b', ...here], /is no origin\. Give the scheme/],
  ];

  test('of a key to make', async () => {
    const names = async () => (await listed()).map(({ name }: { name: string }) => name);
    const before = await names();
    for (let from = 0; from < wrong.length; from += 4) {
      await Promise.all(
        wrong.slice(from, from + 4).map(async ([what, args, message]) => {
          const { code, stdout, stderr } = await keys('create', ...args);
          expect([what, code, stdout, stderr]).toEqual([what, 2, '', expect.stringMatching(message)]);
        }),
      );
    }
    expect(await names()).toEqual(before);
  });

  test('of a restriction too', async () => {
    expect((await keys('create', 'page', ...here)).code).toBe(0);
    const restrict = async (...args: string[]) => {
      const { code, stderr } = await keys('restrict', 'page', ...args);
      return [code, stderr];
    };
    expect(await restrict('--scopes', 'read')).toEqual([2, expect.stringContaining("can't have the scope read")]);
    expect(await restrict('--scopes', ',')).toEqual([2, expect.stringContaining('needs a scope')]);
    expect(await restrict('-e', 'prod')).toEqual([2, expect.stringContaining('no environment "prod"')]);
    expect(await restrict()).toEqual([2, expect.stringContaining('Nothing to change')]);
    expect(await restrict('--origin', 'shop.example')).toEqual([2, expect.stringContaining('is no origin')]);
    expect(await restrict('--origin', 'https://a.example', '--any-origin')).toEqual([
      2,
      expect.stringContaining('--any-origin'),
    ]);
    const page = (await listed()).find(({ name }: { name: string }) => name === 'page');
    expect(page).toMatchObject({ scopes: ['track', 'identify', 'alias'], environments: ['production'] });
  });

  test('the help names every scope', async () => {
    const { code, stdout } = await keys('create', '--help');
    expect(code).toBe(0);
    for (const scope of 'track identify alias query read steer erase import metrics keys'.split(' ')) {
      expect(stdout).toMatch(new RegExp(`^ {2}${scope} +\\w`, 'm'));
    }
  });
});
