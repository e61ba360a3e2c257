import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataDirectory, onym, type Server, secretKey, serve } from '../system/processes.ts';

/** One server, asked over HTTP and by the command line. Each test has ids of its own. */

// biome-ignore lint/suspicious/noExplicitAny: answers of the wire
type Json = any;

let server: Server;
const files = dataDirectory();

beforeAll(async () => {
  server = await serve();
});
afterAll(() => server.stop());

interface Answer {
  readonly status: number;
  readonly body: Json;
}

async function send(
  body: string | Buffer,
  query: Record<string, string | string[]>,
  type = 'text/csv',
): Promise<Answer> {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) for (const one of [value].flat()) parameters.append(name, one);
  const response = await fetch(`${server.url}/v1/import?${parameters}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': type, accept: 'application/json' },
    body,
  });
  return { status: response.status, body: await response.json() };
}

async function exported(what: string, format: string): Promise<Buffer> {
  const url = `${server.url}/v1/export/${what}?format=${format}`;
  const response = await fetch(url, { headers: { authorization: `Bearer ${secretKey}` } });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

const counts = (rest: object) => ({ applied: 0, unchanged: 0, refused: 0, held: 0, invalid: 0, ...rest });

describe('POST /v1/import', () => {
  test('alias pairs: bad rows are kept with line and reason, their neighbours are applied', async () => {
    const text = '\uFEFFold_id,new_id\r\n1,pair_1\r\n2,null\r\n3\r\n"4","pair_4"\r\n5,\r\n1,pair_1\r\n';
    const { status, body } = await send(text, { batch: 'pairs', secondary_prefix: 'legacy:' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ok: true,
      rows: 6,
      counts: counts({ applied: 2, unchanged: 1, invalid: 3 }),
      warnings: [],
    });
    expect(body.rejected.map(({ line, error_code }: Json) => [line, error_code])).toEqual([
      [3, 'reserved-distinct-id'],
      [4, 'malformed-row'],
      [6, 'invalid-payload'],
    ]);
    const { identities } = await server.api.posted('/v1/resolve', {
      distinct_ids: ['legacy:1', 'legacy:4', 'legacy:2'],
    });
    expect(identities['legacy:1'].canonical_id).toBe('pair_1');
    expect(identities['legacy:4'].canonical_id).toBe('pair_4');
    expect(identities['legacy:2'].canonical_id).toBe('legacy:2');
  });

  test('a dry run answers what the import then answers, and writes nothing', async () => {
    const rows = Array.from({ length: 1_200 }, (_, i) => `dry_${i % 300},dry-old:${i % 700}`).join('\n');
    const text = `distinct_id,alias_id\n${rows}\n`;
    const before = await exported('links', 'ndjson');
    const dry = await send(text, { batch: 'dry', dry_run: 'true' });
    expect(await exported('links', 'ndjson')).toEqual(before);
    const real = await send(text, { batch: 'dry' });
    for (const key of ['rows', 'counts', 'reasons', 'largest_identities', 'rejected']) {
      expect(real.body[key], key).toEqual(dry.body[key]);
    }
    expect(dry.body.counts.applied).toBeGreaterThan(300);
    expect(dry.body.largest_identities[0].identifiers).toBeGreaterThan(3);
  });

  test('refused and held rows are listed with their reasons', async () => {
    await server.api.posted('/v1/separations', { a: 'kept_1', b: 'apart_1' });
    const { body } = await send('distinct_id,alias_id\nkept_1,apart_1\nkept_1,other_1\n', { batch: 'kept' });
    expect(body.counts).toEqual(counts({ applied: 1, refused: 1 }));
    expect(body.rejected).toMatchObject([
      { line: 2, verdict: 'refused', error_code: 'separated', row: { alias_id: 'apart_1' } },
    ]);
  });

  test('identify rows: trait columns, types, JSON, gzip', async () => {
    const text = 'user_id,plan,seats,traits\nperson_1,pro,12,"{""city"":""Ulm""}"\nperson_2,free,many,\n';
    const query = { kind: 'identify', trait: ['plan', 'seats=chairs:number'], batch: 'people' };
    const { body } = await send(gzipSync(text), query);
    expect(body.counts).toEqual(counts({ applied: 1, invalid: 1 }));
    const person = await server.api.got('/v1/identities/person_1?by=distinct_id');
    expect(person.traits).toEqual({ plan: 'pro', chairs: 12, city: 'Ulm' });
  });

  test('events of NDJSON: once each, in this batch and with uuids of their own', async () => {
    const own = '11111111-2222-4333-8444-555555555555';
    const text = [
      '{"event":"visit","distinct_id":"reader_1","anonymous_id":"anonymous-1","timestamp":"2026-11-01T00:00:00Z","properties":{"n":null}}',
      `{"event":"visit","distinct_id":"reader_1","uuid":"${own}","timestamp":1700000000}`,
      `{"event":"visit","distinct_id":"reader_1","uuid":"${own}","timestamp":1700000000}`,
      '{"distinct_id":"reader_1"}',
      '{"event":"cut',
    ].join('\n');
    const dry = await send(text, { batch: 'events', dry_run: 'true' }, 'application/x-ndjson');
    const { body } = await send(text, { batch: 'events' }, 'application/x-ndjson');
    expect(body.counts).toEqual(counts({ applied: 2, unchanged: 1, invalid: 2 }));
    expect(dry.body.counts).toEqual(body.counts);
    expect(body.links).toEqual({ applied: 1 });
    expect(body.warnings).toHaveLength(1);
    const { data } = await server.api.posted('/v1/query', {
      sql: "SELECT count() AS n FROM events WHERE distinct_id = 'reader_1'",
    });
    expect(data).toEqual([{ n: 2 }]);
    const again = await send(text, { batch: 'events' }, 'application/x-ndjson');
    expect(again.body).toMatchObject({ finished_before: true, counts: body.counts });
  });

  test('another file, or other columns, under a name that is taken', async () => {
    const text = 'distinct_id,alias_id\ntaken_1,taken_2\n';
    await send(text, { batch: 'taken' });
    const other = await send(`${text}taken_3,taken_4\n`, { batch: 'taken' });
    expect([other.status, other.body.error_code]).toEqual([409, 'batch-conflict']);
    const turned = await send(text, { batch: 'taken', primary: 'alias_id', secondary: 'distinct_id' });
    expect([turned.status, turned.body.error_code]).toEqual([409, 'batch-conflict']);
  });

  test('after a revert the same file is imported anew', async () => {
    const text = 'distinct_id,alias_id\nback_1,back_2\n';
    await send(text, { batch: 'back' });
    await server.api.posted('/v1/revert', { batch: 'back' });
    const { body } = await send(text, { batch: 'back' });
    expect(body).toMatchObject({ finished_before: false, counts: counts({ applied: 1 }) });
  });

  test.each([
    ['an empty file', '', 'The file is empty'],
    ['a header alone', 'distinct_id,alias_id\n', 'no row that can be read'],
    ['unknown columns', 'a,b\n1,2\n', 'do not tell what the rows are'],
    ['a workbook', Buffer.from('PK\u0003\u0004 [Content_Types].xml xl/workbook.xml'), 'Excel'],
    ['events without a time', 'event,distinct_id\nvisit,u1\n', '--timestamp now'],
    ['a gzip cut off', gzipSync('distinct_id,alias_id\n1,2\n').subarray(0, 30), 'gzip'],
  ])('%s: a clear message, nothing applied', async (_, text, message) => {
    const { status, body } = await send(text as string, {});
    expect(status).toBe(400);
    expect(body.message).toContain(message);
  });

  test('a Parquet file cut off, and a column that is not there', async () => {
    const cut = (await exported('links', 'parquet')).subarray(0, -20);
    const parquet = await send(cut, {}, 'application/vnd.apache.parquet');
    expect([parquet.status, parquet.body.message]).toEqual([400, expect.stringContaining('can not be read')]);
    const column = await send('distinct_id,alias_id\n1,2\n', { primary: 'nope' });
    expect(column.body.message).toContain('There is no column "nope"');
  });

  test('a publishable key may not import', async () => {
    const response = await fetch(`${server.url}/v1/import`, {
      method: 'POST',
      headers: { authorization: 'Bearer pk_system_tests' },
      body: 'distinct_id,alias_id\n1,2\n',
    });
    expect(response.status).toBe(403);
  });
});

describe('export', () => {
  test('the three formats hold the same rows', async () => {
    const ndjson = (await exported('links', 'ndjson'))
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(ndjson.length).toBeGreaterThan(100);
    const csv = (await exported('links', 'csv')).toString().trim().split('\n');
    expect(csv).toHaveLength(ndjson.length + 1);
    expect(csv[0]).toBe(
      'seq,kind,primary_id,secondary_id,status,reason,time,key,lib,batch,' +
        'effective_time,rule,waived,public,primary_identified,secondary_identified',
    );
    const { body } = await send(
      await exported('links', 'parquet'),
      { batch: 'links', dry_run: 'true' },
      'application/octet-stream',
    );
    expect(body).toMatchObject({ format: 'parquet', rows: ndjson.length });
  });

  test.each(['ndjson', 'csv', 'parquet'])('events go out as %s and come in elsewhere as they were', async (format) => {
    const properties = { plan: 'pro', 'a.b': 1, none: null, text: 'x,"y"\nz', nested: { list: [1, 'two'] } };
    const event = {
      event: 'sent',
      distinct_id: 'sender',
      timestamp: '2026-11-02T03:04:05.678Z',
      session_id: 's',
      properties,
    };
    await server.api.posted('/track', { ...event, uuid: '99999999-2222-4333-8444-555555555555' });
    const body = await exported('events', format);
    const to = `${format === 'parquet' ? 'staging' : 'development'}`;
    const { body: answer } = await send(
      body,
      { environment: to, batch: `events-${format}` },
      'application/octet-stream',
    );
    expect(answer.counts.invalid).toBe(0);
    const { events } = await server.api.got(`/v1/identities/sender/events?by=distinct_id&environment=${to}`);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      uuid: '99999999-2222-4333-8444-555555555555',
      session_id: 's',
      timestamp: event.timestamp,
    });
    expect(events[0].properties).toEqual(properties);
  });
});

describe('on the command line', () => {
  const cli = (...args: string[]) => onym([...args, '--data-dir', server.dataDir]);

  test('import, rejected rows, revert, export to a file', async () => {
    const file = join(files, 'ids.csv');
    writeFileSync(file, 'old,new\n1,cli_1\n2,undefined\n3,cli_3\n');
    const flags = [
      '--primary',
      'new',
      '--secondary',
      'old',
      '--secondary-prefix',
      'legacy:',
      '--batch',
      'cli',
      '--json',
    ];
    const dry = await cli('import', file, ...flags, '--dry-run');
    expect([dry.code, JSON.parse(dry.stdout).counts]).toEqual([1, counts({ applied: 2, invalid: 1 })]);
    const real = await cli('import', file, ...flags);
    expect([real.code, JSON.parse(real.stdout).counts]).toEqual([1, counts({ applied: 2, invalid: 1 })]);
    const rejected = readFileSync(`${file}.rejected.ndjson`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rejected).toMatchObject([
      { line: 3, error_code: 'reserved-distinct-id', row: { old: '2', new: 'undefined' } },
    ]);
    const links = join(files, 'links.csv');
    expect((await cli('export', 'links', '-o', links)).code).toBe(0);
    expect(readFileSync(links, 'utf8')).toContain('cli_3');
    const back = await cli('revert', '--batch', 'cli');
    expect([back.code, back.stdout]).toEqual([0, expect.stringContaining('rows taken back: 2')]);
    expect(existsSync(`${links}.part`)).toBe(false);
  });

  test('separate, lift, split, review, approve, reject', async () => {
    expect((await cli('separate', 'sep_1', 'sep_2')).stdout).toContain('applied');
    expect((await cli('lift', 'sep_1', 'sep_2')).stdout).toContain('applied');
    const { seq } = await server.api.posted('/alias', { distinct_id: 'split_1', alias_id: 'split_2' });
    expect((await cli('split', String(seq), '--dry-run')).stdout).toContain('Dry run');
    expect((await cli('split', 'split_1', 'split_2')).stdout).toContain('rows taken back: 1');
    await server.api.posted('/identify', { distinct_id: 'held_1' });
    await server.api.posted('/identify', { distinct_id: 'held_2' });
    const held = await server.web.posted('/alias', { distinct_id: 'held_1', alias_id: 'held_2' });
    expect((await cli('review')).stdout).toContain('needs-secret-key');
    expect((await cli('approve', String(held.seq))).stdout).toContain('applied');
    const missing = await cli('reject', '999999');
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('There is no link')]);
  });
});
