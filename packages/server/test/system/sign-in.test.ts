import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataDirectory, onym, type Server, secretKey, serve } from './processes.ts';

/** Links that sign in once, as an operator gets them, and a browser's way from there. */

let server: Server;
beforeAll(async () => {
  server = await serve({ variables: { TEST_TERMINAL: 'true' } });
});
afterAll(() => server.stop());

const console = { 'x-onym-console': '1', 'content-type': 'application/json' };

/** Signs in as the page does that such a link opens. */
async function follow(link: string) {
  const { origin, pathname, hash, search } = new URL(link);
  expect([origin, pathname, search]).toEqual([server.url, '/sign-in', '']);
  const token = /^#token=([\w-]{43})$/.exec(hash)![1];
  const response = await fetch(`${origin}/v1/session`, {
    method: 'POST',
    headers: console,
    body: JSON.stringify({ token }),
  });
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
  return { status: response.status, body: (await response.json()) as Record<string, unknown>, cookie };
}

const ask = (cookie: string, path: string, init: RequestInit = {}) =>
  fetch(server.url + path, { ...init, headers: { cookie, ...console } });

const linkIn = (text: string): string => /https?:\/\/\S+\/sign-in#token=\S+/.exec(text)![0];

describe('the link that a start shows on a terminal', () => {
  test('signs in once as the machine itself, and what is done by it is in the ledger so', async () => {
    const link = linkIn(server.output());
    const { status, body, cookie } = await follow(link);
    expect([status, body]).toEqual([200, expect.objectContaining({ key: expect.objectContaining({ name: 'local' }) })]);
    const pair = { environment: 'production', a: 'user_1', b: 'user_2' };
    const separated = await ask(cookie, '/v1/separations', { method: 'POST', body: JSON.stringify(pair) });
    expect(separated.status).toBe(200);
    const { rows } = (await (await ask(cookie, '/v1/ledger')).json()) as { rows: Record<string, unknown>[] };
    expect(rows.at(-1)).toMatchObject({ op: 'separate', source: { key: 'local', lib: 'onym-console', public: false } });
    expect(await follow(link)).toMatchObject({ status: 401, body: { error_code: 'not-signed-in' }, cookie: '' });
  });

  test('is shown by a later start too; a session outlives a start', async () => {
    const { dataDir } = server;
    const { cookie } = await follow(linkIn((await onym(['console'], { ONYM_DATA_DIR: dataDir })).stdout));
    await server.stop();
    server = await serve({ dataDir, variables: { TEST_TERMINAL: 'true' } });
    expect((await ask(cookie, '/v1/session')).status).toBe(200);
    expect(await follow(linkIn(server.output()))).toMatchObject({ status: 200 });
  });
});

describe('onym console', () => {
  test('prints the link alone, and beside it as whom', async () => {
    const local = await onym(['console', '--data-dir', server.dataDir]);
    expect(local).toMatchObject({ code: 0, stdout: `${linkIn(local.stdout)}\n` });
    expect(local.stderr).toBe('Signs in once, as the key local, within 10 minutes.\n');
    expect(await follow(linkIn(local.stdout))).toMatchObject({ status: 200, body: { key: { name: 'local' } } });

    const remote = await onym(['console', '--url', server.url], { ONYM_SECRET_KEY: secretKey });
    expect(remote.stderr).toContain('as the key ONYM_INITIAL_SECRET_KEY,');
    expect(await follow(linkIn(remote.stdout))).toMatchObject({ body: { key: { name: 'ONYM_INITIAL_SECRET_KEY' } } });
  });

  test('says what is wrong where there is no server, or no secret key', async () => {
    const commands: [args: string[], message: RegExp][] = [
      [['--data-dir', dataDirectory()], /^onym: No server runs on .*`onym serve`/],
      [['--url', server.url], /--url needs a secret key/],
      [['--url', server.url, '--key', 'pk_system_tests'], /needs a secret key \(sk_…\)/],
      [['--url', server.url, '--key', 'sk_wrong'], /unknown or revoked/],
      [['--environment', 'staging'], /unknown option/],
    ];
    const ended = await Promise.all(commands.map(([args]) => onym(['console', ...args])));
    for (const [i, { code, stdout, stderr }] of ended.entries())
      expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(commands[i]![1])]);
  });
});
