import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ended, outputOf } from '../../../../test-support/child-output.ts';
import { python, pythonObstacle } from '../../../../test-support/python.ts';
import { dataDirectory, onym, onymOnTerminal, type Server, secretKey, serve } from '../system/processes.ts';

/** Whoever has a publishable key chooses names; none of them may reach the operator's terminal as a command to it. */

const marks = '\u202e\u2066\u2028\u200f';
const controls = '\u001b[2J\u001b[31m\u0007\u009b2J\u007f\u0000\r\nforged line\t';
/** Ids with control characters are reserved: they are linked to nobody. */
const linked = (name: string) => `${name}${marks}`;
const hostile = (name: string) => `${name}${marks}${controls.replace('\u0000', '')}`;

const unsafe = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;
/** `bold`, and how a progress bar is overwritten. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const own = /\u001b\[(?:1|22)m|\r\u001b\[K|\n/g;

let server: Server;
beforeAll(async () => {
  server = await serve({ variables: { TEST_TERMINAL: 'true', ONYM_LOG_LEVEL: 'info' } });
  const { api, web } = server;
  const properties = { $lib: hostile('lib'), [hostile('key')]: hostile('value') };
  await web.posted('/track', { event: hostile('event'), distinct_id: hostile('id'), properties });
  await web.posted('/track', { event: hostile('event'), distinct_id: linked('user_1'), properties });
  const traits = { [hostile('trait')]: hostile('value') };
  const anonymousId = linked('anonymous-1');
  await web.posted('/identify', { distinct_id: linked('user_1'), anonymous_id: anonymousId, traits, properties });
  await web.posted('/identify', { distinct_id: linked('user_2'), anonymous_id: anonymousId, properties });
  await web.posted('/identify', { distinct_id: linked('user_3'), properties });
  await web.posted('/alias', { distinct_id: linked('user_1'), alias_id: linked('user_3'), properties });
  await web.posted('/alias', { distinct_id: linked('user_1'), alias_id: linked('4711'), properties });
  await api.posted('/v1/separations', { a: linked('apart_1'), b: linked('apart_2') });
});
afterAll(async () => void (await server.stop()));

const here = () => ({ ONYM_DATA_DIR: server.dataDir });

/** On a terminal and piped: what is printed, without the codes that are ours. */
async function shown(args: readonly string[], code: number, order?: 'one by one'): Promise<string> {
  const onTerminal = onymOnTerminal(args, here());
  if (order === 'one by one') await onTerminal;
  const [terminal, piped] = await Promise.all([onTerminal, onym(args, here())]);
  expect({ args, codes: [terminal.code, piped.code], stderr: terminal.stderr }).toEqual({
    args,
    codes: [code, code],
    stderr: expect.anything(),
  });
  const text = (terminal.stdout + terminal.stderr).replace(own, '');
  expect({ args, found: unsafe.exec(text)?.[0] }).toEqual({ args, found: undefined });
  const pipedText = (piped.stdout + piped.stderr).replaceAll('\n', '');
  expect({ args, found: unsafe.exec(pipedText)?.[0] }).toEqual({ args, found: undefined });
  return terminal.stdout + terminal.stderr;
}

describe('every command shows names escaped, on a terminal and in a pipe', () => {
  const user = () => linked('user_1');

  test('reads', async () => {
    await shown(['query', 'SELECT event, distinct_id, properties FROM events'], 0);
    // What fits a terminal of 80 columns.
    const query = await shown(['query', 'SELECT substring(event, 6) AS e FROM events'], 0);
    expect(query).toContain(
      '\\u202e\\u2066\\u2028\\u200f\\u001b[2J\\u001b[31m\\u0007\\u009b2J\\u007f\\r\\nforged line\\t',
    );
    // The name of a column, too.
    expect(await shown(['query', 'SELECT 1 AS `column\u202e`'], 0)).toContain('column\\u202e');
    await shown(['query', `SELECT 1 AS \`${hostile('column')}\``], 2);
    expect(await shown(['lint'], 1)).toContain('lib\\u202e');
    expect(await shown(['review'], 0)).toContain('user_1\\u202e');
    expect(await shown(['resolve', user(), hostile('nobody')], 0)).toContain('nobody\\u202e');
    await shown(['explain', user(), linked('anonymous-1')], 0);
    await shown(['explain', linked('user_2'), linked('anonymous-1')], 1);
    await shown(['explain', linked('apart_1'), linked('apart_2')], 1);
    await shown(['verify'], 0);
  });

  test('changes, and what they would do', async () => {
    await shown(['split', user(), linked('anonymous-1'), '--dry-run'], 0);
    await shown(['separate', user(), linked('other')], 0);
    await shown(['revert', '--batch', hostile('batch'), '--dry-run'], 2);
    await shown(['erase', user(), '--by', 'distinct_id', '--dry-run'], 0);
    await onym(['keys', 'create', hostile('key'), '-e', 'production', '--json'], here());
    expect(await shown(['keys', 'list'], 0)).toContain('key\\u202e');
    await shown(['keys', 'restrict', hostile('key'), '--scopes', 'track'], 0);
    await shown(['keys', 'revoke', hostile('key')], 0);
  });

  test('an import: columns, ids, the file and the batch', async () => {
    const file = join(dataDirectory(), `ids${marks}\u001b[2J.csv`);
    const columns = `"${hostile('new').replaceAll('\n', '')}","${hostile('old').replaceAll('\n', '')}",extra${marks}`;
    writeFileSync(file, `${columns}\n${linked('user_1')},${linked('user_9')},x\n${linked('user_1')},undefined,x\n`);
    const header = hostile('new').replaceAll('\n', '');
    const mapped = ['--primary', header, '--secondary', hostile('old').replaceAll('\n', ''), '--kind', 'alias'];
    const flags = [...mapped, '--batch', hostile('batch')];
    expect(await shown(['import', file, ...flags, '--dry-run'], 1)).toContain('not used: extra\\u202e');
    // One batch is imported by one process at a time.
    await shown(['import', file, ...flags], 1, 'one by one');
  });

  test('errors', async () => {
    await shown(['query', `SELECT '${hostile('x')}`], 2);
    await shown(['query', `SELECT throwIf(1, '${hostile('x')}')`], 2);
    await shown(['resolve', '-e', hostile('nowhere'), 'x'], 2);
    await shown(['resolve', `--${hostile('flag')}`, 'x'], 2);
    await shown([hostile('command')], 2);
    await shown(['lint', '--rule', hostile('rule')], 2);
    await shown(['import', hostile('file')], 2);
    await shown(['resolve', 'x', '--url', hostile('http://'), '--key', 'sk_x'], 2);
    await shown(['resolve', 'x', '--data-dir', `/nowhere/${hostile('directory')}`], 2);
    await shown(['serve', '--data-dir', `/proc/${hostile('directory')}`], 2);
    await shown(['keys', 'revoke', hostile('unknown')], 2);
  });
});

describe('rows in a format', () => {
  const events: readonly (readonly string[])[] = [
    ['query', '--json', 'SELECT event, distinct_id FROM events'],
    ['query', '--format', 'ndjson', 'SELECT event, distinct_id FROM events'],
    ['query', '--format', 'csv', 'SELECT event, distinct_id FROM events'],
    ['export', 'events'],
    ['export', 'events', '--format', 'csv'],
    ['export', 'identities', '--format', 'csv'],
    ['export-person', '--by', 'distinct_id', linked('user_1')],
    ['lint', '--json'],
    ['review', '--json'],
    ['explain', '--json', linked('user_1'), linked('anonymous-1')],
    ['resolve', '--json', hostile('nobody')],
    ['keys', 'list', '--json'],
  ];

  test.each(events)('%s %s: escaped on a terminal', async (...args) => {
    const { stdout } = await onymOnTerminal(args, here());
    expect(stdout.length).toBeGreaterThan(10);
    expect(unsafe.exec(stdout.replaceAll('\n', ''))?.[0]).toBe(undefined);
  });

  test('JSON is the same value on a terminal; in a pipe all is as the server made it', async () => {
    const sql = 'SELECT event FROM events ORDER BY distinct_id';
    const [json, onTerminal, csv, resolved] = await Promise.all([
      onym(['query', '--json', sql], here()),
      onymOnTerminal(['query', '--json', sql], here()),
      onym(['query', '--format', 'csv', sql], here()),
      onymOnTerminal(['resolve', '--json', hostile('nobody')], here()),
    ]);
    const names = [{ event: hostile('event') }, { event: hostile('event') }];
    expect(JSON.parse(json.stdout).data).toEqual(names);
    expect(JSON.parse(onTerminal.stdout).data).toEqual(names);
    const name = `"${hostile('event')}"\n`;
    expect(csv.stdout).toBe(`"event"\n${name}${name}`);
    expect(Object.keys(JSON.parse(resolved.stdout).identities)).toEqual([hostile('nobody')]);
    const sent = await server.api.request('POST', '/v1/query', { body: { sql, format: 'csv' } });
    expect(csv.stdout).toBe(sent.text);
  });

  test('Parquet is not for a terminal', async () => {
    const { code, stdout, stderr } = await onymOnTerminal(['export', 'events', '--format', 'parquet'], here());
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('--output')]);
  });
});

test('the log that a person watches', async () => {
  await onym(['keys', 'create', linked('watched'), '--secret', '-e', 'production'], here());
  const { status } = await server.api.get('/v1/ledger');
  expect(status).toBe(200);
  expect(unsafe.exec(server.output().replace(own, ''))?.[0]).toBe(undefined);
});

const obstacle = pythonObstacle();
const entry = fileURLToPath(new URL('../system/onym-child.ts', import.meta.url));

test.skipIf(obstacle !== null)('on a real terminal', async () => {
  const script = 'import pty, sys; pty.spawn(sys.argv[1:])';
  const command = [process.execPath, '--conditions=onym-source', '--import', 'tsx', entry, 'query', '--format', 'csv'];
  const child = spawn(python, ['-c', script, ...command, 'SELECT event FROM events'], {
    env: { ...process.env, ONYM_URL: server.url, ONYM_SECRET_KEY: secretKey },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const { stdout }: Ended = await outputOf(child).ended;
  child.stdin.end();
  expect(stdout).toContain('event\\u202e');
  // The terminal itself puts a carriage return before each newline.
  expect(unsafe.exec(stdout.replaceAll('\r\n', ''))?.[0]).toBe(undefined);
});
