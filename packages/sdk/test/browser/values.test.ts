import type { Id } from '@onym/sdk';
import { describe, expect, it } from 'vitest';
import { device } from '../support/device.ts';

describe('ids', () => {
  it.each([
    [12345, '12345'],
    [2 ** 53 - 1, '9007199254740991'],
    [1234567890123456789n, '1234567890123456789'],
    [-7, '-7'],
  ])('%o is its digits', async (id, text) => {
    const { client, init, server, errors } = device();
    init();
    client.identify(id);
    client.alias(id);
    // The same user, and nobody else.
    client.identify(text);
    await client.flush();
    expect(client.getDistinctId()).toBe(text);
    expect(errors).toEqual([]);
    expect(server.accepted.map(({ payload }) => payload)).toMatchObject([
      { distinct_id: text },
      { distinct_id: text, alias_id: text },
      { distinct_id: text },
    ]);
  });

  it.each([
    [[2 ** 53, 1.5, Number.NaN, Infinity, true, {}, [1], null, undefined, Symbol('x')], 'invalid-distinct-id'],
    [
      ['anonymous-1', 'anonymous_1', 'anon-1', 'anon_1', 'visitor-1', 'visitor_1', 'device-1', '$device:1'],
      'invalid-distinct-id',
    ],
    [
      ['', 0, -1, '.', '..', 'stripe:undefined', 'crm:null', 'legacy:', 'anonymous-undefined', '\u200b'],
      'reserved-distinct-id',
    ],
  ])('%j make no user', async (ids, code) => {
    const { client, init, server, errors } = device();
    init();
    const before = client.getDistinctId();
    for (const id of ids) client.identify(id as Id);
    await client.flush();
    expect(errors.map((error) => error.code)).toEqual(ids.map(() => code));
    expect(client.getDistinctId()).toBe(before);
    expect(server.requests).toEqual([]);
  });
});

describe('values', () => {
  it('a bigint goes as its digits, however deep, beside a text that looks like one', async () => {
    const { client, init, server, errors } = device();
    init();
    const values = { n: 9007199254740993n, deep: [{ list: [-1n, 18446744073709551616n] }], text: '9007199254740993' };
    const written = '{"n":9007199254740993,"deep":[{"list":[-1,18446744073709551616]}],"text":"9007199254740993"}';
    client.track('x', { values });
    client.identify('user_1', { values }, { traitsOnce: { values } });
    client.updateTraits({ values });
    await client.flush();
    expect(errors).toEqual([]);
    expect(server.requests.map(({ init: { body } }) => String(body).split(written).length - 1)).toEqual([1, 3]);
  });

  it('null goes as null, which removes a trait', async () => {
    const { client, init, server } = device();
    init();
    client.identify('user_1', { plan: null });
    client.updateTraits({ theme: null, kept: undefined });
    await client.flush();
    expect(server.accepted.map(({ payload }) => payload.traits)).toEqual([{ plan: null }, { theme: null }]);
  });
});
