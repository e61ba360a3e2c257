import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataDirectory, onym, type Server, secretKey, serve, startOnym } from '../system/processes.ts';

/** What is typed wrongly is told in one line, with exit code 2, and nothing of it is dropped in silence. */

let server: Server;
let file: string;
beforeAll(async () => {
  server = await serve();
  file = join(dataDirectory(), 'ids.csv');
  writeFileSync(file, 'distinct_id,alias_id\na,b\n');
});
afterAll(async () => void (await server.stop()));

const sql = 'SELECT 1';

const wrong: Record<string, readonly (readonly [args: readonly string[], said: string])[]> = {
  'a flag that there is not': [
    [['erase', 'a', '--by', 'distinct_id', '--fly'], "unknown option '--fly'"],
    ...['query', 'lint', 'review', 'export', 'import', 'split', 'demo', 'serve', 'verify', 'revert'].map(
      (command) => [[command, '--fly'], "unknown option '--fly'"] as const,
    ),
    [['keys', 'list', '--fly'], "unknown option '--fly'"],
    [['query', '--fromat', 'csv', sql], 'Did you mean --format?'],
    [['query', '--json=yes', sql], "unknown option '--json=yes'"],
    [['resolve', '--dry-run', 'a'], "unknown option '--dry-run'"],
    [['nothing'], "unknown command 'nothing'"],
    [['keys', 'nothing'], "unknown command 'nothing'"],
  ],
  'an argument too many, or too few': [
    [['query', sql, 'more'], 'too many arguments'],
    [['verify', 'more'], 'too many arguments'],
    [['serve', 'more'], 'too many arguments'],
    [['split', 'a', 'b', 'c'], 'too many arguments'],
    [['query'], 'What is asked?'],
    [['explain', 'a'], "missing required argument 'b'"],
    [['erase', 'a'], 'Say with --by what the id is'],
  ],
  'a value that is missing': [
    [['query', '--format'], 'argument missing'],
    [['query', '-e', '--json', sql], "option '-e, --environment <name>' argument missing"],
    [['query', '-e', '', sql], 'argument missing'],
    [['query', '--environment=', sql], 'argument missing'],
    [['export', 'links', '--output', '--json'], "option '-o, --output <file>' argument missing"],
    [['export', 'links', '-o', '--fromat', 'csv'], 'too many arguments'],
    [['export', 'links', '-o', ''], 'argument missing'],
    [['revert', '--batch', '', '--dry-run'], 'argument missing'],
    [['import', 'ids.csv', '--trait', ''], 'argument missing'],
    [['serve', '--data-dir', ''], "option '--data-dir <value>' argument missing"],
    [['serve', '--host', ''], 'argument missing'],
  ],
  'a value of the wrong kind': [
    [['query', '--format', 'xml', sql], 'Allowed choices are table, markdown, json, ndjson, csv, parquet, arrow'],
    [['export', 'people'], 'Allowed choices are links, identities, identifiers, separations, events'],
    [['import', 'ids.csv', '--kind', 'page'], 'Allowed choices are alias, identify, event'],
    [['import', 'ids.csv', '--delimiter', ';;'], 'delimiter'],
    [['review', '--limit', '-5'], 'Give a number from 1 to 1000.'],
    [['review', '--limit', '1.5'], 'Give a number from 1 to 1000.'],
    [['review', '--limit', 'all'], 'Give a number from 1 to 1000.'],
    [['split', 'abc'], '"abc" is not the number of a link. Give one, or the two identifiers'],
    [['dead-letters', 'replay', 'abc'], '"abc" is no id of the list.'],
    [['dead-letters', '--limit', '0'], 'Give a number from 1 to 1000.'],
    [['dead-letters', '--call', 'page'], 'Allowed choices are track, identify, alias, unknown'],
    [['approve', 'abc'], '"abc" is not the number of a link.'],
    [['lint', '--since', 'yesterday'], 'since is not a moment'],
    [['lint', '--rule', 'all'], 'There is no rule all.'],
    [['resolve', '--as-of', 'yesterday', 'a'], 'as_of is not a moment'],
    [['serve', '--port', 'http'], 'ONYM_PORT is "http"'],
    [['demo', '--port', '99999'], 'Give a number from 0 to 65535.'],
    [['query', '-e', 'nowhere', sql], 'There is no environment "nowhere"'],
    [['query', '--url', 'ftp://localhost', '--key', 'sk_x', sql], 'is no address'],
    [['export', 'links', '--url', 'nowhere', '--key', 'sk_x'], 'is no address'],
  ],
  'what would have no effect': [
    [['query', '--key', 'sk_x', sql], '--key is of use with --url alone'],
    [['query', '--url', 'http://x', '--key', 'sk_x', '--data-dir', '/x', sql], '--url and --data-dir name two servers'],
    [['query', '--json', '--format', 'csv', sql], '--json and --format csv'],
    [['query', '--excel-safe', sql], '--excel-safe'],
    [['export', 'links', '--json', '--format', 'csv'], '--json and csv'],
    [['dead-letters', 'replay'], 'Give either ids, or --all.'],
    [['dead-letters', 'discard', '1', '--all'], 'Give either ids, or --all.'],
    [['dead-letters', 'discard', '1', '--sent-by', 'x'], 'go with --all'],
    [['quarantine', 'discard'], 'Give either ids, or --all.'],
    [['revert'], 'Give either --batch, or --by with --from and --to.'],
    [['revert', '--by', 'key'], 'Give either --batch'],
    [['revert', '--batch', 'b', '--from', '2026-01-01'], 'Give either --batch'],
  ],
};

describe.each(Object.entries(wrong))('%s', (_, lines) => {
  test.each(lines)('%j', async (args, said) => {
    const line = args.map((arg) => (arg === 'ids.csv' ? file : arg));
    const variables = args[0] === 'serve' || args.includes('--url') ? {} : { ONYM_DATA_DIR: server.dataDir };
    const { code, stdout, stderr } = await onym(line, variables);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(said) });
    expect(stderr).toMatch(/^onym: [^\n]+\n$/);
  });
});

test('a variable that is empty is not set', async () => {
  const empty = { ONYM_URL: '', ONYM_SECRET_KEY: '' };
  expect(await onym(['resolve', 'a'], { ...empty, ONYM_DATA_DIR: server.dataDir })).toMatchObject({ code: 0 });
  expect(await onym(['resolve', 'a'], { ...empty, ONYM_DATA_DIR: '' })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('onym-data'),
  });
});

test('a key in a variable is for clients too: it is used where there is --url', async () => {
  const variables = { ONYM_SECRET_KEY: secretKey, ONYM_DATA_DIR: server.dataDir };
  expect((await onym(['resolve', 'a'], variables)).code).toBe(0);
  expect((await onym(['resolve', 'a', '--url', server.url], { ONYM_SECRET_KEY: secretKey })).code).toBe(0);
});

test('a file that can not be written is told, and nothing is left; a device is written to', async () => {
  const folder = dataDirectory();
  const run = (...args: string[]) => onym(['export', 'links', ...args], { ONYM_DATA_DIR: server.dataDir });
  for (const output of [join(folder, 'nowhere', 'x'), folder]) {
    const { code, stderr } = await run('-o', output);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^onym: .* can not be written: [^\n]*\n$/)]);
  }
  expect(readdirSync(folder)).toEqual([]);
  expect((await run('-o', '/dev/null')).code).toBe(0);
  expect(existsSync('/dev/null.part')).toBe(false);
});

test('who reads may have had enough', async () => {
  const rows = ['query', '--format', 'csv', 'SELECT number FROM numbers(900000)'];
  const { child, ended } = startOnym(rows, { ONYM_DATA_DIR: server.dataDir });
  child.stdout!.destroy();
  expect(await ended).toMatchObject({ code: 0, stderr: '' });
});
