import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asSecret, post, type TestApp, testApp } from './support.ts';

/** Bodies as text: what counts is how a number is written. */

let t: TestApp;
beforeEach(() => {
  t = testApp();
});
afterEach(() => t.app.close());

const integers: readonly (readonly [string, string])[] = [
  ['12345', '12345'],
  ['-5', '-5'],
  ['1234567890123456789', '1234567890123456789'],
  ['9007199254740993', '9007199254740993'],
  ['123456789012345678901234567890', '123456789012345678901234567890'],
];
const noIntegers = ['1.0', '1e3', '1.5', '-0', '-0.0', '1E400', '12345678901234567890.0', 'true', '{}', '[]', '[1]'];

describe('a whole number for an id is its digits', () => {
  it.each(integers)('%s on each call, alone and in an array', async (written, digits) => {
    for (const [open, close] of ['', '[]'].map((pair) => [pair.slice(0, 1), pair.slice(1)])) {
      await post(t.app, '/track', `${open}{"event":"e","distinct_id": ${written},"session_id":${written}}${close}`);
      await post(t.app, '/identify', `${open}{"distinct_id":${written},"anonymous_id":${written}}${close}`);
      await post(t.app, '/alias', `${open}{"distinct_id":"p","alias_id":${written}}${close}`);
      await post(t.app, '/alias', `${open}{"distinct_id":${written},"new_user_id":"s"}${close}`);
    }
    expect(t.services.letters).toEqual([]);
    expect(t.services.tracked.map(({ items }) => items[0]!.event)).toMatchObject(
      Array(2).fill({ distinct_id: digits, session_id: digits }),
    );
    expect(t.services.identified.map(({ operations }) => operations[0])).toMatchObject(
      Array(2).fill({ distinctId: digits, anonymousId: digits }),
    );
    const aliased = t.services.aliased.map(({ operations }) => operations[0]);
    expect(aliased.map((operation) => [operation!.primary, operation!.secondary])).toEqual([
      ['p', digits],
      [digits, 's'],
      ['p', digits],
      [digits, 's'],
    ]);
  });

  it.each(integers)('%s under /v1', async (written, digits) => {
    const answer = await post(t.app, '/v1/resolve', `{"distinct_ids":["a",${written}, ${written}]}`);
    expect(Object.keys(answer.json().identities).sort()).toEqual([digits, 'a'].sort());
  });
});

describe('any other number is none', () => {
  it.each(noIntegers)('%s is refused, says so, and costs its neighbours nothing', async (written) => {
    for (const field of ['distinct_id', 'anonymous_id', 'device_id']) {
      const item = `{"event":"e","properties":{"n":1},"${field}" : ${written}}`;
      const alone = await post(t.app, '/track', item);
      expect([alone.statusCode, alone.json().error_code]).toEqual([422, 'invalid-distinct-id']);
      expect(alone.json().message).toContain(field);
      const among = await post(
        t.app,
        '/track',
        `[{"event":"e","distinct_id":1},${item},{"event":"e","distinct_id":2}]`,
      );
      expect(among.json()).toMatchObject({ ok: true, accepted: 2, rejected: [{ index: 1 }] });
    }
    for (const [url, item] of [
      ['/identify', `{"distinct_id":${written}}`],
      ['/alias', `{"distinct_id":"a","alias_id":${written}}`],
      ['/alias', `{"distinct_id":"a","new_user_id":${written}}`],
    ] as const) {
      expect((await post(t.app, url, item)).json().error_code).toBe('invalid-distinct-id');
    }
    for (const field of ['session_id', 'uuid', 'message_id']) {
      const response = await post(t.app, '/track', `{"event":"e","distinct_id":"a","${field}":${written}}`);
      expect([field, response.json().error_code]).toEqual([field, 'invalid-payload']);
    }
    expect((await post(t.app, '/v1/resolve', `{"distinct_ids":["a",${written}]}`)).statusCode).toBe(400);
  });

  it('keeps the dead letter as it was sent', async () => {
    const item = '{"distinct_id":1.0,"traits":{"order":9007199254740993,"price":1.50}}';
    await post(t.app, '/identify', item);
    expect(t.services.letters).toMatchObject([{ item: item.replace('1.50', '1.5') }]);
    expect(t.services.letters[0]!.message).toContain('distinct_id is the number 1.0.');
  });

  it('is a number like others where no id is meant', async () => {
    const properties = '{"distinct_id":1.0,"session_id":1e3,"distinct_ids":[2.0],"id":-0.0,"a":3.50}';
    await post(t.app, '/track', `{"event":"e","distinct_id":"x","timestamp":1.7e9,"properties":${properties}}`);
    const { event } = t.services.tracked[0]!.items[0]!;
    expect(JSON.parse(event.properties)).toEqual({
      distinct_id: 1,
      session_id: 1000,
      distinct_ids: [2],
      id: 0,
      a: 3.5,
    });
    expect(event.timestamp).toBe(1.7e12);
  });
});

it('an id is not taken for a number because of a number beside it', async () => {
  const body = '{"event":"e","distinct_id":"9007199254740993","properties":{"n":1.0,"big":9007199254740993}}';
  const response = await t.app.inject({ method: 'POST', url: '/track', headers: asSecret, payload: body });
  expect(response.statusCode).toBe(200);
  expect(t.services.tracked[0]!.items[0]!.event).toMatchObject({
    distinct_id: '9007199254740993',
    properties: '{"n":1,"big":9007199254740993}',
  });
});
