import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OnymError } from '../../src/errors.ts';
import type { QueryOptions, QueryResult } from '../../src/events/types.ts';
import { asSecret, post, sk, type TestApp, testApp } from './support.ts';

let t: TestApp;
let asked: {
  environment: string;
  sql: string;
  format: QueryOptions['format'];
  parameters?: QueryOptions['parameters'];
}[];

/** A result in these pieces; an error instead of one is thrown in its place. `missing`: what it was to have beside. */
function result(pieces: readonly (string | Error)[], missing = 0): QueryResult {
  const size = pieces.reduce((sum, piece) => sum + (typeof piece === 'string' ? piece.length : 0), missing);
  return Object.assign(chunks(pieces), { size });
}

async function* chunks(pieces: readonly (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if (piece instanceof Error) throw piece;
    yield Buffer.from(piece);
  }
}

beforeEach(() => {
  t = testApp();
  asked = [];
  t.services.reads.query = async (environment, sql, { format, key, parameters }) => {
    // Whose turn it is goes by the name of the key.
    expect(key).toBe('backend');
    asked.push({ environment, sql, format, ...(parameters !== undefined && { parameters }) });
    return result(['{"data":', '[]}']);
  };
});
afterEach(() => t.app.close());

describe('POST /v1/query', () => {
  it.each([
    [undefined, 'JSON', 'application/json; charset=utf-8'],
    ['json', 'JSON', 'application/json; charset=utf-8'],
    ['ndjson', 'JSONEachRow', 'application/x-ndjson; charset=utf-8'],
    ['csv', 'CSVWithNames', 'text/csv; charset=utf-8'],
    ['parquet', 'Parquet', 'application/vnd.apache.parquet'],
    ['arrow', 'ArrowStream', 'application/vnd.apache.arrow.stream'],
  ])('streams %s', async (format, engineFormat, type) => {
    const response = await post(t.app, '/v1/query', { environment: 'staging', sql: 'SELECT 1', format });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toBe(type);
    expect(response.body).toBe('{"data":[]}');
    expect(asked).toEqual([{ environment: 'staging', sql: 'SELECT 1', format: engineFormat }]);
  });

  it('hands parameters on as they came, with every digit', async () => {
    const body =
      '{"sql":"SELECT {n:UInt64}, {ids:Array(String)}","params":{"n":18446744073709551615,"ids":["a",null]}}';
    expect((await post(t.app, '/v1/query', body)).statusCode).toBe(200);
    expect(asked[0]!.parameters).toEqual({ n: 18446744073709551615n, ids: ['a', null] });
  });

  it('may answer nothing', async () => {
    t.services.reads.query = async () => result([]);
    const response = await post(t.app, '/v1/query', { sql: 'SELECT 1', format: 'csv' });
    expect([response.statusCode, response.body]).toEqual([200, '']);
  });

  it.each<[unknown, number, string]>([
    [{}, 400, 'invalid-payload'],
    [{ sql: 1 }, 400, 'invalid-payload'],
    [{ sql: 'SELECT 1', format: 'xml' }, 400, 'invalid-payload'],
    [{ sql: 'SELECT 1', limit: 1 }, 400, 'invalid-payload'],
    [{ sql: 'SELECT 1', params: ['x'] }, 400, 'invalid-payload'],
    [{ sql: 'SELECT 1', parameters: {} }, 400, 'invalid-payload'],
    [[], 400, 'invalid-payload'],
    [{ sql: 'SELECT 1', environment: 'nowhere' }, 422, 'environment-not-found'],
  ])('rejects %j', async (body, status, code) => {
    const response = await post(t.app, '/v1/query', body);
    expect([response.statusCode, response.json().error_code]).toEqual([status, code]);
    expect(asked).toEqual([]);
  });

  it('answers errors of the engine, also at its first row', async () => {
    t.services.reads.query = async () => {
      throw new OnymError('query-refused', 'No.');
    };
    expect((await post(t.app, '/v1/query', { sql: 'DROP' })).statusCode).toBe(403);
    t.services.reads.query = async () => result([new OnymError('query-too-expensive', 'Too many rows.')]);
    const response = await post(t.app, '/v1/query', { sql: 'SELECT 1' });
    expect([response.statusCode, response.json().error_code]).toEqual([422, 'query-too-expensive']);
  });
});

/** What fails once bytes are out can't be an error with a status any more. */
describe('an answer that breaks off half-way', () => {
  const broken = new Error('The disk does not answer.');
  const lines = '{"n":1}\n'.repeat(1_000);
  let breakOff = () => {};

  /** Breaks off once a client has the first of it: a reset can overtake what was sent just before. */
  function breaking(missing = 0): QueryResult {
    const seen = new Promise<void>((resolve) => {
      breakOff = resolve;
    });
    const bytes = (async function* () {
      yield Buffer.from(lines);
      await seen;
      throw broken;
    })();
    return Object.assign(bytes, { size: lines.length + missing });
  }

  /** Everything until the connection ends, and how it ended. */
  async function exchange(request: string): Promise<{ text: string; error: string | null }> {
    const socket = connect((t.app.server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(request);
    let text = '';
    let error: string | null = null;
    socket.on('data', (data) => {
      text += data;
      if (text.endsWith(lines)) breakOff();
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      error = code ?? '';
    });
    await new Promise((resolve) => socket.once('close', resolve));
    return { text, error };
  }

  const requests: Record<string, { method: string; path: string; body?: string }> = {
    'of a query': { method: 'POST', path: '/v1/query', body: JSON.stringify({ sql: 'SELECT 1', format: 'ndjson' }) },
    'of an export as NDJSON': { method: 'GET', path: '/v1/export/events?format=ndjson' },
    'of an export as CSV': { method: 'GET', path: '/v1/export/events?format=csv' },
    'of an export as Parquet': { method: 'GET', path: '/v1/export/events?format=parquet' },
  };

  beforeEach(async () => {
    t.services.reads.query = async () => breaking(lines.length);
    t.services.reads.exportTable = async () => breaking();
    await t.app.listen({ port: 0, host: '127.0.0.1' });
  });

  it.each(Object.keys(requests))('does not look whole to a client of HTTP/1.1: %s', async (name) => {
    const { method, path, body } = requests[name]!;
    const { port } = t.app.server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { ...asSecret, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body }),
    });
    expect(response.status).toBe(200);
    breakOff();
    await expect(response.text()).rejects.toThrow();
    expect((await t.app.inject('/healthz')).statusCode).toBe(200);
  });

  it.each(Object.keys(requests))('does not look whole to a proxy that speaks HTTP/1.0: %s', async (name) => {
    const { method, path, body = '' } = requests[name]!;
    const head = [`${method} ${path} HTTP/1.0`, `Authorization: Bearer ${sk}`];
    if (body !== '') head.push('Content-Type: application/json', `Content-Length: ${body.length}`);
    const { error } = await exchange(`${head.join('\r\n')}\r\n\r\n${body}`);
    expect(error).toBe('ECONNRESET');
  });

  it.each(Object.keys(requests))('does not look whole in this process: %s', async (name) => {
    const { method, path, body } = requests[name]!;
    const response = await t.app.inject({
      method: method as 'GET',
      url: path,
      headers: asSecret,
      ...(body === undefined ? {} : { payload: JSON.parse(body) }),
      payloadAsStream: true,
    });
    expect(response.statusCode).toBe(200);
    breakOff();
    await expect(text(response.stream())).rejects.toThrow();
  });

  it('and one that is whole says how long it is, or where it ends', async () => {
    t.services.reads.query = async () => result([lines]);
    t.services.reads.exportTable = async () => result([lines]);
    const { body } = requests['of a query']!;
    const asked = `POST /v1/query HTTP/1.1\r\nHost: onym\r\nConnection: close\r\nAuthorization: Bearer ${sk}\r\nContent-Type: application/json\r\nContent-Length: ${body!.length}\r\n\r\n${body}`;
    const answered = await exchange(asked);
    expect(answered).toMatchObject({
      error: null,
      text: expect.stringContaining(`content-length: ${lines.length}\r\n`),
    });
    expect(answered.text.endsWith(lines)).toBe(true);
    const exported = await exchange(
      `GET /v1/export/events HTTP/1.1\r\nHost: onym\r\nConnection: close\r\nAuthorization: Bearer ${sk}\r\n\r\n`,
    );
    expect(exported).toMatchObject({ error: null, text: expect.stringMatching(/\r\n0\r\n\r\n$/) });
  });
});
