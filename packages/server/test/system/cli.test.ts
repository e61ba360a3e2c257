import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { clientOf, eventually } from './client.ts';
import { dataDirectory, onym, type Server, secretKey, serve } from './processes.ts';

/** The command line as people and scripts use it: what it prints, and with which code it ends. */

let server: Server;
let dataDir: string;
/** Where no server and no data is. */
let elsewhere: string;

beforeAll(async () => {
  server = await serve();
  dataDir = server.dataDir;
  elsewhere = mkdtempSync(join(dataDirectory(), 'empty-'));
  await server.api.posted('/identify', { distinct_id: 'user_1', anonymous_id: 'anonymous-1', traits: { plan: 'pro' } });
  await server.api.posted('/alias', { distinct_id: 'user_1', alias_id: 'stripe:1' });
  await server.api.posted('/identify', { distinct_id: 'user_2', anonymous_id: 'anonymous-1' });
  await server.api.posted('/track', [
    { event: 'a', distinct_id: 'anonymous-1', properties: { n: 1 } },
    { event: 'b', distinct_id: 'user_1' },
    { event: 'c', distinct_id: 'user_2' },
  ]);
});

/** In the data directory; expects the exit code and returns what was printed. */
async function run(code: number, ...args: string[]): Promise<string> {
  const ended = await onym(args, { ONYM_DATA_DIR: dataDir });
  expect({ args, code: ended.code, stderr: ended.stderr }).toEqual({ args, code, stderr: '' });
  return ended.stdout;
}

async function refused(variables: Record<string, string>, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await onym(args, variables);
  expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' });
  expect(stderr).not.toContain('\n    at ');
  return stderr;
}

const cells = (line: string) => line.split(/ {2,}/);
const linesOf = (text: string) => text.trimEnd().split('\n');

describe('beside a running server', () => {
  test('resolve, explain, query and verify find it through the data directory', async () => {
    const [table, explained, rows, verified] = await Promise.all([
      run(0, 'resolve', 'stripe:1', 'nobody'),
      run(0, 'explain', 'anonymous-1', 'stripe:1'),
      run(0, 'query', 'SELECT event, distinct_id FROM events ORDER BY event'),
      run(0, 'verify'),
    ]);
    const [json, parted, partedJson, csv, ndjson] = await Promise.all([
      run(0, 'resolve', '--json', 'anonymous-1'),
      run(1, 'explain', 'user_2', 'anonymous-1'),
      run(1, 'explain', '--json', 'user_2', 'nobody'),
      run(0, 'query', '--format', 'csv', 'SELECT event, properties.n FROM events ORDER BY event LIMIT 1'),
      run(0, 'query', '--format', 'ndjson', 'SELECT event FROM events ORDER BY event'),
    ]);
    expect(linesOf(table).map(cells)).toEqual([
      ['distinct_id', 'canonical_id', 'known', 'identity_id'],
      ['stripe:1', 'user_1', 'yes', expect.stringMatching(/^[0-9a-f-]{36}$/)],
      ['nobody', 'nobody', 'no', expect.stringMatching(/^[0-9a-f-]{36}$/)],
    ]);
    expect(JSON.parse(json)).toMatchObject({ identities: { 'anonymous-1': { canonical_id: 'user_1', known: true } } });
    expect(explained).toMatch(/^anonymous-1 and stripe:1 are one person\.\n/);
    expect(
      linesOf(explained)
        .slice(-2)
        .map((line) => cells(line).slice(0, 4)),
    ).toEqual([
      ['1', 'identify', 'user_1', 'anonymous-1'],
      ['2', 'alias', 'user_1', 'stripe:1'],
    ]);
    expect(parted).toMatch(/^user_2 and anonymous-1 are not one person\.\n\nRefused:\n/);
    expect(parted).toContain('anonymous-id-belongs-to-another-identity');
    expect(JSON.parse(partedJson)).toMatchObject({ same: false, path: [], refused: [], held: [], separations: [] });
    expect(linesOf(rows).map(cells)).toEqual([
      ['event', 'distinct_id'],
      ['a', 'anonymous-1'],
      ['b', 'user_1'],
      ['c', 'user_2'],
      ['(3 rows)'],
    ]);
    expect(linesOf(csv)).toEqual([expect.stringContaining('"event"'), '"a",1']);
    expect(linesOf(ndjson).map((line) => JSON.parse(line))).toEqual([{ event: 'a' }, { event: 'b' }, { event: 'c' }]);
    expect(verified).toMatch(/^production: 3 ledger rows, 4 identifiers, 2 identities, 3 links\n/);
  });

  test('query --json; the environment and the moment can be given', async () => {
    const [json, other, past] = await Promise.all([
      run(0, 'query', '--json', 'SELECT count() AS n FROM events'),
      run(0, 'query', '-e', 'staging', '--json', 'SELECT count() AS n FROM events'),
      run(0, 'resolve', '--json', '--as-of', '2020-01-01T00:00:00Z', 'stripe:1'),
    ]);
    expect(Number(JSON.parse(json).data[0].n)).toBe(3);
    expect(Number(JSON.parse(other).data[0].n)).toBe(0);
    expect(JSON.parse(past)).toMatchObject({ identities: { 'stripe:1': { canonical_id: 'stripe:1', known: false } } });
  });

  test('a server elsewhere is asked with --url and --key', async () => {
    const far = ['--url', server.url, '--key', secretKey, '--json'];
    const variables = { ONYM_DATA_DIR: elsewhere };
    const [answer, noKey, badKey, none] = await Promise.all([
      onym(['resolve', ...far, 'stripe:1'], variables),
      refused(variables, 'resolve', '--url', server.url, 'stripe:1'),
      refused(variables, 'resolve', '--url', server.url, '--key', 'sk_wrong_wrong', 'stripe:1'),
      refused(variables, 'resolve', '--url', 'http://127.0.0.1:1', '--key', secretKey, 'stripe:1'),
    ]);
    expect(answer).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(answer.stdout)).toMatchObject({ identities: { 'stripe:1': { canonical_id: 'user_1' } } });
    expect(noKey).toMatch(/--key/);
    expect(badKey).toMatch(/unknown or revoked/);
    expect(none).toMatch(/No server answers at http:\/\/127\.0\.0\.1:1/);
  });

  test('what cannot be done ends with 2 and says why, in one line', async () => {
    const here = { ONYM_DATA_DIR: dataDir };
    const [sql, write, id, environment, empty, noKeys, far] = await Promise.all([
      refused(here, 'query', 'SELEC 1'),
      refused(here, 'query', 'DROP TABLE events'),
      refused(here, 'resolve', 'x'.repeat(600)),
      refused(here, 'resolve', '-e', 'nowhere', 'x'),
      refused({ ONYM_DATA_DIR: elsewhere }, 'resolve', 'x'),
      refused({ ONYM_DATA_DIR: elsewhere }, 'keys', 'list'),
      refused(here, 'verify', '--url', server.url, '--key', secretKey),
    ]);
    for (const message of [sql, write, id, environment, empty, noKeys, far]) expect(message).toMatch(/^onym: ./);
    expect(id).toContain('512 bytes');
    expect(environment).toContain('nowhere');
    expect(empty).toContain('There is no Onym data in');
    expect(noKeys).toContain('There is no Onym data in');
  });
});

describe('keys, beside a running server', () => {
  const post = (secret: string, path: string, item: object) =>
    clientOf(server.url, secret)
      .post(path, { distinct_id: 'key_user', ...item })
      .then(({ status, body }) => body.error_code ?? status);

  test('create, list, restrict and revoke; the server follows', async () => {
    const made = JSON.parse(await run(0, 'keys', 'create', 'shop', '-e', 'production,staging', '--json'));
    expect(made).toMatchObject({
      name: 'shop',
      kind: 'publishable',
      scopes: ['track', 'identify', 'alias'],
      environments: ['production', 'staging'],
      revoked_at: null,
      secret: expect.stringMatching(/^pk_/),
    });
    const track = () => post(made.secret, '/track', { event: 'e' });
    const alias = () => post(made.secret, '/alias', { alias_id: 'crm:key' });
    const staging = () => post(made.secret, '/track', { event: 'e', environment: 'staging' });
    await eventually(async () => (await track()) === 200, 'the new key is taken');
    expect(await Promise.all([alias(), staging()])).toEqual([200, 200]);

    const restricted = await run(0, 'keys', 'restrict', 'shop', '--scopes', 'track', '-e', 'production');
    expect(restricted).toContain('shop: publishable, scopes track, environments production.');
    await eventually(async () => (await alias()) === 'forbidden', 'the scope is taken away');
    expect(await Promise.all([track(), staging()])).toEqual([200, 'forbidden']);

    expect(await run(0, 'keys', 'revoke', 'shop')).toContain('shop is revoked');
    await eventually(async () => (await track()) === 'invalid-api-key', 'the key is refused');

    const listed = await run(0, 'keys', 'list');
    const names = linesOf(listed).map((line) => cells(line)[0]);
    expect(names).toEqual(['name', 'ONYM_INITIAL_WRITE_KEY', 'ONYM_INITIAL_SECRET_KEY', 'shop']);
    expect(listed).not.toMatch(/[ps]k_/);
    const [shop] = JSON.parse(await run(0, 'keys', 'list', '--json')).filter(
      (key: { name: string }) => key.name === 'shop',
    );
    expect(shop).toMatchObject({ scopes: ['track'], revoked_at: expect.any(String) });
    expect(shop).not.toHaveProperty('secret');
  });

  test('a secret key; and what is no key', async () => {
    const here = { ONYM_DATA_DIR: dataDir };
    const text = await run(0, 'keys', 'create', 'backend', '--secret', '-e', 'production');
    const [secret] = text.split('\n');
    expect(secret).toMatch(/^sk_/);
    expect(text).toContain('only time');
    const reads = clientOf(server.url, secret!);
    await eventually(async () => (await reads.get('/v1/ledger')).status === 200, 'the new key reads');
    expect((await reads.get('/v1/ledger?environment=staging')).body.error_code).toBe('forbidden');
    const messages = await Promise.all([
      refused(here, 'keys', 'revoke', 'nobody'),
      refused(here, 'keys', 'create', 'backend', '-e', 'production'),
      refused(here, 'keys', 'create', 'x'),
      refused(here, 'keys', 'create', 'x', '-e', 'production', '--scopes', 'fly'),
      refused(here, 'keys', 'restrict', 'backend'),
    ]);
    expect(messages).toMatchObject([
      expect.stringContaining('no key named "nobody"'),
      expect.stringContaining('is or was in use'),
      expect.stringContaining('--environments'),
      expect.stringContaining('no scope fly'),
      expect.stringContaining('Nothing to change'),
    ]);
  });
});

describe('help', () => {
  test('every command tells what it does; what there is not ends with 2', async () => {
    const commands = ['serve', 'keys', 'resolve'];
    const [all, version, ...each] = await Promise.all([
      run(0, '--help'),
      run(0, '--version'),
      ...commands.map((command) => run(0, command, '--help')),
    ]);
    for (const command of [...commands, 'explain', 'query', 'verify'])
      expect(all).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
    for (const variable of [
      'ONYM_DATA_DIR',
      'ONYM_PORT',
      'ONYM_INITIAL_WRITE_KEY',
      'ONYM_INITIAL_SECRET_KEY',
      'ONYM_SECRET_KEY',
      'ONYM_SETTINGS',
    ]) {
      expect(all).toContain(variable);
    }
    expect(all).toContain('Exit codes');
    expect(version).toMatch(/^\d+\.\d+\.\d+\n$/);
    for (const [index, text] of each.entries()) expect(text).toMatch(new RegExp(`^Usage: onym ${commands[index]}\\b`));
    expect(each[0]).toContain('--data-dir');
    const wrong = await Promise.all([
      refused({}, 'resolv'),
      refused({}, 'resolve'),
      refused({}, 'query', '--fly', 'x'),
    ]);
    expect(wrong[0]).toContain('unknown command');
    expect(wrong[0]).toContain('onym --help');
    expect(wrong[1]).toContain("missing required argument 'distinct_id'");
    expect(wrong[2]).toContain("unknown option '--fly'");
  });
});

test('with the server stopped, the reading commands work on the data directory itself', async () => {
  expect(await server.stop()).toMatchObject({ code: 0 });
  expect(await run(0, 'resolve', 'stripe:1')).toContain('user_1');
  expect(await run(0, 'query', '--format', 'csv', 'SELECT event FROM events ORDER BY 1 LIMIT 1')).toBe(
    '"event"\n"a"\n',
  );
  expect(await run(0, 'verify')).toContain('agree with the ledger');
  // They gave the directory back, keys and all.
  server = await serve({ dataDir });
  expect(await server.api.canonicals(['stripe:1'])).toEqual(new Map([['stripe:1', 'user_1']]));
  // A server that was killed leaves its address behind; nobody answers there.
  await server.kill();
  expect(await run(0, 'resolve', 'stripe:1')).toContain('user_1');
});
