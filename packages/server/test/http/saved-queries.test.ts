import { afterAll, beforeAll, expect, it } from 'vitest';
import { operatedServer, secretKey } from '../operating/support.ts';

/** Saved queries over HTTP. */

let t: Awaited<ReturnType<typeof operatedServer>>;
beforeAll(async () => {
  t = await operatedServer({});
});
afterAll(() => t.stop());

const sql = 'SELECT toDate(timestamp) AS day, count() AS n FROM events GROUP BY day';
const asked = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: object) => {
  const response = await t.server.app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${secretKey}` },
    ...(body && { payload: body }),
  });
  return [response.statusCode, response.json()] as const;
};

it('are saved, listed page by page, changed by version, and deleted', async () => {
  const chart = { kind: 'line', x: 'day', y: ['n'] };
  const [status, { ok, query }] = await asked('POST', '/v1/queries', { name: 'Events by day', sql, chart });
  expect([status, ok, query]).toEqual([
    200,
    true,
    {
      id: expect.any(String),
      name: 'Events by day',
      sql,
      chart,
      version: 1,
      saved_by: 'ONYM_INITIAL_SECRET_KEY',
      saved_at: expect.stringMatching(/Z$/),
    },
  ]);
  await asked('POST', '/v1/queries', { environment: 'staging', name: 'Events by day', sql });
  for (const name of ['a', 'b', 'c']) await asked('POST', '/v1/queries', { name, sql, chart: { kind: 'table' } });
  const names: string[] = [];
  for (let next: string | null = ''; next !== null; ) {
    const page = await t.get(`/v1/queries?limit=3${next && `&next=${next}`}`);
    names.push(...page.queries.map(({ name }: { name: string }) => name));
    next = page.next;
  }
  expect(names).toEqual(['Events by day', 'a', 'b', 'c']);

  const place = `/v1/queries/${query.id}`;
  const next = { name: 'Events by day', sql: 'SELECT 1', version: 1 };
  expect(await asked('PUT', place, next)).toMatchObject([200, { query: { sql: 'SELECT 1', chart: null, version: 2 } }]);
  expect(await asked('PUT', place, { ...next, sql: 'SELECT 2' })).toMatchObject([
    409,
    { ok: false, error_code: 'version-conflict', message: expect.stringContaining('Read it again') },
  ]);
  expect(await asked('PUT', place, { ...next, name: 'a', version: 2 })).toMatchObject([
    409,
    { error_code: 'name-conflict' },
  ]);
  expect(await asked('PUT', place, { ...next, environment: 'staging' })).toMatchObject([
    404,
    { error_code: 'not-found' },
  ]);
  expect(await asked('DELETE', `${place}?version=1`)).toMatchObject([409, { error_code: 'version-conflict' }]);
  expect(await asked('DELETE', `${place}?version=2`)).toEqual([200, { ok: true }]);
  expect(await asked('DELETE', place)).toMatchObject([404, { error_code: 'not-found' }]);
});

it.each<[string, object]>([
  ['an unknown kind', { chart: { kind: 'pie' } }],
  ['too many columns', { chart: { kind: 'line', x: 'a', y: Array(21).fill('b') } }],
  ['a field of another name', { chart: { kind: 'line', x: 'a', y: ['b'], z: 'c' } }],
  ['no statement', { sql: undefined }],
])('%s is refused', async (_, rest) => {
  expect(await asked('POST', '/v1/queries', { name: 'odd', sql, ...rest })).toMatchObject([
    400,
    { error_code: 'invalid-payload' },
  ]);
});
