import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataDirectory, onym, type Server, serve } from '../system/processes.ts';

/** `onym lint` as a step of CI: what it prints, and with which code it ends. */

let server: Server;
beforeAll(async () => {
  server = await serve();
  await server.api.posted('/identify', { distinct_id: 'user_1', anonymous_id: 'anonymous-1' });
  await server.api.posted('/alias', { distinct_id: 'user_1', alias_id: 'stripe:1' });
  const mistake = { environment: 'staging', properties: { $lib: 'shop-web' } };
  await server.api.posted('/identify', { ...mistake, distinct_id: 'user_1' });
  await server.api.posted('/alias', { ...mistake, distinct_id: 'user_1', alias_id: 'anonymous-1' });
  await server.api.posted('/alias', { ...mistake, distinct_id: 'user_1', alias_id: '4711' });
});
afterAll(async () => {
  await server.stop();
});

/** Expects the exit code and returns what was printed. */
async function lint(code: number, ...args: string[]): Promise<string> {
  const ended = await onym(['lint', ...args], { ONYM_DATA_DIR: server.dataDir });
  expect({ args, code: ended.code, stderr: ended.stderr }).toEqual({ args, code, stderr: '' });
  return ended.stdout;
}

test('ends with 0 when there is no finding', async () => {
  expect(await lint(0)).toBe('production: no finding.\n');
  expect(JSON.parse(await lint(0, '--json'))).toEqual({ findings: [], unexamined: 0 });
});

test('ends with 1 when there are some, and shows where and what to do', async () => {
  const text = await lint(1, '-e', 'staging');
  const [header, first, second] = text.split('\n').map((line) => line.split(/ {2,}/));
  expect(header).toEqual(['rule', 'count', 'first', 'last', 'key', 'lib']);
  expect([first![0], first![1], first![5]]).toEqual(['alias-at-login', '1', 'shop-web']);
  expect([second![0], second![1], second![5]]).toEqual(['missing-prefix', '1', 'shop-web']);
  expect(text).toContain(
    'Instead: At login and sign-up: POST /identify {"distinct_id":"user_1","anonymous_id":"anonymous-1"}',
  );
  expect(text).toContain('distinct_id="user_1" alias_id="4711"');
  const { findings } = JSON.parse(await lint(1, '-e', 'staging', '--json'));
  expect(findings).toMatchObject([{ rule: 'alias-at-login' }, { rule: 'missing-prefix' }]);
});

test('can be narrowed to rules and to a time', async () => {
  const [narrow, none, shown, recent, later] = await Promise.all([
    lint(1, '-e', 'staging', '--rule', 'missing-prefix,clock-skew', '--json'),
    lint(0, '-e', 'staging', '--rule', 'clock-skew'),
    lint(0, '-e', 'staging', '--fail-on', 'clock-skew'),
    lint(1, '-e', 'staging', '--since', '1d'),
    lint(0, '-e', 'staging', '--since', new Date(Date.now() + 3_600_000).toISOString()),
  ]);
  expect(JSON.parse(narrow).findings).toMatchObject([{ rule: 'missing-prefix' }]);
  expect(none).toBe('staging: no finding.\n');
  expect(shown).toContain('alias-at-login');
  expect(recent).toContain('missing-prefix');
  expect(later).toBe('staging: no finding.\n');
});

test('ends with 2 when it could not ask', async () => {
  const refused = async (...args: string[]) => {
    const { code, stdout, stderr } = await onym(['lint', ...args], { ONYM_DATA_DIR: server.dataDir });
    expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' });
    return stderr;
  };
  const [rule, time, environment, url, data] = await Promise.all([
    refused('--rule', 'nonsense'),
    refused('--since', 'yesterday'),
    refused('-e', 'nowhere'),
    refused('--url', 'http://127.0.0.1:1', '--key', 'sk_none'),
    refused('--data-dir', dataDirectory()),
  ]);
  expect(rule).toContain('There is no rule nonsense.');
  expect(time).toContain('since is not a moment');
  expect(environment).toContain('nowhere');
  expect(url).toContain('No server answers');
  expect(data).toContain('There is no Onym data');
});
