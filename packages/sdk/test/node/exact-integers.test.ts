import { Onym } from '@onym/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeServer } from '../support/fake-server.ts';

/** A client whose server answers every request with `text`. */
const answering = (text: string, status = 200) =>
  new Onym({ apiKey: 'sk_test_12345', fetch: async () => new Response(text, { status }) });

const traitsOf = async (text: string): Promise<unknown> =>
  (await answering(`{"identity_id":"i","traits":${text}}`).identity('a'))?.traits;

describe('a bigint', () => {
  it('goes as its digits, however deep, in each call', async () => {
    const server = fakeServer();
    const onym = new Onym({ apiKey: 'sk_test_12345', fetch: server.fetch });
    const values = {
      n: 9007199254740993n,
      deep: [{ list: [-1n, 0n, 2n ** 64n] }],
      text: '9007199254740993',
      at: new Date(0),
    };
    const written =
      '{"n":9007199254740993,"deep":[{"list":[-1,0,18446744073709551616]}],"text":"9007199254740993","at":"1970-01-01T00:00:00.000Z"}';
    await onym.track({ event: 'x', distinctId: 'a', properties: { values } });
    await onym.identify({ distinctId: 'a', traits: values });
    await onym.identify({ distinctId: 'a', traitsOnce: values });
    for (const { init } of server.requests) expect(String(init.body)).toContain(written);
    expect(server.requests).toHaveLength(3);
  });

  it('goes as its digits in a batch, beside texts that look like one', async () => {
    const server = fakeServer();
    const onym = new Onym({ apiKey: 'sk_test_12345', fetch: server.fetch, batching: true });
    void onym.track({
      event: 'one',
      distinctId: 'a',
      properties: { n: 9007199254740993n, text: '"1n" 9007199254740993' },
    });
    void onym.track({ event: 'two', distinctId: 'a', properties: { n: 1 } });
    await onym.flush();
    expect(String(server.requests[0]?.init.body)).toMatch(
      /"n":9007199254740993,"text":"\\"1n\\" 9007199254740993".*"n":1}/,
    );
  });
});

describe('what is read', () => {
  it('holds an integer beyond 2^53 as a bigint, and any other number as a number', async () => {
    expect(
      await traitsOf(
        '{"a":9007199254740993,"b":-9007199254740993,"c":[9007199254740992,{"d":18446744073709551615}],"e":9007199254740991,"f":-9007199254740991,"g":12345678901234567.5,"h":0.12345678901234567,"i":1e21,"j":12345678901234567e3,"k":-0}',
      ),
    ).toEqual({
      a: 9007199254740993n,
      b: -9007199254740993n,
      c: [9007199254740992n, { d: 18446744073709551615n }],
      e: 9007199254740991,
      f: -9007199254740991,
      g: Number('12345678901234567.5'),
      h: Number('0.12345678901234567'),
      i: 1e21,
      j: 12345678901234567e3,
      k: -0,
    });
  });

  it('leaves digits in texts and keys alone', async () => {
    const value = { '9007199254740993': 'x', a: '9007199254740993', b: ' 9007199254740993', c: '\\"9007199254740993' };
    expect(await traitsOf(JSON.stringify({ ...value, d: '\\', e: ',9007199254740993,' }))).toEqual({
      ...value,
      d: '\\',
      e: ',9007199254740993,',
    });
  });

  it('goes as its digits in the parameters of a query', async () => {
    const server = fakeServer();
    const onym = new Onym({ apiKey: 'sk_test_12345', fetch: server.fetch });
    await onym.query('SELECT {n:UInt64}', { params: { n: 18446744073709551615n } }).catch(() => undefined);
    expect(String(server.requests[0]!.init.body)).toContain('"params":{"n":18446744073709551615}');
  });

  it('is exact in rows, in a dry run, and beside an error', async () => {
    const { rows } = await answering('{"data":[{"n":9007199254740993}],"meta":[]}').query('SELECT 1');
    expect(rows).toEqual([{ n: 9007199254740993n }]);
    const preview = await answering(
      '{"ok":true,"verdict":"applied","seq":1,"blast_radius":{"traits":{"changed":1,"listed":[{"canonical_id":"a","key":"n","to":9007199254740993}]}}}',
    ).alias({ distinctId: 'a', aliasId: 'b' }, { dryRun: true });
    expect(preview.blastRadius?.traits.listed[0]?.to).toBe(9007199254740993n);
    const refused = answering('{"ok":false,"error_code":"x","message":"9007199254740993","n":9007199254740993}', 422);
    await expect(refused.identity('a')).rejects.toMatchObject({ code: 'x', message: '9007199254740993' });
  });

  it('is what was sent, whatever that was', async () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, true, '', '"', '\\', '\\"', '__proto__', '9007199254740993'),
        fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
        fc.maxSafeInteger(),
        fc.double({ noDefaultInfinity: true, noNaN: true, min: -1e15, max: 1e15 }),
        fc.string({ unit: 'binary' }),
        fc.array(tie('value')),
        fc.dictionary(fc.string(), tie('value')),
      ),
    }));
    /** A bigint that a number holds exactly comes back as one. */
    const readable = (sent: unknown): unknown => {
      if (typeof sent === 'bigint') return Number.isSafeInteger(Number(sent)) ? Number(sent) : sent;
      if (Array.isArray(sent)) return sent.map(readable);
      if (sent === null || typeof sent !== 'object') return Object.is(sent, -0) ? 0 : sent;
      return Object.fromEntries(Object.entries(sent).map(([key, inner]) => [key, readable(inner)]));
    };
    await fc.assert(
      fc.asyncProperty(value, async (sent) => {
        let body = '';
        const onym = new Onym({
          apiKey: 'sk_test_12345',
          fetch: async (_, init) => {
            body = String(init?.body);
            return new Response('{"ok":true,"verdict":"applied","seq":1}');
          },
        });
        await onym.identify({ distinctId: 'a', traits: { sent } });
        const [, traits] = /"traits":(.*),"context":/s.exec(body)!;
        expect(await traitsOf(traits!)).toEqual({ sent: readable(sent) });
      }),
      { numRuns: 1_000 },
    );
  });
});
