import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OnymError } from '../../src/errors.ts';
import type { QueryOptions } from '../../src/events/types.ts';
import { limits } from '../../src/limits.ts';
import { post, type TestApp, testApp } from './support.ts';

let t: TestApp;
let asked: { environment: string; sql: string; format: QueryOptions['format'] }[];

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

beforeEach(() => {
  t = testApp();
  asked = [];
  t.services.query = async (environment, sql, { format }) => {
    asked.push({ environment, sql, format });
    return chunks('{"data":', '[]}');
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

  it('may answer nothing', async () => {
    t.services.query = async () => chunks();
    const response = await post(t.app, '/v1/query', { sql: 'SELECT 1', format: 'csv' });
    expect([response.statusCode, response.body]).toEqual([200, '']);
  });

  it.each<[unknown, number, string]>([
    [{}, 400, 'invalid-payload'],
    [{ sql: 1 }, 400, 'invalid-payload'],
    [{ sql: 'SELECT 1', format: 'xml' }, 400, 'invalid-payload'],
    [{ sql: 'SELECT 1', limit: 1 }, 400, 'invalid-payload'],
    [[], 400, 'invalid-payload'],
    [{ sql: 'SELECT 1', environment: 'nowhere' }, 422, 'environment-not-found'],
    [{ sql: 'é'.repeat(limits.sqlBytesMax / 2 + 1) }, 413, 'payload-too-large'],
  ])('rejects %j', async (body, status, code) => {
    const response = await post(t.app, '/v1/query', body);
    expect([response.statusCode, response.json().error_code]).toEqual([status, code]);
    expect(asked).toEqual([]);
  });

  it('answers errors of the engine, also at its first row', async () => {
    t.services.query = async () => {
      throw new OnymError('query-refused', 'No.');
    };
    expect((await post(t.app, '/v1/query', { sql: 'DROP' })).statusCode).toBe(403);
    t.services.query = async () =>
      // biome-ignore lint/correctness/useYield: it fails before the first chunk
      (async function* (): AsyncGenerator<Uint8Array> {
        throw new OnymError('query-too-expensive', 'Too many rows.');
      })();
    const response = await post(t.app, '/v1/query', { sql: 'SELECT 1' });
    expect([response.statusCode, response.json().error_code]).toEqual([422, 'query-too-expensive']);
  });
});
