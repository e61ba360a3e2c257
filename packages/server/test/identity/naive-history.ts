import type { Fact, Seq } from '@onym/core';
import { expect } from 'vitest';
import type { HistoryPage, IdentityStore } from '../../src/identity/store.ts';

/** A person's history, held against a plain reading of the whole ledger. */

/** Who a row speaks of, as it stands there. A set that is taken out of its identity is told by what that revoked. */
function namedIn(fact: Fact): string[] {
  switch (fact.op) {
    case 'identify':
    case 'alias':
    case 'track':
    case 'approve':
      return [fact.subject, fact.identified, fact.link?.primary, fact.link?.secondary].filter((id) => id != null);
    case 'split':
      return [...('ids' in fact.target ? [] : [fact.target.a, fact.target.b]), ...fact.separations.flat()];
    case 'revert':
      return fact.separations.flat();
    case 'separate':
    case 'lift':
    case 'reject':
      return [fact.a, fact.b];
    default:
      return [];
  }
}

/** Whether an earlier row has taken a link back, or decided on it for good. */
function isSettled(ledger: readonly Fact[], link: Seq): boolean {
  return ledger.some(
    (row) =>
      ('revoked' in row && row.revoked.includes(link)) ||
      (row.op === 'reject' && row.link === link) ||
      (row.op === 'approve' && row.link?.approves === link && row.verdict === 'applied'),
  );
}

/** Whose links, or facts and traits, a row takes back. A split takes back nothing but links. */
function takenFrom(
  ledger: readonly Fact[],
  { seq, op, revoked }: Extract<Fact, { revoked: readonly Seq[] }>,
): string[] {
  const earlier = ledger.filter((row) => row.seq < seq);
  return revoked.flatMap((each) => {
    const row = ledger.find((one) => one.seq === each)!;
    if (!('subject' in row)) return [];
    const sides = row.link === null || isSettled(earlier, each) ? [] : [row.link.primary, row.link.secondary];
    return op === 'split' ? sides : [...sides, row.subject, row.identified].filter((id) => id !== null);
  });
}

function rowsOn(ledger: readonly Fact[], ids: readonly string[]): Seq[] {
  return ledger
    .filter((fact) => {
      const named = 'revoked' in fact ? [...namedIn(fact), ...takenFrom(ledger, fact)] : namedIn(fact);
      return named.some((id) => ids.includes(id));
    })
    .map(({ seq }) => seq);
}

/** Everyone whom evidence that counted once joins to the id, by whatever way round. */
function everTied(ledger: readonly Fact[], id: string): string[] {
  const tied = new Set([id]);
  for (let size = 0; size < tied.size; ) {
    size = tied.size;
    for (const fact of ledger) {
      const link = 'link' in fact && fact.op !== 'reject' ? fact.link : null;
      if (link === null || link.verdict === 'refused' || link.verdict === 'held') continue;
      if (tied.has(link.primary) || tied.has(link.secondary)) tied.add(link.primary).add(link.secondary);
    }
  }
  return [...tied];
}

const steering: readonly Fact['op'][] = ['split', 'revert', 'reject', 'approve'];

/** Nothing is missing of whoever was of the identity as of one of `moments`, and nothing is there that bears on nobody ever tied to it. */
export async function expectHistory(store: IdentityStore, id: string, moments: readonly Seq[]): Promise<void> {
  const ledger = await store.ledger('e', 0, 10_000);
  const whole = { order: 'ascending', from: null, limit: 10_000, upTo: undefined } as const;
  const history = await store.history('e', id, whole);
  const seqs = history.map(({ seq }) => seq);
  for (const moment of moments) {
    const known = rowsOn(ledger.slice(0, moment), await store.members('e', id, moment));
    expect(seqs).toEqual(expect.arrayContaining(known));
    const then = await store.history('e', id, { ...whole, upTo: moment });
    expect(then.map(({ seq }) => seq)).toEqual(expect.arrayContaining(known));
    expect(then.every(({ seq }) => seq <= moment)).toBe(true);
  }
  const conceivable = rowsOn(ledger, everTied(ledger, id));
  expect(history.filter(({ seq, op }) => !conceivable.includes(seq) && !steering.includes(op))).toEqual([]);
  expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  expect(history).toEqual(ledger.filter(({ seq }) => seqs.includes(seq)));
  expect(await pagewise(store, id, 'ascending')).toEqual(history);
  expect(await pagewise(store, id, 'descending')).toEqual([...history].reverse());
}

async function pagewise(store: IdentityStore, id: string, order: HistoryPage['order']): Promise<Fact[]> {
  const rows: Fact[] = [];
  for (;;) {
    const page = { order, from: rows.at(-1)?.seq ?? null, limit: 3, upTo: undefined };
    const more = await store.history('e', id, page);
    rows.push(...more);
    if (more.length < page.limit) return rows;
  }
}
