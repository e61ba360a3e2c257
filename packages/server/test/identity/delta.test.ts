import { clearChanged, componentOf, defaultSettings, emptyState, type Operation, run, type State } from '@onym/core';
import { expect, it } from 'vitest';
import { deltaOf, newIdentifiersOf } from '../../src/identity/delta.ts';

const source = { key: 'sk_test', lib: null, batch: null, public: false };
const alias = (primary: string, secondary: string, batch: string | null = null): Operation => ({
  op: 'alias',
  kind: 'alias',
  primary,
  secondary,
  timestamp: null,
  source: { ...source, batch },
});
const split = (a: string, b: string): Operation => ({ op: 'split', target: { a, b }, timestamp: null, source });

/** Refs by name: each id stands for itself as a number. */
const refs = { ref: (id: string) => id.charCodeAt(0), sourceId: () => 1 };
const rootOf = (state: State, id: string) => componentOf(state, id)!.id;

/** Three identities of two, stored already; then what these operations change, in one commit. */
function commit(...operations: Operation[]) {
  const state = emptyState(defaultSettings);
  run(state, [alias('a', 'b'), alias('c', 'd'), alias('e', 'f')], 1);
  const [a, c, e] = ['a', 'c', 'e'].map((id) => rootOf(state, id));
  clearChanged(state.changed);
  const { facts } = run(state, operations, 2);
  return { state, a, c, e, created: newIdentifiersOf(state, 'production'), delta: deltaOf(state, facts, refs) };
}

it('says of stored components what several joins come to: one root, one seq, those that stay before those that go', () => {
  const { delta, a, c, e } = commit(alias('a', 'c'), alias('e', 'a'));
  expect(delta.moved).toEqual([
    // Goes by the name of e since the second.
    { root: a, into: a, moved_seq: 5 },
    { root: c, into: a, moved_seq: 5 },
    { root: e, into: a, moved_seq: null },
  ]);
  expect(delta.dropped).toEqual([]);
  expect(delta.placed).toEqual([]);
});

it('moves nothing for who is new: they are put where they belong', () => {
  const { delta, created, a } = commit(alias('a', 'x'), alias('y', 'z'), alias('a', 'y'));
  expect(created.map(({ distinct_id, component }) => [distinct_id, component])).toEqual([
    ['x', a],
    ['y', a],
    ['z', a],
  ]);
  expect(delta.moved).toEqual([]);
  expect(delta.components).toEqual([]);
  expect(delta.changedComponents.map(({ id, size }) => [id, size])).toEqual([[a, 5]]);
});

it('drops every stored component of an identity that falls apart, and puts its identifiers where they are in the end', () => {
  const { state, delta, a, c, e } = commit(alias('a', 'c'), split('a', 'b'), alias('e', 'b'));
  expect([...delta.dropped].sort()).toEqual([a, c]);
  expect(delta.moved).toEqual([]);
  const placed = Object.fromEntries(delta.placed.map(({ ref, component }) => [String.fromCharCode(ref), component]));
  expect(placed).toEqual({ a, b: e, c: a, d: a });
  expect(delta.placed.every(({ component }) => state.components.has(component))).toBe(true);
});

it('names no row twice in a list: a batch has one span, a link that is added and revoked its last word', () => {
  const { delta } = commit(alias('a', 'c', 'import'), alias('a', 'x', 'import'), split('a', 'c'));
  expect(delta.batches).toEqual([{ name: 'import', first_seq: 4, last_seq: 5 }]);
  expect(delta.links.map(({ seq, status, status_seq }) => [seq, status, status_seq])).toEqual([
    [4, 'revoked', 6],
    [5, 'active', null],
  ]);
  expect(delta.changedLinks).toEqual([]);
  expect(delta.ledger.map(({ seq }) => seq)).toEqual([4, 5, 6]);
});
