import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/limits.ts';
import { lintThresholds } from '../../src/lint/rules.ts';
import type { Server } from '../../src/server.ts';
import { onServers } from '../nodes/engines-under-test.ts';
import { type Body, goodTour, startServer, world as worldOf, writeKey } from './support.ts';

/** Each test makes one mistake, in an environment of its own, and reads it back as one finding. */

const names = Array.from({ length: 60 }, (_, index) => `env${index}`);
const directory = mkdtempSync(join(tmpdir(), 'onym-lint-rules-'));
let server: Server;
let used = 0;
const world = () => worldOf(server, names[used++]!);

beforeAll(async () => {
  server = await startServer(directory, names);
});
afterAll(async () => {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const finding = (rule: string, rest: object = {}) => ({
  rule,
  count: 1,
  first_time: expect.stringMatching(isoTime),
  last_time: expect.stringMatching(isoTime),
  key: expect.any(String),
  lib: 'shop-backend',
  problem: expect.stringMatching(/^[^\n]+\.$/),
  ...rest,
});

describe('correct usage', () => {
  it('yields no finding', async () => {
    const calls = world();
    await goodTour(calls);
    expect(await calls.report()).toEqual({ findings: [], unexamined: 0 });
  });

  it('does not depend on how often the report is read in between', async () => {
    const { identify, alias, rules } = world();
    await identify('user_1', 'anonymous-1');
    expect(await rules()).toEqual([]);
    await alias('user_1', 'stripe:1');
    expect(await rules()).toEqual([]);
    await alias('user_1', 'crm:1');
    expect(await rules()).toEqual([]);
  });
});

describe('alias-at-login', () => {
  it('finds the anonymous id as alias_id, and says which identify() does it', async () => {
    const { identify, alias, findings } = world();
    await identify('user_1');
    const { seq } = await alias('user_1', 'anonymous-1');
    expect(await findings()).toEqual([
      {
        ...finding('alias-at-login'),
        instead: 'At login and sign-up: POST /identify {"distinct_id":"user_1","anonymous_id":"anonymous-1"}',
        examples: [
          {
            call: 'alias',
            time: expect.stringMatching(isoTime),
            distinct_id: 'user_1',
            alias_id: 'anonymous-1',
            canonical_id: 'user_1',
            anonymous_id: 'anonymous-1',
            seq,
          },
        ],
      },
    ]);
  });

  it.each([
    ['as distinct_id, at sign-up', 'device-1', 'user_1'],
    ['when the user was never identified', 'user_1', 'anonymous-1'],
  ])('finds the anonymous id %s', async (_name, primary, secondary) => {
    const { alias, findings } = world();
    await alias(primary, secondary);
    const [anonymous, user] = primary === 'user_1' ? [secondary, primary] : [primary, secondary];
    expect(await findings()).toMatchObject([
      finding('alias-at-login', {
        instead: expect.stringContaining(`{"distinct_id":"${user}","anonymous_id":"${anonymous}"}`),
      }),
    ]);
  });

  it('finds ids that only their history or a generated form shows to be anonymous', async () => {
    const { identify, alias, findings } = world();
    const generated = '0d5a8c1e-3b52-4c1b-9c3e-7f1f4a1c2b3d';
    await identify('user_1', 'visitor-of-1');
    await alias('user_1', 'visitor-of-1');
    await identify('user_2');
    await alias('user_2', 'visitor-of-1');
    await alias('user_2', generated);
    const [first, ...others] = await findings();
    expect(others).toEqual([]);
    expect(first).toMatchObject(finding('alias-at-login', { count: 3 }));
    const pairs = first.examples.map(({ distinct_id, anonymous_id }: Body) => [distinct_id, anonymous_id]);
    expect(pairs.sort()).toEqual([
      ['user_1', 'visitor-of-1'],
      ['user_2', generated],
      ['user_2', 'visitor-of-1'],
    ]);
  });
});

describe('alias-before-identify', () => {
  it('finds an alias of ids of which none was identified', async () => {
    const { alias, identify, findings } = world();
    await alias('user_1', 'stripe:1');
    await identify('user_1');
    await alias('user_1', 'crm:1');
    expect(await findings()).toMatchObject([
      finding('alias-before-identify', {
        instead:
          'First POST /identify {"distinct_id":"user_1"}, then POST /alias {"distinct_id":"user_1","alias_id":"stripe:1"}',
        examples: [{ distinct_id: 'user_1', alias_id: 'stripe:1' }],
      }),
    ]);
  });

  it('tells the order of calls from the ledger, however late it looks', async () => {
    const { send, findings } = world();
    const item = (distinct_id: string, alias_id: string) => ({ distinct_id, alias_id });
    const calls = [send('/alias', item('user_1', 'stripe:1')), send('/identify', { distinct_id: 'user_1' })];
    const [alias, identify] = await Promise.all(calls);
    expect(alias.seq).toBeLessThan(identify.seq);
    expect(await findings()).toMatchObject([{ rule: 'alias-before-identify', count: 1 }]);
  });

  it('finds two anonymous ids', async () => {
    const { alias, findings } = world();
    await alias('anonymous-1', 'anonymous-2');
    expect(await findings()).toMatchObject([
      finding('alias-before-identify', {
        instead: expect.stringContaining('{"distinct_id":"<user id>","anonymous_id":"anonymous-1"}'),
      }),
    ]);
  });
});

describe('missing-prefix', () => {
  it('finds an alias_id without the name of its system', async () => {
    const { identify, alias, findings } = world();
    await identify('user_1');
    await alias('user_1', 'cus_abc');
    await alias('user_1', 'ada@example.com');
    await alias('user_1', '4711');
    const [first, ...others] = await findings();
    expect(others).toEqual([]);
    expect(first).toMatchObject(finding('missing-prefix', { count: 3 }));
    expect(first.instead).toContain('POST /alias {"distinct_id":"user_1","alias_id":"legacy:4711"}');
    expect(first.examples.map((example: Body) => example.alias_id)).toEqual(['4711', 'ada@example.com', 'cus_abc']);
  });

  it('sees when the two sides are the wrong way round', async () => {
    const { identify, alias, findings } = world();
    await identify('user_1');
    await alias('stripe:1', 'user_1');
    expect(await findings()).toMatchObject([
      finding('missing-prefix', {
        instead: expect.stringContaining('POST /alias {"distinct_id":"user_1","alias_id":"stripe:1"}'),
      }),
    ]);
  });
});

describe('chained-alias', () => {
  it('says which primary to use', async () => {
    const { identify, alias, findings } = world();
    await identify('user_1');
    await alias('user_1', 'stripe:1');
    await alias('stripe:1', 'crm:1');
    expect(await findings()).toMatchObject([
      finding('chained-alias', {
        instead: 'POST /alias {"distinct_id":"user_1","alias_id":"crm:1"}',
        examples: [{ distinct_id: 'stripe:1', alias_id: 'crm:1', canonical_id: 'user_1' }],
      }),
    ]);
  });

  it('finds a chain over an anonymous id', async () => {
    const { identify, alias, findings } = world();
    await identify('user_1', 'anonymous-1');
    await alias('anonymous-1', 'stripe:1');
    expect(await findings()).toMatchObject([
      finding('chained-alias', { instead: 'POST /alias {"distinct_id":"user_1","alias_id":"stripe:1"}' }),
    ]);
  });
});

describe('repeated-alias', () => {
  it('finds a pair that is sent again and again from one place, and counts the repeats', async () => {
    const { identify, alias, findings } = world();
    const { callsPerPairMin } = lintThresholds;
    await identify('user_1');
    for (let call = 1; call < callsPerPairMin; call++) await alias('user_1', 'stripe:1');
    expect(await findings()).toEqual([]);
    await alias('user_1', 'stripe:1');
    await alias('user_1', 'stripe:1');
    expect(await findings()).toMatchObject([
      finding('repeated-alias', {
        count: callsPerPairMin,
        examples: [{ alias_id: 'stripe:1', calls: callsPerPairMin + 1 }],
      }),
    ]);
  });

  it('counts what is wrong with the pair at each call, too', async () => {
    const { identify, alias, findings } = world();
    await identify('user_1');
    for (let call = 0; call < 4; call++) await alias('user_1', 'anonymous-1');
    expect(await findings()).toMatchObject([finding('alias-at-login', { count: 4 })]);
    await alias('user_1', 'anonymous-1');
    expect(await findings()).toMatchObject([finding('alias-at-login', { count: 5, examples: [{}] })]);
  });
});

describe('no-stable-canonical', () => {
  it('finds one person under many known ids', async () => {
    const { identify, alias, findings } = world();
    const { knownIdentifiersMin } = lintThresholds;
    await identify('user_1');
    for (let id = 1; id < knownIdentifiersMin - 1; id++) await alias('user_1', `shop:${id}`);
    expect(await findings()).toEqual([]);
    await alias('user_1', 'shop:last');
    await alias('user_1', 'shop:one-more');
    expect(await findings()).toMatchObject([
      finding('no-stable-canonical', {
        count: 2,
        instead: expect.stringContaining('POST /identify {"distinct_id":"user_1"}'),
        examples: [{ known_identifiers: knownIdentifiersMin + 1 }, { known_identifiers: knownIdentifiersMin }],
      }),
    ]);
  });

  it('does not count anonymous ids', async () => {
    const { identify, alias, findings } = world();
    for (let id = 0; id < 2 * lintThresholds.knownIdentifiersMin; id++) await identify('user_1', `anonymous-${id}`);
    await alias('user_1', 'stripe:1');
    expect(await findings()).toEqual([]);
  });
});

describe('shared-identifier', () => {
  it('finds an anonymous id that several users claim', async () => {
    const { identify, track, findings } = world();
    await identify('user_1', 'anonymous-kiosk');
    await identify('user_2', 'anonymous-kiosk');
    await identify('user_2', 'anonymous-kiosk');
    await track({ distinct_id: 'user_3', anonymous_id: 'anonymous-kiosk' });
    expect(await findings()).toEqual([]);
    await identify('user_4', 'anonymous-kiosk');
    expect(await findings()).toMatchObject([
      finding('shared-identifier', {
        count: 4,
        instead: expect.stringContaining('POST /identify {"distinct_id":"user_4"'),
        problem: expect.stringContaining('3 users claim the anonymous_id anonymous-kiosk'),
        examples: [
          { call: 'identify', distinct_id: 'user_4', anonymous_id: 'anonymous-kiosk', claimants: 3 },
          { call: 'track', distinct_id: 'user_3' },
          { call: 'identify', distinct_id: 'user_2' },
        ],
      }),
    ]);
  });
});

describe('reserved-id', () => {
  it('finds reserved ids in every call, with the call site of rejected ones', async () => {
    const { identify, alias, track, send, findings } = world();
    expect(await identify('undefined')).toMatchObject({ error_code: 'reserved-distinct-id' });
    expect(await alias('user_1', 'NULL')).toMatchObject({ error_code: 'reserved-distinct-id' });
    await identify('user_1', 'guest');
    await track({ distinct_id: '[object Object]', anonymous_id: 'anonymous-1' });
    await track({ distinct_id: 'user_1', device_id: '0' });
    await send('/identify', [] as object);
    const [first, ...others] = await findings();
    expect(others).toEqual([]);
    expect(first).toMatchObject(finding('reserved-id', { count: 5 }));
    const shown = first.examples.map(({ call, time: _, uuid, seq, ...ids }: Body) => [call, ids, uuid ?? seq ?? null]);
    expect(shown).toEqual(
      expect.arrayContaining([
        ['identify', { distinct_id: 'undefined' }, null],
        ['alias', { distinct_id: 'user_1', alias_id: 'NULL' }, null],
        ['identify', { distinct_id: 'user_1', anonymous_id: 'guest' }, expect.any(Number)],
        ['track', { distinct_id: '[object Object]', anonymous_id: 'anonymous-1' }, expect.any(String)],
        ['track', { distinct_id: 'user_1', device_id: '0' }, expect.any(String)],
      ]),
    );
  });

  it.each([
    [
      'identify',
      { distinct_id: 'null', anonymous_id: 'anonymous-1' },
      'POST /identify {"distinct_id":"<user id>","anonymous_id":"anonymous-1"}',
    ],
    ['identify', { distinct_id: 'user_1', anonymous_id: ' ' }, 'POST /identify {"distinct_id":"user_1"}'],
    [
      'alias',
      { distinct_id: 'user_1', new_user_id: 'None' },
      'POST /alias {"distinct_id":"user_1","alias_id":"<other id>"}',
    ],
    ['track', { distinct_id: 'guest' }, 'POST /track {"anonymous_id":"<anonymous id>","event":"…"}'],
    ['track', { distinct_id: 'guest', anonymous_id: 'a1' }, 'POST /track {"anonymous_id":"a1","event":"…"}'],
    [
      'track',
      { distinct_id: 'null', anonymous_id: '', device_id: 'phone' },
      'Leave distinct_id out while there is no id: POST /track {"device_id":"phone","event":"…"}',
    ],
  ])('says what to send instead of %s %j', async (call, item, instead) => {
    const { send, findings } = world();
    await send(`/${call}`, { event: 'seen', ...item });
    expect(await findings()).toMatchObject([finding('reserved-id', { instead: expect.stringContaining(instead) })]);
  });
});

describe('near-miss-id', () => {
  it.each<[string, string, string]>([
    ['upper and lower case', 'ann@x.com', 'Ann@X.com'],
    ['the case of a UUID', '7f3a0001-1111-4222-8333-444455556666', '7F3A0001-1111-4222-8333-444455556666'],
    ['how an accent is encoded', 'Jos\u00e9', 'Jose\u0301'],
    ['a blank at the end', 'user_1', 'user_1 '],
    ['a blank before', 'user_1', '\u00a0user_1'],
    ['an invisible character', 'user_1', 'user_\u200b1'],
    ['full width', 'user_1', '\uff55ser_1'],
  ])('finds ids that differ in %s, with both, and keeps them apart', async (_name, id, other) => {
    const { track, identify, findings, inject } = world();
    const environment = names[used - 1]!;
    await identify(id);
    await track({ distinct_id: other });
    await track({ distinct_id: other });
    await track({ distinct_id: id });
    const [first, ...others] = await findings();
    expect(others).toEqual([]);
    expect(first).toMatchObject(finding('near-miss-id', { count: 2 }));
    expect(first.examples).toMatchObject([{ call: 'track', distinct_id: other, similar_id: id }]);
    const { identities } = (await inject('POST', '/v1/resolve', { environment, distinct_ids: [id, other] })).json();
    expect(identities[id].identity_id).not.toBe(identities[other].identity_id);
  });

  it('shows what can not be seen, and how to join the two', async () => {
    const { identify, findings } = world();
    await identify('Jos\u00e9 ');
    await identify('Jose\u0301');
    const [{ problem, instead }] = await findings();
    expect(problem).toContain('The ids "Jose\\u0301" and "Jos\\u00e9 " look alike');
    const [, body] = /POST \/alias (.*)$/.exec(instead)!;
    expect(JSON.parse(body!)).toEqual({ distinct_id: 'Jos\u00e9 ', alias_id: 'Jose\u0301' });
  });

  it('looks at every id of identity calls, and counts by call site', async () => {
    const { identify, alias, send, findings } = world();
    await identify('user_1', 'anonymous-A');
    await alias('user_1', 'stripe:cus_1');
    await identify('user_2', 'anonymous-a');
    await send('/alias', { distinct_id: 'user_3', alias_id: 'STRIPE:cus_1', properties: { $lib: 'billing' } });
    const missed = (await findings('&rule=near-miss-id')).map(({ lib, examples }: Body) => [lib, examples[0]]);
    expect(missed.sort()).toMatchObject([
      ['billing', { alias_id: 'STRIPE:cus_1', similar_id: 'stripe:cus_1' }],
      ['shop-backend', { anonymous_id: 'anonymous-a', similar_id: 'anonymous-A' }],
    ]);
  });

  it('leaves alone what is one person, and visitors of plain events', async () => {
    const { alias, identify, track, findings } = world();
    await identify('ann@x.com');
    await alias('ann@x.com', 'Ann@x.com');
    await track({ distinct_id: 'Ann@x.com' });
    await track({ distinct_id: 'anonymous-x' });
    await track({ distinct_id: 'anonymous-X' });
    expect(await findings('&rule=near-miss-id')).toEqual([]);
  });

  it('forgets erased ids, the waiting ones too', async () => {
    const { identify, track, findings } = world();
    const environment = names[used - 1]!;
    await identify('Secret@x.com');
    await track({ distinct_id: 'secret@x.com' });
    await server.lint.forget(environment, ['Secret@x.com']);
    await track({ distinct_id: 'secret@x.com' });
    expect(await findings()).toEqual([]);
    await identify('SECRET@x.com');
    expect(await findings()).toMatchObject([
      { examples: [{ distinct_id: 'SECRET@x.com', similar_id: 'secret@x.com' }] },
    ]);
    await server.lint.forget(environment, ['secret@x.com']);
    expect(await findings()).toMatchObject([{ examples: [] }]);
  });
});

describe('clock-skew', () => {
  it('finds timestamps ahead of the clock, beyond a tolerance', async () => {
    const { identify, alias, track, findings } = world();
    const soon = new Date(Date.now() + limits.clockAheadMaxMs / 2).toISOString();
    const far = new Date(Date.now() + 3_600_000).toISOString();
    await identify('user_1', undefined, { timestamp: soon });
    await track({ distinct_id: 'user_1', timestamp: soon });
    expect(await findings()).toEqual([]);
    await identify('user_1', undefined, { timestamp: far });
    await alias('user_1', 'stripe:1', { timestamp: far });
    await track({ distinct_id: 'user_1', timestamp: far });
    const [first, ...others] = await findings();
    expect(others).toEqual([]);
    expect(first).toMatchObject(finding('clock-skew', { count: 3 }));
    expect(first.instead).toContain('leave timestamp out');
    expect(first.examples.map((example: Body) => [example.call, example.timestamp])).toEqual([
      ['track', far],
      ['alias', far],
      ['identify', far],
    ]);
  });

  it('finds clocks that were never set, and leaves history alone', async () => {
    const { track, findings } = world();
    await track({ distinct_id: 'user_1', timestamp: '2009-07-01T00:00:00Z' });
    expect(await findings()).toEqual([]);
    await track({ distinct_id: 'user_1', timestamp: 12 });
    expect(await findings()).toMatchObject([
      finding('clock-skew', { problem: expect.stringContaining('1970-01-01T00:00:12.000Z') }),
    ]);
  });
});

describe('unknown-field', () => {
  it('names the field, the call and what to do with it', async () => {
    const { identify, alias, track, inject, findings } = world();
    const environment = names[used - 1]!;
    await track({ distinct_id: 'user_1', plan: 'pro' });
    await identify('user_1', undefined, { email: 'ada@example.com' });
    await alias('user_1', 'stripe:1', { sent_at: 1 });
    await inject('POST', '/track?v=2', [
      { environment, event: 'e', distinct_id: 'user_1', properties: { $lib: 'shop-backend' } },
    ]);
    const [first, ...others] = await findings();
    expect(others).toEqual([]);
    expect(first).toEqual({
      ...finding('unknown-field', { count: 4 }),
      problem: 'The query parameter "v" of /track means nothing to Onym: it changed nothing.',
      instead: 'Leave it out. What belongs to a call goes into its body.',
      examples: [
        ['track', '?v'],
        ['alias', 'sent_at'],
        ['identify', 'email'],
        ['track', 'plan'],
      ].map(([call, field]) => ({ call, field, time: expect.stringMatching(isoTime) })),
    });
  });

  it.each([
    [
      'track',
      'plan',
      'Move it into properties, or leave it out: POST /track {"distinct_id":"<user id>","event":"…","properties":{"plan":"…"}}',
    ],
    ['track', 'traits', 'Traits are set by identify(): POST /identify {"distinct_id":"<user id>","traits":{"…":"…"}}'],
    ['track', 'user_id', 'If it is the distinct_id, send it under that name; else leave it out.'],
    [
      'identify',
      'email',
      'Move it into traits, or leave it out: POST /identify {"distinct_id":"<user id>","traits":{"email":"…"}}',
    ],
    ['identify', 'time', 'If it is the timestamp, send it under that name; else leave it out.'],
    ['alias', 'traits', 'Traits are set by identify(): POST /identify {"distinct_id":"<user id>","traits":{"…":"…"}}'],
    ['alias', 'sent_at', 'Leave it out.'],
  ])('of %s: %s', async (call, field, instead) => {
    const { send, findings } = world();
    await send(`/${call}`, {
      event: 'e',
      distinct_id: 'user_1',
      ...(call === 'alias' && { alias_id: 'crm:1' }),
      [field]: {},
    });
    const found = (await findings()).filter(({ examples }) => examples[0].field === field);
    expect(found).toMatchObject([{ rule: 'unknown-field', count: 1, instead }]);
    expect(found[0].problem).toBe(
      `The field "${field}" of ${call} means nothing to Onym: what it holds is kept nowhere.`,
    );
  });

  it('counts calls, not fields, and shows each field once', async () => {
    const { track, findings } = world();
    const fields = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`own_${index}`, index]));
    for (const id of ['user_1', 'user_2', 'user_3']) await track({ distinct_id: id, ...fields });
    const [first, ...others] = await findings();
    expect(others).toEqual([]);
    expect(first.count).toBe(3);
    expect(new Set(first.examples.map((example: Body) => example.field)).size).toBe(limits.lintExamplesMax);
  });

  it('forgets an erased id that was the name of a field', async () => {
    const { track, findings } = world();
    const long = 'x'.repeat(500);
    await track({ distinct_id: 'user_1', 'ada@example.com': 1, [long]: 2 });
    await server.lint.forget(names[used - 1]!, ['ada@example.com', long]);
    expect(await findings()).toMatchObject([{ rule: 'unknown-field', count: 1, examples: [] }]);
  });

  it('finds nothing in what was refused, nor in dry runs', async () => {
    const { send, identify, inject, findings } = world();
    const environment = names[used - 1]!;
    expect(await send('/identify', { distinct_id: 'user_1', enviroment: 'x' })).toMatchObject({ ok: false });
    expect(await send('/track', { sent_at: 1 })).toMatchObject({ ok: false });
    await inject('POST', '/identify?dry_run=true', { environment, distinct_id: 'user_1', sent_at: 1 });
    await identify('user_1', 'anonymous-1', { session_id: 's', device_id: 'd' });
    expect(await findings()).toEqual([]);
  });
});

describe('findings', () => {
  it('are one per rule, key and $lib, with at most five examples, the newest first', async () => {
    const { alias, identify, findings } = world();
    await identify('user_1');
    for (let id = 1; id <= 7; id++) await alias('user_1', `anonymous-${id}`);
    await alias('user_1', 'anonymous-8', { properties: { $lib: 'web' } });
    await alias('user_1', 'anonymous-9', {}, writeKey);
    const all = await findings();
    expect(all.map(({ count, lib }) => [count, lib])).toEqual([
      [7, 'shop-backend'],
      [1, expect.any(String)],
      [1, expect.any(String)],
    ]);
    expect(new Set(all.map(({ key, lib }) => `${key} ${lib}`)).size).toBe(3);
    expect(all[0].examples.map((example: Body) => example.alias_id)).toEqual(
      [7, 6, 5, 4, 3].map((id) => `anonymous-${id}`),
    );
  });

  it('can be narrowed to a rule and to a time', async () => {
    const { alias, findings, inject } = world();
    await alias('user_1', 'foo');
    expect((await findings()).map(({ rule }) => rule)).toEqual(['alias-before-identify', 'missing-prefix']);
    expect(await findings('&rule=missing-prefix')).toMatchObject([{ rule: 'missing-prefix' }]);
    expect(await findings('&since=2020-01-01')).toHaveLength(2);
    expect(await findings(`&since=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([]);
    expect((await inject('GET', '/v1/lint?rule=nonsense')).statusCode).toBe(400);
    expect((await inject('GET', '/v1/lint?since=yesterday')).statusCode).toBe(422);
    expect((await inject('GET', '/v1/lint?environment=nowhere')).statusCode).toBe(422);
    expect((await inject('GET', '/v1/lint', undefined, writeKey)).statusCode).toBe(403);
  });

  it('do not come from dry runs, and each environment has its own', async () => {
    const { inject, findings } = world();
    const environment = names[used - 1]!;
    await inject('POST', '/alias?dry_run=true', { environment, distinct_id: 'user_1', alias_id: 'anonymous-1' });
    await inject('POST', '/identify?dry_run=true', { environment, distinct_id: 'null' });
    await inject('POST', '/alias', { environment: names[used++]!, distinct_id: 'user_1', alias_id: 'anonymous-1' });
    expect(await findings()).toEqual([]);
  });

  it('forget erased ids, in examples and in what is remembered of them', async () => {
    const { alias, identify, findings } = world();
    const environment = names[used - 1]!;
    await identify('user_1', 'anonymous-kiosk');
    for (const id of [2, 3]) await identify(`user_${id}`, 'anonymous-kiosk');
    await alias('user_1', 'secret-name');
    await alias('user_2', 'anonymous-2');
    expect(await findings()).toHaveLength(2);
    await server.lint.forget(environment, ['secret-name', 'user_3']);
    const after = await findings();
    expect(JSON.stringify(after)).not.toContain('secret-name');
    expect(after).toMatchObject([
      { rule: 'alias-at-login', examples: [{ distinct_id: 'user_2' }] },
      { rule: 'missing-prefix', count: 1, examples: [] },
    ]);
    await identify('user_4', 'anonymous-kiosk');
    // Nodes ask the ledger who claimed it, and nobody is erased there.
    expect(await findings()).toHaveLength(onServers ? 3 : 2);
  });
});
