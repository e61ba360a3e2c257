import { defaultSettings, type Fact } from '@onym/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ledgerFilterOf } from '../../src/http/ledger-filter.ts';
import { ledgerSource } from '../../src/http/ledger-stream.ts';
import { limits } from '../../src/limits.ts';
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

describe('a reader of the ledger who wants some of it', () => {
  type Page = { rows: { seq: number }[]; next: string | null };
  const page = async (query: string): Promise<Page> => (await get(t.app, `/v1/ledger?${query}`)).json();
  const lift = (seq: number): Fact => ({ ...row, source, seq, op: 'lift', a: 'a', b: `b${seq}` });

  /** All pages of a list, each with its seqs. */
  async function pagesOf(query: string, way: 'after' | 'before', from: string): Promise<number[][]> {
    const pages: number[][] = [];
    for (let at: string | null = from; at !== null; ) {
      const { rows, next }: Page = await page(`${query}&${way}=${at}`);
      pages.push(rows.map(({ seq }) => seq));
      at = next;
    }
    return pages;
  }

  it('goes from the newest row back, and from any row', async () => {
    for (let seq = 1; seq <= 5; seq++) t.services.facts.push(separate(seq));
    expect(await pagesOf('limit=2', 'before', 'head')).toEqual([[5, 4], [3, 2], [1]]);
    expect(await pagesOf('limit=2', 'before', '5')).toEqual([
      [4, 3],
      [2, 1],
    ]);
    expect(await pagesOf('', 'before', '99')).toEqual([[5, 4, 3, 2, 1]]);
    expect(await pagesOf('', 'before', '1')).toEqual([[]]);
    const { next } = await page('limit=2&before=head');
    for (const query of [`after=${next}`, 'before=3&after=1', 'before=x', 'before=99999999999999999999']) {
      expect((await get(t.app, `/v1/ledger?${query}`)).json()).toMatchObject({ error_code: 'invalid-payload' });
    }
  });

  it('sees every row of the kinds and verdicts it names, both ways, whatever lies between them', async () => {
    const rows = limits.ledgerRowsPerPage + 3_000;
    const wanted = [2, 3, 700, limits.ledgerRowsPerPage + 5, rows - 1];
    for (let seq = 1; seq <= rows; seq++) {
      t.services.facts.push(wanted.includes(seq) ? { ...lift(seq), verdict: 'unchanged' } : separate(seq));
    }
    for (const query of ['kind=lifted', 'verdict=unchanged', 'kind=erased,lifted&verdict=held,unchanged']) {
      for (const limit of [1, 2, 100]) {
        expect((await pagesOf(`limit=${limit}&${query}`, 'after', '0')).flat()).toEqual(wanted);
        const back = await pagesOf(`limit=${limit}&${query}`, 'before', 'head');
        expect(back.flat()).toEqual([...wanted].reverse());
      }
    }
    // Many rows without one that is wanted: a page that is empty, and not the last.
    expect(await page('kind=erased')).toEqual({ rows: [], next: expect.any(String) });
    expect(await pagesOf('verdict=unchanged&kind=split', 'after', '0')).toEqual([[], []]);
    for (const query of ['kind=merge', 'verdict=applied,no', 'kind=,']) {
      const refused = await get(t.app, `/v1/ledger?${query}`);
      expect([refused.statusCode, refused.json().error_code]).toEqual([400, 'invalid-payload']);
    }
  });

  it('follows it live, and goes on where it was although no row passed', async () => {
    t.services.facts.push(separate(1), lift(2), separate(3));
    const source = ledgerSource(t.services, 'production', 0, false, ledgerFilterOf({ kind: 'lifted' }));
    expect(await source.next()).toMatch(/^id: 2\nevent: ledger\ndata: {"seq":2,.*}\n\nid: 3\n\n$/);
    expect(await source.next()).toBe('');
    t.services.facts.push(separate(4));
    expect(await source.next()).toBe('id: 4\n\n');
  });

  it('reads one row by its seq', async () => {
    t.services.facts.push(separate(1), lift(2));
    expect((await get(t.app, '/v1/ledger/2')).json()).toMatchObject({ seq: 2, op: 'lift' });
    for (const [seq, code] of Object.entries({
      3: 'not-found',
      9007199254740993: 'invalid-payload',
      0: 'invalid-payload',
    })) {
      expect((await get(t.app, `/v1/ledger/${seq}`)).json().error_code).toBe(code);
    }
  });
});
