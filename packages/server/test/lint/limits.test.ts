import { type AliasOperation, defaultSettings, type Settings } from '@onym/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/identity/memory-store.ts';
import type { IdentityStore } from '../../src/identity/store.ts';
import { limits } from '../../src/limits.ts';
import { createLint, type Lint } from '../../src/lint/lint.ts';
import { bothTables, type Tables } from './tables.ts';

/** What lint holds is bounded, whatever comes in, and what fails behind it does not reach the callers. */

const environment = 'production';
let received: number;
let tables: Tables;
let opened = 0;
let store: IdentityStore;
let lint: Lint;
let errors: string[];
let told: object[];

const open = async (identityStore: IdentityStore, settings: Settings = defaultSettings): Promise<Lint> =>
  createLint({
    table: await tables.open(`limits_${opened}`),
    environments: [environment],
    identityStore,
    settings: () => settings,
    log: { error: (_details, message) => void errors.push(message), info: (details) => void told.push(details) },
  });

const steering = { key: 'ops', lib: null, batch: null, public: false };

function aliasOf(primary: string, secondary: string, lib: string | null = null): AliasOperation {
  const source = { key: 'web', lib, batch: null, public: false };
  return { op: 'alias', primary, secondary, kind: 'alias', timestamp: null, source };
}

async function send(...operations: AliasOperation[]): Promise<void> {
  const { answers } = await store.commit(environment, operations, received);
  for (const [index, answer] of answers.entries()) lint.observe(environment, operations[index]!, answer, received++);
}

describe.each(bothTables)('lint, with its findings %s', (_, start) => {
  beforeAll(async () => {
    tables = await start();
  });
  afterAll(() => tables?.stop());

  beforeEach(async () => {
    errors = [];
    told = [];
    received = Date.parse('2026-11-03T12:00:00Z');
    opened++;
    store = createMemoryStore();
    await store.prepare(environment, defaultSettings, 0);
    lint = await open(store);
  });
  afterEach(() => lint.close());

  it('keeps the findings last seen, and drops the others on disk too', async () => {
    const { lintFindingsMax: max } = limits;
    for (let lib = 0; lib < max + 10; lib++) await send(aliasOf('user_1', 'anonymous-1', `lib-${lib}`));
    const { findings } = await lint.report(environment);
    expect(findings).toHaveLength(max);
    expect(findings.some(({ lib }) => lib === 'lib-9')).toBe(false);
    expect(findings.some(({ lib }) => lib === 'lib-10')).toBe(true);
    await lint.close();
    lint = await open(store);
    expect((await lint.report(environment)).findings).toHaveLength(max);
  });

  it('counts calls that come too fast to be looked at', async () => {
    const { lintWaitingCallsMax: max } = limits;
    const operations = Array.from({ length: max + 7 }, (_, index) => aliasOf('user_1', `anonymous-${index}`));
    for (const operation of operations) {
      const answer = { verdict: 'applied', reason: null, seq: 1, recorded: true, canonicalId: 'user_1' } as const;
      lint.observe(environment, operation, { ...answer, components: [] }, received++);
    }
    const { findings, unexamined } = await lint.report(environment);
    expect(unexamined).toBe(7);
    expect(findings).toMatchObject([{ rule: 'alias-at-login', count: max, examples: { length: 5 } }]);
  });

  it('goes on when the identity store fails', async () => {
    await lint.close();
    const broken = { ...store, recorded: () => Promise.reject(new Error('no disk')) };
    lint = await open(broken);
    await send(aliasOf('user_1', 'stripe:1'), aliasOf('user_1', 'anonymous-1'));
    const { findings, unexamined } = await lint.report(environment);
    expect(findings).toMatchObject([{ rule: 'alias-at-login' }]);
    expect(unexamined).toBe(1);
    expect(errors).toEqual(['lint could not look into a call']);
  });

  it.each(['email:noreply@shop.example', 'noreply@shop.example'])(
    'reads a person of many ids whole a few times, however many aliases say %s',
    async (address) => {
      let wholeReads = 0;
      let membersRead = 0;
      const counting = {
        ...store,
        members: async (...asked: Parameters<IdentityStore['members']>) => {
          const members = await store.members(...asked);
          membersRead += members.length;
          return members;
        },
        profile: (...asked: Parameters<IdentityStore['profile']>) => {
          wholeReads++;
          return store.profile(...asked);
        },
        resolve: (...asked: Parameters<IdentityStore['resolve']>) => {
          wholeReads++;
          return store.resolve(...asked);
        },
      };
      await lint.close();
      lint = await open(counting);
      for (let n = 0; n < 300; n++) await send(aliasOf(`customer_${n}`, address));
      const { findings } = await lint.report(environment);
      const crowd = findings.find(({ rule }) => rule === 'no-stable-canonical');
      expect(crowd).toMatchObject({ count: 292 });
      expect(crowd!.examples[0]!.number).toBe(301);
      expect(wholeReads).toBeLessThan(20);
      // One by one it would be 90,000.
      expect(membersRead).toBeLessThan(30_000);
    },
  );

  /** Known ids that hang together by aliases. */
  async function crowdOf(size: number): Promise<(n: number) => string> {
    const idOf = (n: number) => `customer_${n}`;
    for (let n = 1; n < size; n++) await send(aliasOf(idOf(0), idOf(n)));
    return idOf;
  }

  const crowds = async (): Promise<number | undefined> =>
    (await lint.report(environment)).findings.find(({ rule }) => rule === 'no-stable-canonical')?.count;

  it.each([12, 200])('notices that a person of %d ids was split', async (size) => {
    const idOf = await crowdOf(size);
    const before = await crowds();
    expect(before).toBe(size - 9);
    const ids = Array.from({ length: size - 2 }, (_, n) => idOf(n + 2));
    await store.commit(environment, [{ op: 'split', target: { ids }, source: steering, timestamp: null }], received++);
    lint.observeSteering(environment);
    await send(aliasOf(idOf(0), 'another'));
    expect(await crowds()).toBe(before);
  });

  it('takes nobody for one of a crowd because of an alias that was turned down', async () => {
    const idOf = await crowdOf(200);
    const before = await crowds();
    await send(aliasOf('somebody', 'stripe:cus_1'));
    const refused = {
      verdict: 'refused',
      reason: 'separated',
      seq: 250,
      recorded: true,
      canonicalId: idOf(0),
    } as const;
    lint.observe(environment, aliasOf(idOf(0), 'somebody'), { ...refused, components: [] }, received++);
    await crowds();
    await send(aliasOf('somebody', 'stripe:cus_2'));
    expect(await crowds()).toBe(before);
  });

  it('leaves what would hold up the end', async () => {
    const slow = {
      ...store,
      recorded: (...asked: Parameters<IdentityStore['recorded']>) => {
        const until = performance.now() + 20;
        while (performance.now() < until);
        return store.recorded(...asked);
      },
    };
    await lint.close();
    lint = await open(slow);
    await send(...Array.from({ length: 200 }, (_, n) => aliasOf(`customer_${n}`, `stripe:${n}`)));
    told = [];
    await lint.close();
    expect(told).toMatchObject([{ environment, calls: expect.any(Number) }]);
  });

  it('takes the configured anonymous patterns for anonymous', async () => {
    await lint.close();
    lint = await open(store, { ...defaultSettings, anonymousPatterns: ['^tmp_'] });
    await send(aliasOf('user_1', 'tmp_1'));
    expect((await lint.report(environment)).findings).toMatchObject([{ rule: 'alias-at-login' }]);
  });

  it('says what to call even when every example was forgotten', async () => {
    await send(aliasOf('user_1', 'anonymous-1'), aliasOf('user_2', 'plain'), aliasOf('anonymous-2', 'anonymous-3'));
    expect((await lint.report(environment)).findings).toHaveLength(3);
    const ids = ['user_1', 'user_2', 'anonymous-2'];
    await lint.forget(environment, ids);
    const { findings } = await lint.report(environment);
    expect(findings.map(({ rule, instead, examples }) => [rule, instead, examples])).toEqual([
      ['alias-at-login', expect.stringContaining('{"distinct_id":"<user id>","anonymous_id":"<anonymous id>"}'), []],
      ['alias-before-identify', expect.stringContaining('{"distinct_id":"<user id>"}'), []],
      ['missing-prefix', expect.stringContaining('"alias_id":"'), []],
    ]);
  });

  it('does not judge an alias whose ids were erased before it was looked into', async () => {
    await send(aliasOf('user_1', 'stripe:1'), aliasOf('user_2', 'stripe:2'));
    await lint.forget(environment, ['user_1']);
    const { findings } = await lint.report(environment);
    expect(findings).toMatchObject([{ rule: 'alias-before-identify', count: 1, examples: [{ seq: 2 }] }]);
  });

  it('knows nothing of environments it was not made for', async () => {
    expect(await lint.report('elsewhere')).toEqual({ findings: [], unexamined: 0 });
    await lint.forget('elsewhere', ['user_1']);
  });
});
