import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { limits } from '../../src/limits.ts';
import { dataDirectory, onym, type Server, secretKey, serve } from './processes.ts';

/** What failed, or was not waited for, is in nobody's next answer: over HTTP, for every key, and for the command line beside the server. */

let server: Server;

beforeAll(async () => {
  server = await serve();
  await server.api.posted('/identify', { distinct_id: 'user_1', anonymous_id: 'anonymous-1', traits: { plan: 'pro' } });
  await server.api.posted('/alias', { distinct_id: 'user_1', alias_id: 'stripe:1' });
  await server.api.posted('/track', [
    { event: 'a', distinct_id: 'anonymous-1', properties: { n: 1 } },
    { event: 'b', distinct_id: 'user_1' },
  ]);
});
afterAll(() => server.stop());

const formats = ['json', 'ndjson', 'csv', 'parquet', 'arrow'] as const;
type Format = (typeof formats)[number];

async function ask(sql: string, format: Format): Promise<{ status: number; body: string }> {
  const response = await fetch(`${server.url}/v1/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ sql, format }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  if (response.status === 200) expect(response.headers.get('content-length')).toBe(String(bytes.length));
  const body = bytes.toString('latin1');
  return { status: response.status, body: format === 'json' ? body.replace(/"elapsed": [^,]*/, '') : body };
}

/** Asks, and leaves without a word after so many bytes of the answer; -1: before any. */
function leave(sql: string, format: Format, afterBytes: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify({ sql, format });
    const call = request(`${server.url}/v1/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
    });
    const go = () => {
      call.destroy();
      resolve();
    };
    call.once('error', (error) => (call.destroyed ? resolve() : reject(error)));
    call.once('response', (response) => {
      let read = 0;
      response.on('error', () => undefined);
      response.on('data', (chunk: Buffer) => {
        read += chunk.length;
        if (read > afterBytes) go();
      });
    });
    call.end(body);
    if (afterBytes < 0) setTimeout(go, 100);
  });
}

const one = 'SELECT 1 AS one';
const failures = {
  'too many rows': ['SELECT number FROM numbers(2000000)', 422],
  'a failing cast': [`SELECT toUInt64(if(number = 900000, 'x', toString(number))) AS n FROM numbers(1000000)`, 400],
  throwIf: ['SELECT number, throwIf(number = 900000) AS no FROM numbers(1000000)', 400],
} as const;

describe.each(formats)('in %s', (format) => {
  test('the next answers are what they were', async () => {
    const fresh = await ask(one, format);
    for (const [sql, status] of Object.values(failures)) {
      // Once on each reader, and once more.
      for (let round = 0; round <= limits.concurrentQueriesMax; round++) {
        expect((await ask(sql, format)).status).toBe(status);
        expect(await ask(one, format)).toEqual(fresh);
      }
    }
    await leave(
      'SELECT number FROM numbers(1000000000000) WHERE number < 900000 OR cityHash64(number) = 1',
      format,
      -1,
    );
    await leave(`SELECT number, toString(cityHash64(number)) AS h FROM numbers(900000)`, format, 300_000);
    const answers = await Promise.all(Array.from({ length: 3 * limits.concurrentQueriesMax }, () => ask(one, format)));
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set([fresh.body]));
  });
});

test('the command line reads its own rows, and verify finds all as it is, while others fail', async () => {
  const failing = Array.from({ length: 12 }, (_, index) =>
    ask(failures[index % 2 === 0 ? 'too many rows' : 'throwIf'][0], formats[index % formats.length]!),
  );
  const variables = { ONYM_DATA_DIR: server.dataDir };
  const [rows, verified, exported] = await Promise.all([
    onym(['query', '--format', 'csv', 'SELECT event, distinct_id FROM events ORDER BY event'], variables),
    onym(['verify'], variables),
    onym(['export', 'identifiers', '--format', 'csv'], variables),
  ]);
  await Promise.all(failing);
  expect(rows).toMatchObject({
    code: 0,
    stderr: '',
    stdout: '"event","distinct_id"\n"a","anonymous-1"\n"b","user_1"\n',
  });
  expect(verified).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('agree with the ledger') });
  expect(exported).toMatchObject({ code: 0, stderr: '' });
  expect(exported.stdout.split('\n').filter((line) => line !== '')).toHaveLength(4);
  const timeline = await server.api.got('/v1/identities/stripe:1/events');
  expect(timeline.events.map(({ event }: { event: string }) => event)).toEqual(['b', 'a']);
});

test('the command line says so when an answer breaks off, and keeps no part of it', async () => {
  const breaking = createServer((call, answer) => {
    call.resume();
    answer.writeHead(200, { 'content-type': 'application/x-ndjson' });
    answer.write('{"a":1}\n'.repeat(100), () => answer.destroy());
  });
  await once(breaking.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void breaking.close());
  const { port } = breaking.address() as AddressInfo;
  const at = ['--url', `http://127.0.0.1:${port}`, '--key', secretKey];
  const directory = dataDirectory();
  for (const args of [
    ['query', 'SELECT 1', ...at],
    ['export', 'events', ...at],
    ['export', 'events', '--output', join(directory, 'events.ndjson'), ...at],
  ]) {
    const { code, stderr } = await onym(args);
    expect([args, code]).toEqual([args, 2]);
    expect(stderr).toContain('The answer broke off before its end');
    expect(stderr).not.toContain('\n    at ');
  }
  expect(readdirSync(directory)).toEqual([]);
});

test('a statement that is too long has one answer, whatever else is wrong with it', async () => {
  for (const sql of [`SELECT '${'x'.repeat(limits.sqlBytesMax)}'`, `DROP ${'é'.repeat(limits.sqlBytesMax / 2)}`]) {
    const { status, body } = await ask(sql, 'csv');
    expect([status, JSON.parse(body)]).toEqual([
      413,
      {
        ok: false,
        error_code: 'payload-too-large',
        message: 'The statement is longer than 65536 bytes. Shorten it, or send long values as params.',
      },
    ]);
  }
});
