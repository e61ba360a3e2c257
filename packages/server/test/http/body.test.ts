import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseJson } from '../../src/ingest/parse-json.ts';
import { limits } from '../../src/limits.ts';
import { asSecret, get, post, type TestApp, testApp } from './support.ts';

let t: TestApp;
beforeEach(() => {
  t = testApp();
});
afterEach(() => t.app.close());

const event = { event: 'e', distinct_id: 'a', properties: { text: 'é 👍' } };
const plain = Buffer.from(JSON.stringify(event));

const outcome = async (payload: Buffer | string, headers: Record<string, string>) => {
  const response = await t.app.inject({ method: 'POST', url: '/track', headers: { ...asSecret, ...headers }, payload });
  return response.json().error_code ?? 'ok';
};

describe('content types', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'text/plain',
    'text/plain;charset=UTF-8',
    'Text/Plain',
    'application/x-www-form-urlencoded',
  ])('takes %s', async (type) => {
    expect(await outcome(plain, { 'content-type': type })).toBe('ok');
    expect(JSON.parse(t.services.tracked[0]!.items[0]!.event.properties)).toEqual(event.properties);
  });

  it('takes none', async () => {
    expect(await outcome(plain, {})).toBe('ok');
  });

  it.each(['application/xml', 'multipart/form-data; boundary=x', 'nonsense'])(
    '%s is unsupported-media-type',
    async (type) => {
      const response = await post(t.app, '/track', plain, { ...asSecret, 'content-type': type });
      expect([response.statusCode, response.json().error_code]).toEqual([415, 'unsupported-media-type']);
    },
  );
});

describe('compression', () => {
  it.each<[string, Buffer]>([
    ['gzip', gzipSync(plain)],
    ['GZIP', gzipSync(plain)],
    ['x-gzip', gzipSync(plain)],
    ['deflate', deflateSync(plain)],
    ['br', brotliCompressSync(plain)],
    ['identity', plain],
  ])('takes %s', async (encoding, body) => {
    expect(await outcome(body, { 'content-type': 'application/json', 'content-encoding': encoding })).toBe('ok');
    expect(JSON.parse(t.services.tracked[0]!.items[0]!.event.properties)).toEqual(event.properties);
  });

  it('knows gzip without a header, as beacons send it', async () => {
    expect(await outcome(gzipSync(plain), { 'content-type': 'text/plain' })).toBe('ok');
    expect(await outcome(gzipSync(plain), {})).toBe('ok');
  });

  it('rejects what it cannot read', async () => {
    const gzip = { 'content-encoding': 'gzip' };
    expect(await outcome(plain, gzip)).toBe('invalid-json');
    expect(await outcome(gzipSync(plain).subarray(0, -12), gzip)).toBe('invalid-json');
    expect(await outcome(gzipSync('nonsense'), gzip)).toBe('invalid-json');
    expect(await outcome(plain, { 'content-encoding': 'zstd' })).toBe('unsupported-media-type');
    expect(await outcome(plain, { 'content-encoding': 'gzip, gzip' })).toBe('unsupported-media-type');
  });
});

describe('size', () => {
  it('is bounded as it arrives and once decompressed', async () => {
    const tooLarge = Buffer.alloc(limits.bodyBytesMax + 1, ' ');
    expect(await outcome(tooLarge, {})).toBe('payload-too-large');
    expect(await outcome(gzipSync(tooLarge), { 'content-encoding': 'gzip' })).toBe('payload-too-large');
    expect(await outcome(brotliCompressSync(tooLarge), { 'content-encoding': 'br' })).toBe('payload-too-large');
    expect(await outcome(deflateSync(tooLarge), { 'content-encoding': 'deflate' })).toBe('payload-too-large');
    const largest = Buffer.concat([plain, tooLarge.subarray(plain.length + 1)]);
    expect(await outcome(gzipSync(largest), { 'content-encoding': 'gzip' })).toBe('ok');
  });
});

describe('parseJson', () => {
  const codeOf = (bytes: Buffer | string) => {
    try {
      parseJson(Buffer.from(bytes));
    } catch (error) {
      return (error as { code: string }).code;
    }
    return 'ok';
  };

  it.each<[string, Buffer | string]>([
    ['nothing', ''],
    ['text', 'nonsense'],
    ['half an object', '{"a":1'],
    ['two values', '{}{}'],
    ['NaN', '{"a":NaN}'],
    ['a lone continuation byte', Buffer.from([0x22, 0x80, 0x22])],
    ['an overlong slash', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
    ['an encoded surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['a cut character', Buffer.from([0x22, 0xf0, 0x9f, 0x22])],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le')],
  ])('takes %s for invalid-json', (_name, bytes) => {
    expect(codeOf(bytes)).toBe('invalid-json');
  });

  it('takes a byte order mark', () => {
    expect(parseJson(Buffer.from('\ufeff{"a":1}'))).toEqual({ a: 1 });
  });

  it.each([
    '{"__proto__":{"admin":true},"a":1}',
    '{"a":1,"__proto__":null}',
    '{"\\u005f_proto__":{"admin":true},"a":1}',
    '{"\\u005F\\u005f\\u0070roto_\\u005f":{"admin":true},"a":1}',
  ])('drops the key __proto__ of %s', (json) => {
    const parsed = parseJson(Buffer.from(json)) as { admin?: boolean };
    expect(parsed).toEqual({ a: 1 });
    expect(Object.keys(parsed)).toEqual(['a']);
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  });

  it('drops it at every level, and keeps it as a value', () => {
    const json = '{"a":[{"__proto__":{"b":1},"c":"__proto__"}],"constructor":{"prototype":1},"u":"\\u00e9"}';
    const parsed = parseJson(Buffer.from(json)) as { a: object[]; constructor: unknown };
    expect(Object.keys(parsed.a[0]!)).toEqual(['c']);
    expect(parsed.constructor).toEqual({ prototype: 1 });
    expect(({} as { b?: number }).b).toBeUndefined();
  });

  it('does not even parse what is nested absurdly', () => {
    const deep = `${'['.repeat(5_000_000)}${']'.repeat(5_000_000)}`;
    expect(codeOf(deep)).toBe('invalid-payload');
    expect(codeOf(JSON.stringify({ text: '[{'.repeat(100_000), quoted: '\\"[' }))).toBe('ok');
    expect(codeOf(`[${'[[]],'.repeat(50_000)}1]`)).toBe('ok');
  });
});

it('a polluting body changes no prototype', async () => {
  const item =
    '{"event":"e","distinct_id":"a","properties":{"__proto__":{"polluted":1},"x":2},"__proto__":{"event":"z"}}';
  expect(await outcome(item, {})).toBe('ok');
  expect(t.services.tracked[0]!.items[0]!.event).toMatchObject({ event: 'e', properties: '{"x":2}' });
  await post(t.app, '/identify', '{"distinct_id":"a","traits":{"__proto__":{"polluted":1},"k":1}}');
  expect(t.services.identified[0]!.operations[0]!.traits).toEqual([{ key: 'k', value: 1, kind: 'plain' }]);
  const { identities } = (await post(t.app, '/v1/resolve', { distinct_ids: ['__proto__', 'constructor'] })).json();
  expect(Object.keys(identities)).toHaveLength(2);
  expect((await get(t.app, '/v1/identities/__proto__')).statusCode).toBe(404);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});
