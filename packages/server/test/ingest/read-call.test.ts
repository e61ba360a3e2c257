import { defaultSettings, type Settings } from '@onym/core';
import { describe, expect, it } from 'vitest';
import type { OnymError } from '../../src/errors.ts';
import type { JsonObject } from '../../src/ingest/json-values.ts';
import {
  environmentOf,
  type ItemContext,
  itemOf,
  readAlias,
  readIdentify,
  readTrack,
} from '../../src/ingest/read-call.ts';
import { limits } from '../../src/limits.ts';
import { messageUuid } from '../../src/node-id.ts';

const context: ItemContext = {
  now: 1_000,
  key: 'web',
  public: true,
  small: true,
  newUuid: () => 'new-uuid',
  namesByContent: true,
};
const measured: ItemContext = { ...context, small: false };

const track = (item: JsonObject, settings: Settings = defaultSettings, from = context) =>
  readTrack({ event: 'e', ...item }, 'production', settings, from);
const identify = (item: JsonObject, from = context) => readIdentify(item, defaultSettings, from);
const alias = (item: JsonObject) => readAlias(item, defaultSettings, context);

function codeOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    return (error as OnymError).code;
  }
  return 'accepted';
}

function nested(levels: number): JsonObject {
  let value: JsonObject = {};
  for (let i = 1; i < levels; i++) value = { a: value };
  return value;
}

const reservedIds = [
  ...['anonymous_id', 'anonymous', 'distinct_id', 'distinctid', 'email', 'false', 'guest', 'id', 'nan', 'nil', 'none'],
  ...['not_authenticated', 'null', 'true', 'undefined', 'user_id', 'user', 'visitor_id', 'visitor', 'unknown'],
  ...['NULL', 'Guest', 'uNdEfInEd', ' null ', '"null"', "'guest'", ' "none" ', '[object Object]', '0', '-1'],
  ...['00000000-0000-0000-0000-000000000000', '', ' ', '\t', '""', 'a\u0007b', 'line\nbreak'],
];

const malformedIds: [string, unknown][] = [
  ['a NUL', 'a\u0000b'],
  ['NUL alone', '\u0000'],
  ['513 bytes', 'a'.repeat(513)],
  ['513 bytes in 257 characters', `${'é'.repeat(256)}a`],
  ['half a surrogate pair', 'a\ud83d'],
  ['a fraction', 1.5],
  ['minus zero', -0],
  ['a number beyond what a double tells apart', 1e20],
  ['a boolean', true],
  ['an object', {}],
  ['an array', ['a']],
];

describe('distinct_id', () => {
  it.each(reservedIds)('%j is reserved', (id) => {
    expect(codeOf(() => identify({ distinct_id: id }))).toBe('reserved-distinct-id');
    expect(codeOf(() => alias({ distinct_id: id, alias_id: 'b' }))).toBe('reserved-distinct-id');
    expect(codeOf(() => alias({ distinct_id: 'a', alias_id: id }))).toBe('reserved-distinct-id');
    for (const field of ['distinct_id', 'anonymous_id', 'device_id']) {
      expect(track({ [field]: id })).toMatchObject({ event: { distinct_id: id }, evidence: null, reserved: true });
    }
    if (id === '') return;
    // The engine refuses it: D's traits stand.
    expect(identify({ distinct_id: 'a', anonymous_id: id }).anonymousId).toBe(id);
    expect(track({ distinct_id: 'a', anonymous_id: id })).toMatchObject({ evidence: null, reserved: true });
    expect(track({ distinct_id: id, anonymous_id: 'a' })).toMatchObject({ evidence: null, reserved: true });
    expect(track({ distinct_id: 'a', device_id: id })).toMatchObject({ evidence: null, reserved: true });
  });

  it.each<[unknown, string]>([
    [12, '12'],
    [-5, '-5'],
    [9_007_199_254_740_991, '9007199254740991'],
    [1234567890123456789n, '1234567890123456789'],
    [-(10n ** 40n), '-10000000000000000000000000000000000000000'],
  ])('takes the whole number %s as its digits, on every call and field', (number, digits) => {
    expect(identify({ distinct_id: number, anonymous_id: 'a' })).toMatchObject({ distinctId: digits });
    expect(identify({ distinct_id: 'd', anonymous_id: number })).toMatchObject({ anonymousId: digits });
    expect(alias({ distinct_id: number, alias_id: 'b' })).toMatchObject({ primary: digits });
    expect(alias({ distinct_id: 'a', alias_id: number })).toMatchObject({ secondary: digits });
    expect(alias({ distinct_id: 'a', new_user_id: number })).toMatchObject({ secondary: digits });
    expect(alias({ distinct_id: 'a', alias_id: digits, new_user_id: number })).toMatchObject({ secondary: digits });
    const fields = ['distinct_id', 'anonymous_id', 'device_id', 'session_id'];
    const all = Object.fromEntries(fields.map((field) => [field, number]));
    const texts = Object.fromEntries(fields.map((field) => [field, digits]));
    expect(track(all).event).toMatchObject(texts);
    for (const field of ['uuid', 'message_id']) {
      const named = track({ distinct_id: 'd', [field]: number });
      expect(named.event.uuid).toBe(messageUuid('production', digits));
    }
  });

  it.each([0, -1, 0n, -1n])('%s is reserved as a number too', (number) => {
    expect(codeOf(() => identify({ distinct_id: number }))).toBe('reserved-distinct-id');
    expect(codeOf(() => alias({ distinct_id: 'a', alias_id: number }))).toBe('reserved-distinct-id');
    expect(track({ distinct_id: number, anonymous_id: 'a' }).event.distinct_id).toBe('a');
  });

  it('says what is wrong with a number that is no integer', () => {
    expect(() => identify({ distinct_id: 1.5 })).toThrow(
      'distinct_id is the number 1.5. An id is a string, or a whole',
    );
  });

  it.each(['OBJECT', '[object]', '00', '-10', 'nullable', 'user_1', 'guest-1', '0x0', 'nu\u200bll'])(
    '%j is not reserved',
    (id) => {
      expect(identify({ distinct_id: id }).distinctId).toBe(id);
    },
  );

  it.each(malformedIds)('with %s is malformed on every call and field', (_name, id) => {
    const reads: (() => unknown)[] = [
      () => identify({ distinct_id: id }),
      () => identify({ distinct_id: 'a', anonymous_id: id }),
      () => alias({ distinct_id: id, alias_id: 'b' }),
      () => alias({ distinct_id: 'a', alias_id: id }),
      () => alias({ distinct_id: 'a', new_user_id: id }),
      () => track({ distinct_id: id }),
      () => track({ distinct_id: 'a', anonymous_id: id }),
      () => track({ distinct_id: 'a', device_id: id }),
    ];
    expect(reads.map(codeOf)).toEqual(reads.map(() => 'invalid-distinct-id'));
  });

  it.each(['a'.repeat(512), 'é'.repeat(256), '👩‍🚀', ' padded ', 'UPPER', '%2F/:?#', '__proto__', 'constructor'])(
    'keeps %j as it came',
    (id) => {
      expect(identify({ distinct_id: id }).distinctId).toBe(id);
      expect(track({ distinct_id: id }).event.distinct_id).toBe(id);
    },
  );

  it('is required by identify and alias', () => {
    for (const id of [undefined, null]) {
      expect(codeOf(() => identify({ distinct_id: id }))).toBe('invalid-payload');
      expect(codeOf(() => alias({ distinct_id: id, alias_id: 'b' }))).toBe('invalid-payload');
    }
  });
});

describe('environmentOf', () => {
  it('is production where absent or null', () => {
    expect(environmentOf({})).toBe('production');
    expect(environmentOf({ environment: null })).toBe('production');
    expect(environmentOf({ environment: '' })).toBe('production');
    expect(environmentOf({ environment: 'staging' })).toBe('staging');
    expect(codeOf(() => environmentOf({ environment: 1 }))).toBe('invalid-payload');
  });
});

describe('itemOf', () => {
  it.each([[null], ['a'], [1], [true], [[]], [undefined]])('rejects %j', (value) => {
    expect(codeOf(() => itemOf(value))).toBe('invalid-payload');
  });
});

describe('readTrack', () => {
  it('attributes to the first of distinct_id, anonymous_id and device_id that names somebody', () => {
    expect(track({ distinct_id: 'd', anonymous_id: 'a', device_id: 'v' }).event.distinct_id).toBe('d');
    expect(track({ distinct_id: null, anonymous_id: 'a', device_id: 'v' }).event.distinct_id).toBe('a');
    expect(track({ device_id: 'v' }).event.distinct_id).toBe('v');
    expect(codeOf(() => track({}))).toBe('invalid-payload');
    expect(codeOf(() => track({ distinct_id: null, session_id: 's' }))).toBe('invalid-payload');
    for (const nobody of ['null', ' ', 'undefined', '00000000-0000-0000-0000-000000000000', 0]) {
      expect(track({ distinct_id: nobody, anonymous_id: 'a', device_id: 'v' })).toMatchObject({
        event: { distinct_id: 'a', anonymous_id: 'a', device_id: 'v' },
        evidence: null,
        reserved: true,
        passedOver: String(nobody),
      });
      expect(track({ distinct_id: nobody, anonymous_id: 'guest', device_id: 'v' }).event).toMatchObject({
        distinct_id: 'v',
        anonymous_id: 'guest',
      });
      expect(track({ distinct_id: nobody, anonymous_id: 'guest' })).toMatchObject({
        event: { distinct_id: String(nobody), anonymous_id: 'guest' },
        reserved: true,
        passedOver: null,
      });
    }
  });

  it('takes an empty id for none, unless the event has no other', () => {
    const empty = { distinct_id: '', anonymous_id: 'a', device_id: '' };
    expect(track(empty)).toMatchObject({
      event: { distinct_id: 'a', anonymous_id: 'a', device_id: null },
      reserved: false,
      passedOver: null,
    });
    expect(track({ distinct_id: '', device_id: 'null' }).event.distinct_id).toBe('null');
    expect(track({ distinct_id: '', anonymous_id: '' })).toMatchObject({
      event: { distinct_id: '', anonymous_id: null },
      reserved: true,
    });
  });

  it('keeps every field', () => {
    const properties = { page: '/', deep: { list: [1, null, true] } };
    const ids = { distinct_id: 'd', anonymous_id: 'a', device_id: 'v', session_id: 's' };
    expect(track({ ...ids, uuid: 'm', properties, timestamp: '1970-01-01T00:00:05Z' })).toEqual({
      event: {
        uuid: messageUuid('production', 'm'),
        timestamp: 5_000,
        client_timestamp: null,
        received_at: 1_000,
        event: 'e',
        properties: JSON.stringify(properties),
        lossy: true,
        ...ids,
      },
      explicitUuid: true,
      evidence: {
        op: 'track',
        distinctId: 'd',
        anonymousId: 'a',
        timestamp: 5_000,
        source: { key: 'web', lib: null, batch: null, public: true },
      },
      reserved: false,
      passedOver: null,
      source: { key: 'web', lib: null, batch: null, public: true },
    });
  });

  it('fills in what is absent or null', () => {
    const absent = track({ distinct_id: 'd' });
    expect(absent.event).toMatchObject({ timestamp: 1_000, properties: '{}', anonymous_id: null, session_id: null });
    const nulls = { timestamp: null, properties: null, anonymous_id: null, device_id: null, session_id: null };
    expect(track({ distinct_id: 'd', ...nulls, uuid: null, message_id: null, batch: null })).toEqual(absent);
  });

  it('takes two ids for evidence unless they are equal, reserved, or the first is anonymous by form', () => {
    const patterns = { ...defaultSettings, anonymousPatterns: ['^tmp_'] };
    const evidence = (distinct_id: string, anonymous_id: string, settings = defaultSettings) =>
      track({ distinct_id, anonymous_id }, settings).evidence !== null;
    expect(evidence('user_1', 'anonymous-1')).toBe(true);
    expect(evidence('user_1', 'user_2')).toBe(true);
    expect(evidence('a', 'a')).toBe(false);
    expect(evidence('anonymous-1', 'a')).toBe(false);
    expect(evidence('device-1', 'a')).toBe(false);
    expect(evidence('tmp_1', 'a')).toBe(true);
    expect(evidence('tmp_1', 'a', patterns)).toBe(false);
  });

  it('names the event by uuid or message_id', () => {
    const uuid = 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11';
    expect(track({ distinct_id: 'd', uuid })).toMatchObject({
      event: { uuid: uuid.toLowerCase() },
      explicitUuid: true,
    });
    const message = track({ distinct_id: 'd', message_id: 'm-1' });
    expect(message).toMatchObject({ event: { uuid: messageUuid('production', 'm-1') }, explicitUuid: true });
    expect(track({ distinct_id: 'd', uuid, message_id: 'm-1' }).event.uuid).toBe(uuid.toLowerCase());
    for (const wrong of [1.5, {}, 'a\u0000', 'a'.repeat(513)]) {
      expect(codeOf(() => track({ distinct_id: 'd', uuid: wrong }))).toBe('invalid-payload');
      expect(codeOf(() => track({ distinct_id: 'd', message_id: wrong }))).toBe('invalid-payload');
    }
  });

  it.each([[undefined], [null], [''], [1], [{}], ['é'.repeat(257)]])('rejects the event name %j', (event) => {
    expect(codeOf(() => track({ distinct_id: 'd', event }))).toBe('invalid-payload');
  });

  it.each([[1.5], [{}], [[]], ['a\u0000']])('rejects the session_id %j', (session_id) => {
    expect(codeOf(() => track({ distinct_id: 'd', session_id }))).toBe('invalid-payload');
  });

  it.each([['text'], [1], [[1]], [true]])('rejects the properties %j', (properties) => {
    expect(codeOf(() => track({ distinct_id: 'd', properties }))).toBe('invalid-payload');
  });

  it('takes an empty array for an empty object, and empty optional fields for absent ones', () => {
    const bare = track({ distinct_id: 'd' });
    expect(track({ distinct_id: 'd', properties: [] })).toEqual(bare);
    const empty = { properties: '', session_id: '', uuid: '', message_id: '', timestamp: '', batch: '', device_id: '' };
    expect(track({ distinct_id: 'd', ...empty })).toEqual(bare);
    expect(track({ distinct_id: 'd', uuid: '', message_id: 'm' }).event.uuid).toBe(messageUuid('production', 'm'));
    expect(identify({ distinct_id: 'd', traits: [], traits_once: [], anonymous_id: '' })).toEqual(
      identify({ distinct_id: 'd' }),
    );
    expect(alias({ distinct_id: 'p', alias_id: '', new_user_id: 's' })).toEqual(
      alias({ distinct_id: 'p', alias_id: 's' }),
    );
    expect(alias({ distinct_id: 'p', alias_id: 's', new_user_id: '' })).toEqual(
      alias({ distinct_id: 'p', alias_id: 's' }),
    );
    for (const field of ['alias_id', 'new_user_id']) {
      expect(codeOf(() => alias({ distinct_id: 'p', [field]: '' }))).toBe('reserved-distinct-id');
    }
  });

  it.each([['now'], [true], [-1], [{}], [Number.NaN]])('rejects the timestamp %j', (timestamp) => {
    expect(codeOf(() => track({ distinct_id: 'd', timestamp }))).toBe('invalid-timestamp');
    expect(codeOf(() => identify({ distinct_id: 'd', timestamp }))).toBe('invalid-timestamp');
    expect(codeOf(() => alias({ distinct_id: 'd', alias_id: 'a', timestamp }))).toBe('invalid-timestamp');
  });

  it('limits nesting, counted from the item', () => {
    expect(codeOf(() => track({ distinct_id: 'd', properties: nested(limits.jsonDepthMax - 1) }))).toBe('accepted');
    expect(codeOf(() => track({ distinct_id: 'd', properties: nested(limits.jsonDepthMax) }))).toBe('invalid-payload');
    const lists = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(codeOf(() => track({ distinct_id: 'd', properties: { lists } }))).toBe('invalid-payload');
  });

  it('limits the size of properties', () => {
    const properties = { a: 'x'.repeat(limits.propertiesBytesMax - '{"a":""}'.length) };
    expect(codeOf(() => track({ distinct_id: 'd', properties }, defaultSettings, measured))).toBe('accepted');
    properties.a += 'x';
    expect(codeOf(() => track({ distinct_id: 'd', properties }, defaultSettings, measured))).toBe('invalid-payload');
  });

  it('makes strings and numbers storable', () => {
    const properties = { cut: 'ok \ud83d', list: ['\udc00', -0], zero: -0, whole: '👍' };
    const read = track({ distinct_id: 'd', event: 'e\ud83d', properties }).event;
    expect(read.event).toBe('e\ufffd');
    expect(JSON.parse(read.properties)).toEqual({ cut: 'ok \ufffd', list: ['\ufffd', 0], zero: 0, whole: '👍' });
    expect(codeOf(() => track({ distinct_id: 'd', properties: { '\ud83d': 1 } }))).toBe('invalid-payload');
    expect(codeOf(() => track({ distinct_id: 'd', properties: JSON.parse('{"a":1e999}') }))).toBe('invalid-payload');
  });
});

describe('the time of an event', () => {
  const latest = context.now + limits.clockAheadMaxMs;

  it('is the client’s up to a tolerance ahead of the receipt; beyond it, what was sent is kept beside', () => {
    const times = (timestamp: unknown) => {
      const { event, evidence } = track({ distinct_id: 'd', anonymous_id: 'a', timestamp });
      return [event.timestamp, event.client_timestamp, evidence!.timestamp];
    };
    expect(times(new Date(latest).toISOString())).toEqual([latest, null, latest]);
    expect(times(new Date(latest + 1).toISOString())).toEqual([latest, latest + 1, latest + 1]);
    const year2999 = Date.UTC(2999, 0, 1);
    expect(times('2999-01-01')).toEqual([latest, year2999, year2999]);
    expect(times('9999-12-31T23:59:59.999Z')).toEqual([latest, 253_402_300_799_999, 253_402_300_799_999]);
    expect(times('1970-01-01')).toEqual([0, null, 0]);
  });
});

describe('an event without a uuid', () => {
  const content = {
    distinct_id: 'd',
    anonymous_id: 'a',
    session_id: 's',
    timestamp: '1970-01-01T00:00:00.500Z',
    properties: { path: '/pricing', n: 1, list: [{ a: 1, b: 2 }], order_id: 9007199254740993n },
  };
  const named = (over: JsonObject) => {
    const { event, explicitUuid } = track({ ...structuredClone(content), ...over });
    return explicitUuid ? event.uuid : 'by the server';
  };

  it('is named by its content, where it carries a session and a time', () => {
    const uuid = named({});
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(named({})).toBe(uuid);
    for (const missing of ['session_id', 'timestamp']) {
      for (const none of [undefined, null, '']) expect(named({ [missing]: none })).toBe('by the server');
    }
    expect(named({ uuid: 'mine' })).toBe(messageUuid('production', 'mine'));
  });

  it('has another name for any other content', () => {
    const { properties } = content;
    const others = [
      { event: 'f' },
      { distinct_id: 'e' },
      { anonymous_id: 'b' },
      { anonymous_id: null },
      { device_id: 'a' },
      { anonymous_id: null, device_id: 'a' },
      { session_id: 't' },
      { timestamp: '1970-01-01T00:00:00.501Z' },
      { timestamp: '1970-01-01T00:00:00.500001Z' },
      { properties: { ...properties, n: 2 } },
      { properties: { ...properties, n: '1' } },
      { properties: { ...properties, order_id: 9007199254740992n } },
      { properties: { ...properties, list: [{ b: 2 }, { a: 1 }] } },
      { properties: {} },
    ];
    const names = [named({}), ...others.map(named)];
    expect(new Set(names).size).toBe(names.length);
  });

  it('keeps its name when the same content is written differently', () => {
    const { properties } = content;
    const turned = Object.fromEntries(Object.entries(properties).reverse());
    expect(named({ properties: { ...turned, list: [{ b: 2, a: 1 }], n: 1.0 } })).toBe(named({}));
    expect(named({ properties: {}, library: 1 })).toBe(named({ properties: null, sent_at: 2 }));
  });

  it('has no name of its own where rows may well be alike', () => {
    expect(track(structuredClone(content), defaultSettings, { ...context, namesByContent: false })).toMatchObject({
      event: { uuid: 'new-uuid' },
      explicitUuid: false,
    });
  });
});

describe('readIdentify', () => {
  it('reads traits in order', () => {
    expect(identify({ distinct_id: 'd', traits: { plan: 'pro', n: null }, traits_once: { first: [1] } })).toEqual({
      op: 'identify',
      distinctId: 'd',
      anonymousId: null,
      traits: [
        { key: 'plan', value: 'pro', kind: 'plain' },
        { key: 'n', value: null, kind: 'plain' },
        { key: 'first', value: [1], kind: 'once' },
      ],
      timestamp: null,
      source: { key: 'web', lib: null, batch: null, public: true },
    });
  });

  it('takes absent, null and empty for no anonymous id, and blank for a reserved one', () => {
    expect(identify({ distinct_id: 'd' }).anonymousId).toBeNull();
    expect(identify({ distinct_id: 'd', anonymous_id: null }).anonymousId).toBeNull();
    expect(identify({ distinct_id: 'd', anonymous_id: '' }).anonymousId).toBeNull();
    expect(identify({ distinct_id: 'd', anonymous_id: ' ' }).anonymousId).toBe(' ');
    expect(identify({ distinct_id: 'd', anonymous_id: 'd' }).anonymousId).toBe('d');
  });

  it.each(['traits', 'traits_once'])('checks %s', (field) => {
    const code = (value: unknown) => codeOf(() => identify({ distinct_id: 'd', [field]: value }, measured));
    expect(code(null)).toBe('accepted');
    expect(code({})).toBe('accepted');
    for (const wrong of ['a', 1, [1], true]) expect(code(wrong)).toBe('invalid-payload');
    expect(code({ '': 1 })).toBe('invalid-payload');
    expect(code({ 'a\u0000': 1 })).toBe('invalid-payload');
    expect(code({ ['k'.repeat(512)]: 1 })).toBe('accepted');
    expect(code({ ['k'.repeat(513)]: 1 })).toBe('invalid-payload');
    expect(code({ a: 'x'.repeat(limits.propertiesBytesMax) })).toBe('invalid-payload');
    expect(code(nested(limits.jsonDepthMax))).toBe('invalid-payload');
  });

  it('limits the number of traits of both kinds together', () => {
    const some = (count: number, prefix: string) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`${prefix}${i}`, i]));
    const half = limits.traitsPerCallMax / 2;
    const traits = some(half, 'a');
    expect(codeOf(() => identify({ distinct_id: 'd', traits, traits_once: some(half, 'b') }))).toBe('accepted');
    expect(codeOf(() => identify({ distinct_id: 'd', traits, traits_once: some(half + 1, 'b') }))).toBe(
      'invalid-payload',
    );
  });
});

describe('readAlias', () => {
  it('takes alias_id or new_user_id', () => {
    const read = alias({ distinct_id: 'p', alias_id: 's' });
    expect(read).toMatchObject({ op: 'alias', primary: 'p', secondary: 's', kind: 'alias', timestamp: null });
    expect(alias({ distinct_id: 'p', new_user_id: 's' })).toEqual(read);
    expect(alias({ distinct_id: 'p', alias_id: null, new_user_id: 's' })).toEqual(read);
    expect(alias({ distinct_id: 'p', alias_id: 's', new_user_id: 's' })).toEqual(read);
    expect(alias({ distinct_id: 'p', alias_id: 'p' }).secondary).toBe('p');
  });

  it('rejects none, and two that differ', () => {
    expect(codeOf(() => alias({ distinct_id: 'p' }))).toBe('invalid-payload');
    expect(codeOf(() => alias({ distinct_id: 'p', alias_id: null }))).toBe('invalid-payload');
    expect(codeOf(() => alias({ distinct_id: 'p', alias_id: 's', new_user_id: 't' }))).toBe('invalid-payload');
    expect(codeOf(() => alias({ distinct_id: 'p', alias_id: 's', new_user_id: 1 }))).toBe('invalid-payload');
  });
});

describe('the source of a call', () => {
  it('names library and batch', () => {
    const lib = (item: JsonObject) => identify({ distinct_id: 'd', ...item }).source.lib;
    expect(lib({ properties: { $lib: 'web' } })).toBe('web');
    expect(lib({ context: { library: { name: 'ios' } } })).toBe('ios');
    expect(lib({ properties: { $lib: 'web' }, context: { library: { name: 'ios' } } })).toBe('web');
    for (const context of [null, 1, [], {}, { library: 1 }, { library: { name: 1 } }, { library: { name: '' } }]) {
      expect(lib({ context })).toBeNull();
    }
    expect(lib({ properties: { $lib: { a: 1 } } })).toBeNull();
    expect(identify({ distinct_id: 'd', batch: 'import-1' }).source.batch).toBe('import-1');
    for (const batch of [1, {}, 'b'.repeat(513)]) {
      expect(codeOf(() => identify({ distinct_id: 'd', batch }))).toBe('invalid-payload');
    }
  });
});
