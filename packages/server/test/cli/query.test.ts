import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import zlib from 'node:zlib';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { listening } from '../../../../test-support/listening.ts';
import { fittedTable } from '../../src/cli/terminal-table.ts';
import { dataDirectory, onym, onymOnTerminal, type Server, secretKey, serve, startOnym } from '../system/processes.ts';

let server: Server;
beforeAll(async () => {
  server = await serve();
  await fetch(`${server.url}/track`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}` },
    body: `[{"event":"a","distinct_id":"it's","properties":{"url":"https://example.com/a/b","n":9007199254740993}},
      {"event":"b","distinct_id":"bob","properties":{"text":"x|y\\nz"}}]`,
  });
});
afterAll(async () => void (await server.stop()));

const here = () => ({ ONYM_DATA_DIR: server.dataDir });
// biome-ignore lint/suspicious/noControlCharactersInRegex: the codes that make a header bold
const bold = /\u001b\[\d+m/g;
const sql = 'SELECT event FROM events WHERE distinct_id = {id:String}';

async function printed(args: readonly string[], input?: string): Promise<string> {
  const ended = await onym(['query', ...args], here(), input === undefined ? {} : { input });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  return ended.stdout;
}

async function refused(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await onym(['query', ...args], here());
  expect([args, code, stdout]).toEqual([args, 2, '']);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  return stderr;
}

describe('a statement', () => {
  test('comes as it is typed, from a file, or from standard input, with its parameters', async () => {
    const file = join(dataDirectory(), 'one.sql');
    writeFileSync(file, `-- whose events\n${sql};\n`);
    const asked = await Promise.all([
      printed([sql, '--param', "id=it's", '--format', 'csv']),
      printed(['-f', file, '--param', "id=it's", '--format', 'csv']),
      printed(['-', '--param', "id=it's", '--format', 'csv'], sql),
      printed(['-f', '-', '--param', 'id:="it\'s"', '--format', 'csv'], sql),
    ]);
    expect(new Set(asked)).toEqual(new Set(['"event"\n"a"\n']));
    const lists =
      'SELECT count() AS n, {none:Nullable(String)} AS none FROM events WHERE event IN {names:Array(String)}';
    expect(await printed([lists, '--param', 'names:=["a","c"]', '--param', 'none:=null', '--format', 'ndjson'])).toBe(
      '{"n":1,"none":null}\n',
    );
  });

  test('and all else is an error of one line', async () => {
    const messages = await Promise.all([
      refused([]),
      refused([sql, '-f', 'x.sql']),
      refused(['-f', '/nowhere.sql']),
      refused([sql]),
      refused([sql, '--param', 'id']),
      refused([sql, '--param', 'id:=x']),
      refused([sql, '--param', 'id=x', '--param', 'id=y']),
      refused([sql, '--param', 'id=x', '--param', 'ids=y']),
      refused(['SELECT {n:UInt8}', '--param', 'n=256']),
    ]);
    const expected = [
      'What is asked?',
      'both given',
      '/nowhere.sql can not be read',
      'params does not hold',
      'is not name=value',
      'is no JSON',
      'given twice',
      'does not use the parameter "ids"',
      'is no UInt8',
    ];
    for (const [index, message] of messages.entries()) expect(message).toContain(expected[index]!);
  });
});

describe('rows', () => {
  test('have slashes and integers as they were sent, in every form', async () => {
    const rows = `SELECT properties.url::String AS url, properties.n AS n FROM events WHERE event = 'a'`;
    const forms = await Promise.all(
      ['json', 'ndjson', 'csv', 'markdown', 'table'].map((format) => printed([rows, '--format', format])),
    );
    for (const form of forms) {
      expect(form).toContain('https://example.com/a/b');
      expect(form).toContain('9007199254740993');
    }
    expect(forms[3]).toBe('| url | n |\n|---|---|\n| https://example.com/a/b | 9007199254740993 |\n');
    expect(
      await printed([`SELECT properties.text::String AS t FROM events WHERE event = 'b'`, '--format', 'markdown']),
    ).toBe('| t |\n|---|\n| x\\|y\\nz |\n');
  });

  test('go to a file in the form of its name, compressed where it says so', async () => {
    const directory = dataDirectory();
    const to = (name: string, ...more: string[]) =>
      printed(['SELECT event FROM events ORDER BY event', '-o', join(directory, name), ...more]);
    const said = await Promise.all(
      ['a.csv', 'a.ndjson', 'a.jsonl', 'a.json', 'a.md', 'a.parquet', 'a.arrow', 'a.txt', 'a.csv.gz'].map((name) =>
        to(name),
      ),
    );
    expect(said.join('')).toBe('');
    await to('forced.txt', '--format', 'csv');
    const file = (name: string) => readFileSync(join(directory, name));
    expect(file('a.csv').toString()).toBe('"event"\n"a"\n"b"\n');
    expect(file('forced.txt')).toEqual(file('a.csv'));
    expect(file('a.jsonl').toString()).toBe('{"event":"a"}\n{"event":"b"}\n');
    expect(file('a.ndjson')).toEqual(file('a.jsonl'));
    expect(JSON.parse(file('a.json').toString()).data).toEqual([{ event: 'a' }, { event: 'b' }]);
    expect(file('a.md').toString()).toBe('| event |\n|---|\n| a |\n| b |\n');
    expect(file('a.parquet').subarray(0, 4).toString()).toBe('PAR1');
    expect(file('a.arrow').length).toBeGreaterThan(100);
    expect(file('a.txt').toString()).toBe('event\na\nb\n(2 rows)\n');
    expect(zlib.gunzipSync(file('a.csv.gz'))).toEqual(file('a.csv'));
    const { zstdDecompressSync } = zlib as { zstdDecompressSync?: (bytes: Buffer) => Buffer };
    if (zstdDecompressSync === undefined) {
      expect(await refused(['SELECT 1', '-o', join(directory, 'a.csv.zst')])).toContain('.gz');
    } else {
      await to('a.csv.zst');
      expect(zstdDecompressSync(file('a.csv.zst'))).toEqual(file('a.csv'));
    }
    expect(readdirSync(directory).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('that are bytes are nothing for a terminal', async () => {
    const { code, stderr } = await onymOnTerminal(['query', '--format', 'arrow', 'SELECT 1'], here());
    expect([code, stderr]).toEqual([2, expect.stringContaining('arrow is nothing for a terminal')]);
  });

  test('fit a terminal, and are whole in a pipe', async () => {
    const wide = `SELECT repeat('x', 200) AS wide, 'narrow' AS narrow FROM numbers(2)`;
    const onTerminal = await onymOnTerminal(['query', wide], here());
    const lines = onTerminal.stdout.replaceAll(bold, '').trimEnd().split('\n');
    expect(lines).toEqual([
      expect.stringMatching(/^wide +narrow$/),
      `${'x'.repeat(71)}…  narrow`,
      `${'x'.repeat(71)}…  narrow`,
      '(2 rows)',
    ]);
    expect(await printed([wide])).toContain(`${'x'.repeat(200)}  narrow`);
  });
});

describe('a table of a terminal', () => {
  test.each([20, 40, 79, 80, 200])('of %i columns is never wider', (width) => {
    const header = ['id', 'a longer title', 'c', 'd', 'e'];
    const rows = [
      ['1', 'x'.repeat(60), 'y'.repeat(30), 'short', 'z'.repeat(9)],
      ['2', '👍'.repeat(40), '', 'short', 'z'],
    ];
    const text = fittedTable(header, rows, width);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
    expect(text).toContain('short');
    expect(Buffer.from(text).toString()).toBe(text);
  });

  test('becomes a block a row where there are too many columns', () => {
    const header = Array.from({ length: 30 }, (_, index) => `column ${index}`);
    const lines = fittedTable(header, [header, header], 60).split('\n');
    expect(lines.slice(0, 3)).toEqual(['row 1', 'column 0   column 0', 'column 1   column 1']);
    expect(lines).toHaveLength(2 * 31 + 1);
  });
});

describe('who has had enough', () => {
  test('ends it without a word, as head does', async () => {
    const { child, ended } = startOnym(['query', '--format', 'csv', 'SELECT number FROM numbers(900000)'], here());
    child.stdout!.once('data', () => child.stdout!.destroy());
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('with Ctrl-C finds no part of a file', async () => {
    const slow = createServer((call, answer) => {
      call.resume();
      answer.writeHead(200, { 'content-type': 'text/csv' });
      answer.write('"a"\n');
    });
    onTestFinished(() => {
      slow.closeAllConnections();
      slow.close();
    });
    const port = await listening(slow);
    const directory = dataDirectory();
    const file = join(directory, 'rows.csv');
    const { child, ended } = startOnym([
      'query',
      'SELECT 1',
      '-o',
      file,
      '--url',
      `http://127.0.0.1:${port}`,
      '--key',
      secretKey,
    ]);
    let isGone = false;
    void ended.then(() => {
      isGone = true;
    });
    while (!isGone && !readdirSync(directory).includes('rows.csv.part')) await sleep(10);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 2, stdout: '', stderr: `onym: Interrupted: ${file} was not written.\n` });
    expect(readdirSync(directory)).toEqual([]);
  });
});

test('onym schema shows what there is, in a table and as JSON', async () => {
  const { stdout } = await onym(['schema'], here());
  for (const part of [
    'events: one row an event',
    'properties.url::Nullable(String)',
    'https://example.com/a/b',
    'Events of the newest 2',
  ])
    expect(stdout).toContain(part);
  const schema = JSON.parse((await onym(['schema', '--json'], here())).stdout);
  expect(schema).toMatchObject({
    properties: { sampled: 2, keys: [{ key: 'n', count: 1 }, { key: 'text' }, { key: 'url' }] },
  });
  expect(await server.api.got('/v1/schema?environment=production')).toEqual(schema);
});

test('metrics count queries by what became of them', async () => {
  const response = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${secretKey}` } });
  const text = await response.text();
  expect(text).toMatch(/^onym_queries_total\{outcome="done"\} [1-9]/m);
  expect(text).toMatch(/^onym_queries_total\{outcome="invalid-payload"\} [1-9]/m);
  expect(text).toMatch(/^onym_queries_waiting 0$/m);
  expect(text).toMatch(/^onym_queries_running 0$/m);
});
