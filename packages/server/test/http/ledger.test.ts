import { defaultSettings, type Fact } from '@onym/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { get, now, type TestApp, testApp } from './support.ts';

let t: TestApp;
beforeEach(() => {
  t = testApp();
});
afterEach(() => t.app.close());

const row = { time: now, timestamp: null, verdict: 'applied', reason: null } as const;
const source = { key: 'web', lib: null, batch: null, public: true };
const wireRow = { time: '2026-11-03T12:00:00.000Z', timestamp: null, verdict: 'applied', reason: null, source };

const separate = (seq: number): Fact => ({ ...row, source, seq, op: 'separate', a: 'a', b: `b${seq}` });

describe('GET /v1/ledger', () => {
  it('pages the rows', async () => {
    for (let seq = 1; seq <= 5; seq++) t.services.facts.push(separate(seq));
    const seqs = async (query: string) => {
      const page = (await get(t.app, `/v1/ledger?${query}`)).json();
      return [page.rows.map(({ seq }: { seq: number }) => seq), page.next];
    };
    expect(await seqs('')).toEqual([[1, 2, 3, 4, 5], null]);
    expect(await seqs('after=3')).toEqual([[4, 5], null]);
    expect(await seqs('after=99')).toEqual([[], null]);
    const [first, next] = await seqs('limit=2&after=1');
    expect(first).toEqual([2, 3]);
    expect(await seqs(`limit=2&after=${next}`)).toEqual([[4, 5], null]);
    for (const after of ['-1', '1.5', 'x', '99999999999999999999']) {
      expect((await get(t.app, `/v1/ledger?after=${after}`)).json()).toMatchObject({ error_code: 'invalid-payload' });
    }
  });

  it('shows each kind of row', async () => {
    const evidence = {
      identified: 'd',
      subject: 'd',
      traits: [{ key: 'plan', value: 'pro', kind: 'plain' }],
      link: {
        kind: 'identify',
        rule: 'identify',
        primary: 'd',
        secondary: 'a',
        verdict: 'applied',
        reason: null,
        waived: [],
        approves: null,
      },
    } as const;
    const settings = { ...defaultSettings, identifiersPerIdentityMax: 1 };
    t.services.facts.push(
      { ...row, source, seq: 1, op: 'identify', ...evidence },
      { ...row, source, seq: 2, op: 'track', ...evidence, link: null, identified: null },
      { ...row, source, seq: 3, op: 'split', target: { a: 'a', b: 'd' }, revoked: [1], separations: [['a', 'd']] },
      { ...row, source, seq: 4, op: 'lift', a: 'a', b: 'd' },
      { ...row, source, seq: 5, op: 'revert', scope: { batch: 'i' }, revoked: [1], separations: [] },
      { ...row, source, seq: 6, op: 'revert', scope: { key: 'k', from: 0, to: now }, revoked: [], separations: [] },
      { ...row, source, seq: 7, op: 'reject', link: 1, a: 'a', b: 'd' },
      { ...row, source, seq: 8, op: 'settings', settings },
      { ...row, source, seq: 9, op: 'erased' },
    );
    const traits = [{ key: 'plan', value: 'pro', once: false }];
    const { rule: _, primary, secondary, ...link } = evidence.link;
    const wireLink = { ...link, primary_id: primary, secondary_id: secondary };
    expect((await get(t.app, '/v1/ledger')).json().rows).toEqual([
      {
        seq: 1,
        op: 'identify',
        kinds: ['identified', 'traits-changed', 'merged'],
        ...wireRow,
        ...evidence,
        traits,
        link: wireLink,
      },
      { seq: 2, op: 'track', kinds: ['traits-changed'], ...wireRow, ...evidence, traits, link: null, identified: null },
      { seq: 3, op: 'split', kinds: ['split'], ...wireRow, a: 'a', b: 'd', revoked: [1], separations: [['a', 'd']] },
      { seq: 4, op: 'lift', kinds: ['lifted'], ...wireRow, a: 'a', b: 'd' },
      { seq: 5, op: 'revert', kinds: ['reverted'], ...wireRow, scope: { batch: 'i' }, revoked: [1], separations: [] },
      {
        seq: 6,
        op: 'revert',
        kinds: ['reverted'],
        ...wireRow,
        scope: { key: 'k', from: '1970-01-01T00:00:00.000Z', to: '2026-11-03T12:00:00.000Z' },
        revoked: [],
        separations: [],
      },
      { seq: 7, op: 'reject', kinds: ['rejected'], ...wireRow, link: 1, a: 'a', b: 'd' },
      { seq: 8, op: 'settings', kinds: ['settings-changed'], ...wireRow, settings },
      { seq: 9, op: 'erased', kinds: ['erased'], ...wireRow },
    ]);
  });
});
