import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { askedOf } from '../../src/http/asked.ts';
import { limits } from '../../src/limits.ts';
import { asSecret, get, post, type TestApp, testApp } from './support.ts';

let t: TestApp;
afterEach(() => t.app.close());

const event = { event: 'e', distinct_id: 'a' };

describe('a request id', () => {
  it('is in every answer, and another in each', async () => {
    t = testApp();
    const answers = [
      await post(t.app, '/track', event),
      await post(t.app, '/track', '{'),
      await post(t.app, '/track', event, {}),
      await get(t.app, '/healthz', {}),
      await get(t.app, '/v1/identities/nobody'),
      await get(t.app, '/nowhere'),
      await get(t.app, '/%zz'),
      await t.app.inject({ method: 'OPTIONS', url: '/track', headers: { origin: 'https://shop.example' } }),
    ];
    const ids = answers.map(({ headers }) => headers['x-request-id']);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{12}-\w+$/);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each([
    ['7f9c24e8-3b1a-4f6e-9d2c-000000000001', true],
    ['Root=1-67891233-abcdef012345678912345678', true],
    ['a'.repeat(128), true],
    ['a'.repeat(129), false],
    ['', false],
    ['two words', false],
    ['"quoted"', false],
    ['-x', false],
  ])('of the caller %j: taken %j', async (id, taken) => {
    t = testApp();
    const answer = await post(t.app, '/track', event, { ...asSecret, 'x-request-id': id });
    expect(answer.headers['x-request-id'] === id).toBe(taken);
  });

  it('is in the lines of the log about the request', async () => {
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) };
    t = testApp({ logger: { level: 'info', stream } });
    t.services.ingest.submit = async () => {
      throw new Error('broken');
    };
    await post(t.app, '/track', event, { ...asSecret, 'x-request-id': 'of-track' });
    await get(t.app, '/v1/identities/nobody', { ...asSecret, 'x-request-id': 'of-v1' });
    const logged = lines.map((line) => JSON.parse(line));
    expect(logged).toMatchObject([
      { msg: 'request failed', request_id: 'of-track', err: { message: 'broken' } },
      { msg: 'request', request_id: 'of-v1', route: '/v1/identities/:id', status: 404, key: 'backend' },
    ]);
    expect(logged[1]).not.toHaveProperty('asked');
  });
});

describe('a query in the log', () => {
  it('is what was asked, in a short line, also where it is refused', async () => {
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) };
    t = testApp({ logger: { level: 'info', stream } });
    const sql = "SELECT count()\nFROM events\n  WHERE distinct_id = 'ada@example.org'";
    await post(t.app, '/v1/query', { sql, environment: 'nowhere' });
    expect(JSON.parse(lines[0]!)).toMatchObject({
      msg: 'request',
      status: 422,
      asked: "SELECT count() FROM events WHERE distinct_id = '…'",
    });
  });

  it.each([
    ["SELECT 'it''s', 'a\\'b', 'c'", "SELECT '…', '…', '…'"],
    ["SELECT 'not closed, ada@example.org", "SELECT '…'"],
    ['SELECT $$ada$$, $a$ada$a$, `plan`', "SELECT '…', '…', `plan`"],
    ['', ''],
  ])('has no texts in it: %s', (sql, asked) => {
    expect(askedOf(sql)).toBe(asked);
  });

  it('is cut', () => {
    expect(askedOf(`SELECT ${'x, '.repeat(limits.sqlBytesMax)}`)).toHaveLength(301);
    expect(askedOf(`SELECT '${'x'.repeat(limits.sqlBytesMax)}'`)).toBe("SELECT '…'");
  });
});

describe('ONYM_BODY_MAX', () => {
  it('bounds bodies as sent and unpacked, and is named in the message', async () => {
    const bodyBytesMax = 300_000;
    t = testApp({ limits: { bodyBytesMax } });
    const large = JSON.stringify([{ ...event, properties: { x: 'x'.repeat(bodyBytesMax) } }]);
    for (const body of [Buffer.from(large), gzipSync(large)]) {
      const answer = await post(t.app, '/track', body);
      expect([answer.statusCode, answer.json().error_code]).toEqual([413, 'payload-too-large']);
      expect(answer.json().message).toContain('larger than 300000 bytes');
    }
    expect((await post(t.app, '/track', event)).statusCode).toBe(200);
  });
});
