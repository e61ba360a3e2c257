import type { Settings } from '@onym/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  callOptions,
  calmOptions,
  createReference,
  fullOptions,
  type History,
  histories,
  isReservedId,
  play,
  type Reference,
  startSettings,
  withDuplicates,
  withReorder,
} from '../src/testing/index.ts';
import { type Extra, source, world } from './worked-example.ts';

// The worked examples of docs/resolution.md, on the reference model and the engine, and the invariants that the model must hold before
// it judges others.

const applied = (seq: number) => ({ verdict: 'applied', reason: null, seq, recorded: true });
const unchanged = { verdict: 'unchanged', reason: null, seq: null, recorded: false };
const redundant = (seq: number) => ({ verdict: 'unchanged', reason: null, seq, recorded: true });
const repeat = (seq: number) => ({ verdict: 'unchanged', reason: null, seq, recorded: false });
const refused = (reason: string, seq: number, recorded = true) => ({ verdict: 'refused', reason, seq, recorded });
const held = (reason: string, seq: number, recorded = true) => ({ verdict: 'held', reason, seq, recorded });
const belongs = 'anonymous-id-belongs-to-another-identity';

describe('identify', () => {
  it('without a link: applied when it says something new, else unchanged', () => {
    const w = world();
    expect(w.identify('user_1')).toEqual(applied(1));
    expect(w.identify('user_1', 'user_1')).toEqual(unchanged);
    expect(w.identify('user_1', null, { traits: { plan: 'a' } })).toEqual(applied(2));
    expect(w.known('user_1')).toBe(true);
    expect(w.known('user_2')).toBe(false);
  });

  it('refuses a reserved anonymous_id, once; known-ness and traits stand', () => {
    const w = world();
    expect(w.identify('user_1', ' "NULL" ', { traits: { plan: 'a' } })).toEqual(refused('reserved-distinct-id', 1));
    expect(w.known('user_1')).toBe(true);
    expect(w.profile('user_1')).toEqual({ plan: 'a' });
    expect(w.identify('user_1', ' "NULL" ')).toEqual(refused('reserved-distinct-id', 1, false));
    expect(w.identify('user_1', '')).toEqual(refused('reserved-distinct-id', 2));
  });

  it('refuses a separated pair, and any pair across the two identities', () => {
    const w = world();
    w.separate('user_1', 'anonymous-1');
    expect(w.identify('user_1', 'anonymous-1')).toEqual(refused('separated', 2));
    w.alias('anonymous-2', 'anonymous-1');
    expect(w.identify('user_1', 'anonymous-2')).toEqual(refused('separated', 4));
  });

  it('refuses the pair separated although other evidence still connects it', () => {
    const w = world();
    w.alias('user_1', 'anonymous-1');
    w.alias('anonymous-1', 'x1');
    w.alias('user_1', 'x1');
    w.split(3);
    expect(w.sameIdentity('user_1', 'x1')).toBe(true);
    expect(w.alias('user_1', 'x1')).toEqual(refused('separated', 5));
    expect(w.alias('x1', 'device-1')).toEqual(applied(6));
  });

  it('is unchanged inside one identity: a new pair is recorded, a repeat is not', () => {
    const w = world();
    w.identify('user_1', 'anonymous-1');
    expect(w.identify('user_1', 'anonymous-1')).toEqual(repeat(1));
    w.identify('user_1', 'device-1');
    expect(w.identify('device-1', 'anonymous-1')).toEqual(redundant(3));
    expect(w.links()[2]).toMatchObject({ redundant: true, status: 'active' });
  });

  it('refuses an anonymous_id whose identity holds a known identifier', () => {
    const w = world();
    w.identify('user_1', 'anonymous-1');
    expect(w.identify('user_2', 'anonymous-1')).toEqual(refused(belongs, 2));
    expect(w.identify('user_3', 'user_1')).toEqual(refused(belongs, 3));
    expect(w.known('user_3')).toBe(true);
    expect(w.partition()).toEqual([['anonymous-1', 'user_1'], ['user_2'], ['user_3']]);
  });

  it('holds a union above a guard rail', () => {
    const w = world({ identifiersPerIdentityMax: 2, identifiersPerTypeMax: { stripe: 0 } });
    expect(w.identify('user_1', 'stripe:1')).toEqual(held('too-many-of-type', 1));
    expect(w.identify('user_1', 'anonymous-1')).toEqual(applied(2));
    expect(w.identify('user_1', 'anonymous-2')).toEqual(held('identity-too-large', 3));
  });

  it('otherwise joins', () => {
    const w = world();
    expect(w.identify('user_1', 'anonymous-1')).toEqual(applied(1));
    expect(w.canonical('anonymous-1')).toBe('user_1');
    expect(w.known('anonymous-1')).toBe(false);
  });

  it('rejects a reserved or malformed distinct_id', () => {
    const submit = (distinctId: string) =>
      createReference().submit(
        { op: 'identify', distinctId, anonymousId: null, traits: [], timestamp: null, source: source({}) },
        1,
      );
    expect(submit('guest')).toEqual({ error: 'reserved-distinct-id' });
    expect(submit('x'.repeat(513))).toEqual({ error: 'invalid-distinct-id' });
    expect(submit('\u20ac'.repeat(171))).toEqual({ error: 'invalid-distinct-id' });
    expect(submit('\u20ac'.repeat(170))).toMatchObject({ verdict: 'applied' });
  });
});

describe('alias', () => {
  it('errors on reserved ids and records nothing', () => {
    const model = createReference();
    const alias = (primary: string, secondary: string) =>
      model.submit({ op: 'alias', kind: 'alias', primary, secondary, timestamp: null, source: source({}) }, 1);
    expect(alias('null', 'x1')).toEqual({ error: 'reserved-distinct-id' });
    expect(alias('x1', ' ')).toEqual({ error: 'reserved-distinct-id' });
    expect(model.ledgerLength()).toBe(0);
  });

  it('is unchanged for P = S, refused when separated, unchanged inside one identity', () => {
    const w = world();
    expect(w.alias('user_1', 'user_1')).toEqual(unchanged);
    w.separate('user_1', 'x1');
    expect(w.alias('user_1', 'x1')).toEqual(refused('separated', 2));
    expect(w.alias('user_1', 'x1')).toEqual(refused('separated', 2, false));
    w.alias('user_1', 'x2');
    expect(w.alias('x1', 'x2')).toEqual(refused('separated', 4));
    expect(w.alias('x2', 'user_1')).toEqual(repeat(3));
  });

  it('by a publishable key: held for two known people and for a new name of one', () => {
    const w = world();
    w.identify('user_1');
    w.identify('user_2');
    expect(w.alias('user_1', 'user_2', { pk: true })).toEqual(held('needs-secret-key', 3));
    w.introduce('x1', { plan: 'free' });
    expect(w.alias('x1', 'user_1', { pk: true })).toEqual(held('needs-secret-key', 5));
    expect(w.alias('user_1', 'stripe:1', { pk: true })).toEqual(applied(6));
    expect(w.alias('anonymous-1', 'user_1', { pk: true })).toEqual(applied(7));
    expect(w.canonical('anonymous-1')).toBe('user_1');
    expect(w.alias('user_1', 'user_2')).toEqual(applied(8));
  });

  it('by a publishable key: applied for ids never seen, and always with publicKeyMerges: apply', () => {
    const w = world();
    expect(w.alias('user_123', 'stripe:cus_1', { pk: true })).toEqual(applied(1));
    const open = world({ publicKeyMerges: 'apply' });
    open.identify('user_1');
    open.identify('user_2');
    expect(open.alias('user_1', 'user_2', { pk: true })).toEqual(applied(3));
  });

  it('holds a union above a guard rail, and otherwise joins two known identities', () => {
    const w = world({ identifiersPerIdentityMax: 2, identifiersPerTypeMax: { stripe: 1 } });
    expect(w.alias('stripe:1', 'stripe:2')).toEqual(held('too-many-of-type', 1));
    w.identify('user_1');
    w.identify('user_2');
    expect(w.alias('user_1', 'user_2')).toEqual(applied(4));
    expect(w.alias('user_1', 'x1')).toEqual(held('identity-too-large', 5));
    expect(w.canonical('user_2')).toBe('user_1');
  });
});

describe('track', () => {
  it('links like identify, but makes its distinct_id known only with a link that stands', () => {
    const w = world();
    expect(w.track('x1', 'anonymous-1')).toEqual(applied(1));
    expect(w.known('x1')).toBe(true);
    expect(w.track('x2', 'anonymous-1')).toEqual(refused(belongs, 2));
    expect(w.known('x2')).toBe(false);
    // The link is a repeat; the row holds the known-ness alone.
    expect(w.identify('x1', 'anonymous-1')).toEqual(redundant(3));
    expect(w.links()).toHaveLength(2);
  });

  it('is no evidence when distinct_id is anonymous by form', () => {
    const w = world({ anonymousPatterns: ['^guest-'] });
    expect(w.track('anonymous-1', 'device-1')).toEqual(unchanged);
    expect(w.track('guest-1', 'device-1')).toEqual(unchanged);
  });
});

describe('redundant evidence', () => {
  it('holds the identity together when another link is revoked', () => {
    const w = world();
    w.alias('x1', 'x2');
    w.alias('x2', 'device-1');
    expect(w.alias('x1', 'device-1')).toEqual(redundant(3));
    w.split(1);
    expect(w.sameIdentity('x1', 'device-1')).toBe(true);
    expect(w.links()[2]).toMatchObject({ redundant: false, verdict: 'unchanged', status: 'active' });
  });

  it('turns refused in a refold when its secondary side holds a known identifier', () => {
    const w = world();
    w.identify('user_1', 'anonymous-1');
    w.alias('user_2', 'user_1');
    expect(w.identify('user_2', 'anonymous-1')).toEqual(redundant(3));
    w.split(2);
    expect(w.links()[2]).toMatchObject({ status: 'refused', reason: belongs, statusSeq: 4 });
    expect(w.partition()).toEqual([['anonymous-1', 'user_1'], ['user_2']]);
  });

  it('turns held in a refold when it came by a publishable key', () => {
    const w = world();
    w.identify('user_1');
    w.identify('user_2');
    w.alias('user_1', 'x1');
    w.alias('user_2', 'x1');
    expect(w.alias('user_1', 'user_2', { pk: true })).toEqual(redundant(5));
    w.split(4);
    expect(w.links()[2]).toMatchObject({ status: 'held', reason: 'needs-secret-key' });
  });

  it('judges by the rules in force at its place', () => {
    const w = world({ identifiersPerIdentityMax: 4 });
    w.alias('a', 'b');
    w.alias('b', 'c');
    w.alias('a', 'c');
    w.settings({ identifiersPerIdentityMax: 1 });
    w.split(1);
    expect(w.partition()).toEqual([['a', 'c', 'b'].sort()]);
    w.settings({ identifiersPerIdentityMax: 9 });
    w.alias('d', 'e');
    expect(w.sameIdentity('a', 'b')).toBe(true);
  });

  it('is judged against separations standing at its place only', () => {
    const w = world();
    w.alias('a', 'b');
    w.alias('b', 'c');
    w.separate('a', 'd');
    w.alias('a', 'c');
    w.separate('a', 'c');
    w.split(1);
    // The separation came after the redundant link.
    expect(w.sameIdentity('a', 'c')).toBe(true);
  });

  it('records an alias over a pair that only redundant identify evidence holds', () => {
    const w = world();
    w.identify('user_1', 'anonymous-1');
    w.alias('user_2', 'user_1');
    w.identify('user_2', 'anonymous-1');
    expect(w.alias('user_2', 'anonymous-1')).toEqual(redundant(4));
    w.split(2);
    expect(w.sameIdentity('user_2', 'user_1')).toBe(true);
    expect(w.alias('user_1', 'anonymous-1')).toEqual(repeat(1));
  });

  it('stays as decided when its cause is gone', () => {
    const w = world();
    w.identify('user_1', 'anonymous-1');
    w.alias('user_2', 'user_1');
    w.identify('user_2', 'anonymous-1');
    w.split(2);
    w.split(1);
    expect(w.status(3)).toBe('refused');
    expect(w.sameIdentity('user_2', 'anonymous-1')).toBe(false);
    expect(w.identify('user_2', 'anonymous-1')).toEqual(applied(6));
  });
});

describe('repeats', () => {
  it('of a refused pair are judged again only after one of the identities has changed', () => {
    const w = world();
    w.identify('user_1', 'anonymous-1');
    w.identify('user_2', 'anonymous-1');
    expect(w.identify('user_2', 'anonymous-1')).toEqual(refused(belongs, 2, false));
    expect(w.track('user_2', 'anonymous-1')).toEqual(refused(belongs, 2, false));
    expect(w.identify('user_2', 'anonymous-1', { traits: { plan: 1 } })).toEqual(refused(belongs, 3));
    expect(w.links()).toHaveLength(2);
    w.identify('user_3');
    expect(w.identify('user_2', 'anonymous-1')).toEqual(refused(belongs, 2, false));
    w.alias('user_1', 'stripe:1');
    expect(w.identify('user_2', 'anonymous-1')).toEqual(refused(belongs, 6));
  });

  it('of a held pair: another key class, new settings, or a review make it a new call', () => {
    const w = world();
    w.identify('user_1');
    w.identify('user_2');
    w.alias('user_1', 'user_2', { pk: true });
    expect(w.alias('user_1', 'user_2', { pk: true })).toEqual(held('needs-secret-key', 3, false));
    expect(w.alias('user_2', 'user_1', { pk: true })).toEqual(held('needs-secret-key', 4));
    w.settings({ identifiersPerIdentityMax: 1 });
    expect(w.alias('user_1', 'user_2', { pk: true })).toEqual(held('needs-secret-key', 6));
    expect(w.alias('user_1', 'user_2')).toEqual(held('identity-too-large', 7));
    w.reject(6);
    expect(w.alias('user_1', 'user_2', { pk: true })).toEqual(refused('separated', 9));
  });

  it('of a refused call are repeats also after an approval of it was refused and that one rejected', () => {
    const w = world();
    w.separate('a', 'b');
    w.alias('a', 'b');
    expect(w.approve(2)).toEqual(refused('separated', 3));
    w.reject(3);
    expect(w.standing()).toEqual(['a b']);
    expect([w.status(2), w.status(3)]).toEqual(['refused', 'rejected']);
    expect(w.alias('a', 'b')).toEqual(refused('separated', 2, false));
    w.reject(2);
    expect(w.alias('a', 'b')).toEqual(refused('separated', 6));
    expect(w.alias('a', 'b')).toEqual(refused('separated', 6, false));
  });

  it('of a held call are repeats also after its approval met the next rail', () => {
    const w = world({ identifiersPerIdentityMax: 1, identifiersPerTypeMax: { stripe: 1 } });
    w.alias('stripe:1', 'stripe:2');
    expect(w.approve(1)).toEqual(held('too-many-of-type', 2));
    expect(w.alias('stripe:1', 'stripe:2')).toEqual(held('identity-too-large', 1, false));
    w.approve(2);
    expect(w.status(3)).toBe('active');
  });

  it('a live call is recorded beside a batch, a batch call is not recorded beside a live one', () => {
    const w = world();
    w.alias('user_1', 'x1', { batch: 'b' });
    expect(w.alias('user_1', 'x1', { batch: 'b' })).toEqual(repeat(1));
    expect(w.alias('user_1', 'x1')).toEqual(redundant(2));
    expect(w.alias('user_1', 'x1', { batch: 'c' })).toEqual(repeat(2));
    expect(w.identify('user_1', 'x1', { batch: 'c' })).toEqual(redundant(3));
    expect(w.identify('user_1', 'x1', { batch: 'd' })).toEqual({ ...redundant(4) });
    expect(w.links()).toHaveLength(2);
    w.revertBatch('b');
    expect(w.sameIdentity('user_1', 'x1')).toBe(true);
  });
});

describe('who survives and who is known', () => {
  it('keeps the primary side, unless only the other is known', () => {
    const w = world();
    w.alias('user_123', 'stripe:cus_1');
    expect(w.canonical('stripe:cus_1')).toBe('user_123');
    w.alias('anonymous-x', 'user_42');
    expect(w.canonical('anonymous-x')).toBe('user_42');
    w.alias('anonymous-1', 'device-1');
    expect(w.canonical('device-1')).toBe('anonymous-1');
    expect(w.known('device-1')).toBe(false);
  });

  it('counts what the link makes known, inside a side too', () => {
    const w = world();
    w.alias('anonymous-1', 'anonymous-2');
    w.alias('anonymous-2', 'x1');
    expect(w.canonical('anonymous-1')).toBe('x1');
    w.identify('device-1', 'anonymous-9');
    expect(w.known('device-1')).toBe(false);
    expect(w.canonical('anonymous-9')).toBe('device-1');
  });

  it.each(['anonymous-a', 'anonymous_a', 'anon-a', 'anon_a', 'visitor-a', 'visitor_a', 'device-a', '$device:a'])(
    'an identify never makes %s known, and sets its traits',
    (id) => {
      const w = world();
      expect(w.identify(id)).toEqual(unchanged);
      expect(w.identify(id, null, { traits: { plan: 'free' } })).toEqual(applied(1));
      expect(w.known(id)).toBe(false);
      expect(w.identify('user_1', id)).toEqual(applied(2));
      expect(w.profile('user_1')).toEqual({ plan: 'free' });
    },
  );

  it('an anonymous id alone gets traits and is not known, whatever its form', () => {
    const w = world();
    expect(w.introduce('5f2c', { plan: 'free' })).toEqual(applied(1));
    expect(w.introduce('5f2c', { plan: 'free' })).toEqual(unchanged);
    expect(w.introduce('5f2c', {})).toEqual(unchanged);
    expect(w.known('5f2c')).toBe(false);
    expect(w.identify('user_1', '5f2c')).toEqual(applied(2));
    expect(w.canonical('5f2c')).toBe('user_1');
    expect(w.profile('user_1')).toEqual({ plan: 'free' });
  });

  it("a stranger joins a known person at a page's word, under that person's name", () => {
    const w = world();
    w.identify('user_1');
    expect(w.alias('new_1', 'user_1', { pk: true })).toEqual(applied(2));
    expect(w.canonical('new_1')).toBe('user_1');
    expect(w.known('new_1')).toBe(true);
    // Spoken of before, it would give its name: that is held.
    w.introduce('new_2', { plan: 'free' });
    expect(w.alias('new_2', 'user_1', { pk: true })).toEqual(held('needs-secret-key', 4));
    // A secret key's word renames.
    expect(w.alias('new_3', 'user_1')).toEqual(applied(5));
    expect(w.canonical('user_1')).toBe('new_3');
  });

  it('who was a stranger is judged by what stands: a refold keeps the name', () => {
    const w = world();
    w.identify('user_1');
    w.alias('new_1', 'user_1', { pk: true });
    w.identify('new_1', null, { traits: { plan: 'free' } });
    w.alias('user_1', 'stripe:1');
    w.split(4);
    expect(w.canonical('new_1')).toBe('user_1');
  });

  it('an identify inside an identity without a known name gives it one', () => {
    const w = world();
    w.identify('anonymous-1', 'x1');
    expect(w.canonical('x1')).toBe('anonymous-1');
    w.identify('x1');
    expect(w.canonical('anonymous-1')).toBe('x1');
    w.alias('x1', 'x2');
    w.identify('x2');
    expect(w.canonical('anonymous-1')).toBe('x1');
  });

  it('an alias does not make known what an earlier active link claimed as anonymous_id', () => {
    const w = world();
    w.identify('user_1', 'x1');
    w.alias('user_2', 'x1');
    expect([w.known('user_2'), w.known('x1')]).toEqual([true, false]);
    w.split(1);
    expect(w.known('x1')).toBe(true);
  });

  it('known-ness goes with what made it so', () => {
    const w = world();
    w.identify('user_1', null, { batch: 'b' });
    w.identify('user_2', null, { batch: 'b' });
    w.identify('user_2');
    w.identify('user_2', null, { batch: 'c' });
    w.revertBatch('b');
    expect([w.known('user_1'), w.known('user_2')]).toEqual([false, true]);
    expect(w.ledgerLength()).toBe(4);
  });

  it('created_at is the least time of the active facts', () => {
    const w = world();
    w.alias('a', 'b');
    w.alias('b', 'c', { at: -5 });
    expect(w.createdAt('a')).toBe(-5);
    w.split(2);
    expect(w.createdAt('a')).toBe(1);
    expect(w.createdAt('c')).toBe(null);
  });
});

describe('traits', () => {
  it('the greatest (effective time, seq) wins, and a wrong clock cannot pin a value', () => {
    const w = world();
    w.identify('user_1', null, { traits: { plan: 'future' }, at: 1e15 });
    w.identify('user_1', null, { traits: { plan: 'now' } });
    expect(w.profile('user_1')).toEqual({ plan: 'now' });
    w.identify('user_1', null, { traits: { plan: 'late' }, at: 1 });
    expect(w.profile('user_1')).toEqual({ plan: 'now' });
    w.identify('user_1', null, { traits: { plan: 'tie' }, at: 2 });
    expect(w.profile('user_1')).toEqual({ plan: 'tie' });
    expect(w.writes()).toHaveLength(4);
  });

  it('drops exact repeats and equal values that are not newer', () => {
    const w = world();
    const set = (plan: string, at: number | null, extra: Extra = {}) =>
      w.identify('user_1', null, { traits: { plan }, at, ...extra }).recorded;
    w.identify('user_1');
    w.identify('user_1', null, { traits: { city: 'x' } });
    w.identify('user_1', null, { traits: { city: 'y' } });
    expect(set('a', 3)).toBe(true);
    expect(set('a', 3)).toBe(false);
    expect(set('a', null)).toBe(false);
    expect(set('a', 2)).toBe(false);
    expect(set('a', 4)).toBe(true);
    expect(set('b', 5)).toBe(true);
    expect(set('a', 4)).toBe(false);
    expect(set('a', 1)).toBe(true);
    expect(set('b', 5, { batch: 'b' })).toBe(false);
    expect(set('c', 6, { batch: 'b' })).toBe(true);
    expect(set('c', 6)).toBe(true);
  });

  it('once: the earliest value wins, and only where no plain value exists', () => {
    const w = world();
    w.identify('user_1', null, { once: { via: 'b' }, at: 0 });
    w.identify('user_1', null, { once: { via: 'a' }, at: -3 });
    expect(w.profile('user_1')).toEqual({ via: 'a' });
    expect(w.identify('user_1', null, { once: { via: 'a' } })).toEqual(unchanged);
    w.identify('user_1', 'x1', { traits: {} });
    w.identify('x1', null, { traits: { via: 'plain' } });
    expect(w.profile('user_1')).toEqual({ via: 'plain' });
  });

  it('null removes where it wins, and is kept like any value', () => {
    const w = world();
    w.identify('user_1', null, { traits: { plan: 'free', city: 'x' }, once: { via: 'ad' } });
    expect(w.identify('user_1', null, { traits: { plan: null } })).toEqual(applied(2));
    expect(w.identify('user_1', null, { traits: { plan: null } })).toEqual(unchanged);
    expect(w.profile('user_1')).toEqual({ city: 'x', via: 'ad' });
    expect(w.writes()).toHaveLength(4);
    // No plain value, but a plain word: the one said once does not come back.
    w.identify('user_1', null, { traits: { via: null } });
    expect(w.profile('user_1')).toEqual({ city: 'x' });
    w.identify('user_2', null, { traits: { plan: 'pro', city: null }, at: 0 });
    w.alias('user_1', 'user_2');
    expect(w.profile('user_1')).toEqual({ city: 'x' });
    w.identify('user_2', null, { traits: { plan: 'team' } });
    expect(w.profile('user_1')).toEqual({ city: 'x', plan: 'team' });
    w.splitPair('user_1', 'user_2');
    expect([w.profile('user_1'), w.profile('user_2')]).toEqual([{ city: 'x' }, { plan: 'team' }]);
  });

  it('a null said once is ignored', () => {
    const w = world();
    w.identify('user_1');
    expect(w.identify('user_1', null, { once: { via: null } })).toEqual(unchanged);
    w.identify('user_1', null, { once: { via: 'ad' } });
    expect(w.profile('user_1')).toEqual({ via: 'ad' });
  });

  it('a call is judged after those before it, also at one received time; with a timestamp of its own it counts once', () => {
    const w = createReference();
    const set = (plan: string, timestamp: number | null) =>
      w.submit(
        {
          op: 'identify',
          distinctId: 'u',
          anonymousId: null,
          traits: [{ key: 'plan', value: plan, kind: 'plain' }],
          timestamp,
          source: source({}),
        },
        10,
      );
    for (const plan of ['free', 'pro', 'free']) expect(set(plan, null)).toMatchObject({ verdict: 'applied' });
    expect(w.traits('u').get('plan')?.value).toBe('free');
    for (const plan of ['team', 'solo']) expect(set(plan, 10)).toMatchObject({ verdict: 'applied' });
    expect(set('team', 10)).toMatchObject({ verdict: 'unchanged' });
    expect(w.traits('u').get('plan')?.value).toBe('solo');
  });

  it('after a split each side shows what its own identifiers set', () => {
    const w = world();
    w.identify('user_1', null, { traits: { plan: 'a' } });
    w.identify('user_2', null, { traits: { plan: 'b' } });
    w.alias('user_1', 'user_2');
    expect(w.traits('user_1').get('plan')).toEqual({ value: 'b', seq: 2, distinctId: 'user_2' });
    w.split(3);
    expect([w.profile('user_1'), w.profile('user_2')]).toEqual([{ plan: 'a' }, { plan: 'b' }]);
  });
});

describe('reserved ids', () => {
  it.each([
    ['null', true],
    [' NULL ', true],
    ['"null"', true],
    ["'Guest'", true],
    ['""', true],
    ['\t', true],
    ['a\u0007b', true],
    ['00000000-0000-0000-0000-000000000000', true],
    ['[object Object]', true],
    ['[OBJECT OBJECT]', true],
    ['[object Promise]', true],
    ['.', true],
    ['..', true],
    ['...', false],
    ['\u200b', true],
    ['\ufeffundefined\u00ad', true],
    ['stripe:undefined', true],
    ['stripe: "NULL" ', true],
    ['crm:null', true],
    ['legacy:', true],
    ['legacy:[object Object]', true],
    ['a:b:None', true],
    ['anonymous-undefined', true],
    ['$device:nan', true],
    ['visitor_', true],
    ['role:user', false],
    ['stripe:0', false],
    ['dev-null', false],
    [':undefined', true],
    ['\u3164', true],
    ['session-undefined', false],
    ['0', true],
    ['-1', true],
    ['1', false],
    ['user_1', false],
    ['id:1', false],
    ['none-such', false],
  ])('%j: %s', (id, reserved) => expect(isReservedId(id)).toBe(reserved));
});

describe('review', () => {
  it('approve waives the rail and takes its place at its own seq', () => {
    const w = world({ identifiersPerIdentityMax: 2 });
    w.alias('a', 'b');
    w.alias('a', 'c');
    expect(w.approve(2)).toEqual(applied(3));
    expect(w.status(2)).toBe('approved');
    expect(w.links()[2]).toMatchObject({
      kind: 'manual',
      waived: ['identity-too-large'],
      approves: 2,
      status: 'active',
    });
    expect(w.approve(2)).toEqual(unchanged);
    expect(w.approve(1)).toEqual(unchanged);
    w.split(3);
    expect(w.partition()).toEqual([['a', 'b'], ['c']]);
  });

  it('approve judges every other rule again', () => {
    const w = world({ identifiersPerIdentityMax: 2 });
    w.alias('a', 'b');
    w.alias('a', 'c');
    w.separate('b', 'c');
    expect(w.approve(2)).toEqual(refused('separated', 4));
    expect([w.status(2), w.status(4)]).toEqual(['held', 'refused']);
    w.lift('b', 'c');
    expect(w.approve(2)).toEqual(applied(6));
  });

  it('a refused link is approved as an alias', () => {
    const w = world();
    w.identify('user_1', 'anonymous-1');
    w.identify('user_2', 'anonymous-1');
    expect(w.approve(2)).toEqual(applied(3));
    expect(w.links().at(-1)).toMatchObject({ kind: 'manual', rule: 'alias', waived: [], approves: 2 });
    expect(w.canonical('user_1')).toBe('user_2');
  });

  it('approving a pair that is already held together records evidence of its own', () => {
    const w = world();
    w.identify('user_1');
    w.identify('user_2');
    w.alias('user_1', 'user_2', { pk: true });
    w.alias('user_1', 'user_2');
    expect(w.approve(3)).toEqual(redundant(5));
    expect(w.status(3)).toBe('approved');
    expect(w.links()[2]).toMatchObject({ kind: 'manual', redundant: true, status: 'active' });
  });

  it('what was approved stays so when a refold turns the approval down', () => {
    const w = world();
    w.identify('user_1');
    w.identify('user_2', 'user_1');
    expect(w.identify('user_3', 'user_2')).toEqual(refused(belongs, 3));
    w.alias('user_1', 'user_2');
    w.alias('user_1', 'user_3', { batch: 'b' });
    w.separate('user_1', 'user_3');
    expect(w.approve(3)).toEqual(redundant(7));
    w.revertBatch('b');
    expect([w.status(3), w.status(7)]).toEqual(['approved', 'refused']);
  });

  it('reject refuses and leaves a separation', () => {
    const w = world({ identifiersPerIdentityMax: 1 });
    w.alias('a', 'b');
    expect(w.reject(1)).toEqual(applied(2));
    expect(w.status(1)).toBe('rejected');
    expect(w.standing()).toEqual(['a b']);
    expect(w.reject(1)).toEqual(unchanged);
    expect(() => w.reject(2)).toThrow('not-found');
    expect(() => w.approve(9)).toThrow('not-found');
  });
});

describe('split, separate, revert', () => {
  it('split by link revokes all links on the pair and leaves a separation', () => {
    const w = world();
    w.alias('a', 'b', { batch: 'x' });
    w.alias('b', 'a');
    expect(w.split(1)).toEqual(applied(3));
    expect([w.status(1), w.status(2)]).toEqual(['revoked', 'revoked']);
    expect(w.alias('a', 'b')).toEqual(refused('separated', 4));
    expect(w.split(1)).toEqual(unchanged);
    w.lift('a', 'b');
    expect(w.split(1)).toEqual(applied(6));
    expect(() => w.split(99)).toThrow('not-found');
    expect(w.ledgerLength()).toBe(6);
  });

  it('other paths cannot rejoin across a separation', () => {
    const w = world();
    w.alias('a', 'b');
    w.split(1);
    w.alias('a', 'c');
    expect(w.alias('c', 'b')).toEqual(refused('separated', 4));
    w.lift('b', 'a');
    expect(w.alias('c', 'b')).toEqual(applied(6));
  });

  it('split by ids takes the smallest cut, and of several the newest evidence', () => {
    const w = world();
    w.alias('a', 'b');
    w.alias('b', 'c');
    w.alias('c', 'd');
    expect(w.splitPair('a', 'd')).toEqual(applied(4));
    expect(w.partition()).toEqual([['a', 'b', 'c'], ['d']]);
    expect(w.standing().sort()).toEqual(['a d', 'c d']);

    const diamond = world();
    diamond.alias('a', 'b');
    diamond.alias('a', 'c');
    diamond.alias('b', 'd');
    diamond.alias('c', 'd');
    diamond.alias('d', 'e');
    diamond.splitPair('a', 'd');
    expect(diamond.partition()).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ]);
    expect([3, 4].map(diamond.status)).toEqual(['revoked', 'revoked']);
  });

  it('split of a set takes it out, as it hangs together', () => {
    const w = world();
    for (const id of ['b', 'c', 'd', 'e']) w.alias('a', id);
    w.alias('b', 'b2');
    w.alias('b2', 'c');
    expect(w.splitSet('b', 'b2', 'nobody')).toEqual(applied(7));
    expect(w.members('a')).toEqual(['a', 'c', 'd', 'e']);
    expect(w.members('b')).toEqual(['b', 'b2']);
    expect(w.standing()).toEqual(['a b', 'b2 c']);
    expect(w.alias('d', 'b2')).toEqual(refused('separated', 8));
    expect(w.splitSet('b', 'b2')).toEqual(unchanged);
    expect(w.splitSet('a', 'c', 'd', 'e')).toEqual(unchanged);
    expect(w.splitSet('nobody')).toEqual(unchanged);
  });

  it('a link that a refold turned down is answered by what stands now', () => {
    const v = world();
    v.identify('u2');
    v.alias('u1', 'hub');
    v.alias('hub', 'u2');
    expect(v.alias('u1', 'u2', { pk: true })).toEqual(redundant(4));
    v.split(3);
    expect(v.status(4)).toBe('held');
    expect(v.alias('u1', 'u2', { pk: true })).toEqual(refused('separated', 6));
    expect(v.alias('u1', 'u2', { pk: true })).toEqual(refused('separated', 6, false));
  });

  it('split of two ids that are not one leaves a separation for the pair', () => {
    const w = world();
    expect(w.splitPair('a', 'b')).toEqual(applied(1));
    expect(w.splitPair('b', 'a')).toEqual(unchanged);
    expect(w.splitPair('a', 'a')).toEqual(unchanged);
  });

  it('separate states, lift takes back', () => {
    const w = world();
    expect(w.separate('b', 'a')).toEqual(applied(1));
    expect(w.separate('a', 'b')).toEqual(unchanged);
    expect(w.separate('a', 'a')).toEqual(unchanged);
    expect(w.lift('b', 'a')).toEqual(applied(2));
    expect(() => w.lift('a', 'b')).toThrow('not-found');
    expect(w.separations()).toEqual([{ pair: ['a', 'b'], seq: 1, liftedSeq: 2 }]);
  });

  it('revert takes back all that a batch recorded, and no more', () => {
    const w = world();
    w.identify('user_1', 'x1', { batch: 'b', traits: { plan: 'a' } });
    w.alias('user_1', 'user_2', { batch: 'b' });
    w.identify('user_1', 'x1', { traits: { plan: 'a' } });
    expect(w.revertBatch('b')).toEqual(applied(4));
    expect(w.partition()).toEqual([['user_1', 'x1'], ['user_2']]);
    expect(w.profile('user_1')).toEqual({ plan: 'a' });
    expect(w.standing()).toEqual([]);
    expect(w.revertBatch('b')).toEqual(unchanged);
    expect(w.alias('user_1', 'user_2', { batch: 'b2' })).toEqual(applied(5));
    w.revertBatch('b2', true);
    expect(w.standing()).toEqual(['user_1 user_2']);
  });

  it('settings are recorded when they differ', () => {
    const w = world();
    expect(w.settings({})).toEqual(unchanged);
    expect(w.settings({ identifiersPerIdentityMax: 1 })).toEqual(applied(1));
    expect(w.alias('a', 'b')).toEqual(held('identity-too-large', 2));
  });

  it('reads as of a seq', () => {
    const w = world();
    w.alias('a', 'b');
    w.split(1);
    expect([0, 1, 2].map((seq) => w.at(seq).sameIdentity('a', 'b'))).toEqual([false, true, false]);
    expect(w.at(1).ledgerLength()).toBe(1);
  });
});

describe('invariants of the model', () => {
  const run = (history: History, settings?: Settings): Reference => {
    const model = createReference(settings);
    play(history, model, model.submit);
    return model;
  };
  const picture = (model: Reference) =>
    model
      .partition()
      .flat()
      .map((id) => [id, model.members(id), model.canonical(id), model.known(id), [...model.traits(id)]]);

  it('R5, R7, monotone time, no stray change, in any history', () => {
    fc.assert(
      fc.property(histories(fullOptions), startSettings, (history, settings) => {
        const model = run(history, settings);
        const rows = model.rows();
        expect(rows.map((row) => row.seq)).toEqual(rows.map((_, index) => index + 1));
        expect(rows.every((row, index) => index === 0 || row.time >= rows[index - 1]!.time)).toBe(true);
        for (const group of model.partition()) {
          const links = model.activeLinks().filter((link) => group.includes(link.primary));
          const reached = new Set([group[0]!]);
          for (const _ of group) {
            for (const { primary, secondary } of links) {
              if (reached.has(primary) || reached.has(secondary)) reached.add(primary).add(secondary);
            }
          }
          expect([...reached].sort()).toEqual(group);
          const canonical = model.canonical(group[0]!);
          expect(group).toContain(canonical);
          expect(model.known(canonical)).toBe(group.some(model.known));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('R3: the order of calm calls does not matter', () => {
    fc.assert(
      fc.property(withReorder(histories({ ...calmOptions, stepsMax: 15 })), ({ original, mutated }) => {
        expect(run(mutated).partition()).toEqual(run(original).partition());
      }),
      { numRuns: 200 },
    );
  });

  it('R4: a call sent twice at once is one', () => {
    const base = histories({ ...callOptions, timestamps: 'always', stepsMax: 20 });
    fc.assert(
      fc.property(withDuplicates(base, false), startSettings, ({ original, mutated }, settings) => {
        // The clock stands still, so that rows get the same times in both.
        const still = (history: History) => history.map((step) => ({ ...step, now: original[0]!.now }));
        expect(picture(run(still(mutated), settings))).toEqual(picture(run(still(original), settings)));
      }),
      { numRuns: 200 },
    );
  });
});
