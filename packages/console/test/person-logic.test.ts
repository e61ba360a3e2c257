import { expect, test } from 'vitest';
import { jsonText } from '../src/components/shown-value.ts';
import { identityAddress, nameOfAddress, personAddress } from '../src/pages/person/address.ts';
import { layOut } from '../src/pages/person/graph/layout.ts';
import { graphOf } from '../src/pages/person/graph/model.ts';
import { lifelong } from '../src/pages/person/graph/skeleton.ts';
import type { Moment } from '../src/pages/person/moment.ts';
import type { LedgerRow, PersonEvent, TraitValue } from '../src/pages/person/queries.ts';
import { momentOfStep, stepOf } from '../src/pages/person/replay/steps.ts';
import { selected } from '../src/pages/person/selection.ts';
import { besideOf, standingAt } from '../src/pages/person/standing.ts';
import { timelineItems } from '../src/pages/person/timeline/items.ts';
import { valuesAt } from '../src/pages/person/traits/traits.ts';
import { valueText } from '../src/pages/person/value-text.ts';

/** What the person page works out, without a browser. */

const source = { key: 'k', lib: null, batch: null, public: false };
const row = (seq: number, op: LedgerRow['op'], fields: object = {}): LedgerRow =>
  ({
    seq,
    op,
    time: new Date(seq * 1_000).toISOString(),
    kinds: [],
    verdict: 'applied',
    reason: null,
    timestamp: null,
    source,
    ...fields,
  }) as LedgerRow;
const evidence = (
  seq: number,
  primary_id: string,
  secondary_id: string,
  verdict = 'applied',
  approves: number | null = null,
) =>
  row(seq, approves === null ? 'alias' : 'approve', {
    verdict,
    link: { kind: 'alias', primary_id, secondary_id, verdict, reason: null, approves },
  });

function moment(ids: readonly string[], links: readonly (readonly [string, string])[]): Moment {
  const identifiers = ids.map((distinct_id) => ({ distinct_id, known: true, first_seen: null }));
  return {
    identity: { canonical_id: ids[0], identifier_count: ids.length },
    identifiers,
    links: links.map(([primary_id, secondary_id], index) => ({ seq: index + 1, primary_id, secondary_id })),
  } as unknown as Moment;
}

const nothing = { turnedDown: [], separations: [] };
const names = (count: number) => Array.from({ length: count }, (_, index) => `id-${index}`);

test('an address reads back as the id it was made of, and says how the API is to read it', () => {
  const uuid = '0d232cd9-91ea-5c09-a527-50ebfb4ac722';
  for (const id of ['user_1', uuid, 'identity_id:x', 'distinct_id:x', '..', '.', 'a/b', '%'])
    expect(nameOfAddress(personAddress(id))).toEqual({ id, by: 'distinct_id' });
  expect(nameOfAddress(identityAddress(uuid))).toEqual({ id: uuid, by: 'identity_id' });
  // Pasted as it is, it is for the API to say which it is.
  expect(nameOfAddress(uuid)).toEqual({ id: uuid, by: null });
  expect(personAddress('user_1')).toBe('user_1');
});

test('choosing: the first is a, the second b, a third begins anew, shift keeps the first, again lets go', () => {
  expect(selected({}, 'x', false)).toEqual({ a: 'x', b: undefined });
  expect(selected({ a: 'x' }, 'y', false)).toEqual({ a: 'x', b: 'y' });
  expect(selected({ a: 'x', b: 'y' }, 'z', false)).toEqual({ a: 'z', b: undefined });
  expect(selected({ a: 'x', b: 'y' }, 'z', true)).toEqual({ a: 'x', b: 'z' });
  expect(selected({ a: 'x', b: 'y' }, 'x', false)).toEqual({ a: 'y', b: undefined });
  expect(selected({ a: 'x', b: 'y' }, 'y', false)).toEqual({ a: 'x', b: undefined });
});

test('what stands beside a person is what nothing later ended', () => {
  const rows = [
    evidence(1, 'a', 'b'),
    evidence(2, 'x', 'b', 'refused'),
    evidence(3, 'a', 'y', 'held'),
    evidence(4, 'a', 'z', 'held'),
    row(5, 'reject', { link: 3, a: 'a', b: 'y' }),
    evidence(6, 'a', 'z', 'applied', 4),
    row(7, 'split', { a: 'a', b: 'b', revoked: [1], separations: [['b', 'a']] }),
    row(8, 'separate', { a: 'a', b: 'w' }),
    row(9, 'lift', { a: 'w', b: 'a' }),
  ];
  const at = (seq: number) => {
    const { turnedDown, separations } = standingAt(rows, seq);
    return { turnedDown: turnedDown.map((one) => one.seq), separations: separations.map((one) => one.seq) };
  };
  expect(at(4)).toEqual({ turnedDown: [2, 3, 4], separations: [] });
  expect(at(5)).toEqual({ turnedDown: [2, 4], separations: [5] });
  expect(at(8)).toEqual({ turnedDown: [2], separations: [5, 7, 8] });
  expect(at(9)).toEqual({ turnedDown: [2], separations: [5, 7] });
  const beside = besideOf(standingAt(rows, 9), new Set(['a', 'y']));
  expect([beside.turnedDown.length, beside.separations.length]).toEqual([0, 2]);
});

test('a graph has all up to its limit, and beyond it those nearest to the one in question', () => {
  const ids = names(50);
  const chain = ids.slice(1).map((id, index) => [ids[index]!, id] as const);
  expect(graphOf(moment(ids, chain), nothing, 'id-0').nodes).toHaveLength(50);
  const { nodes, edges, left } = graphOf(moment(ids, chain), nothing, 'id-20', 5);
  expect(nodes.map(({ id }) => id).sort()).toEqual(['id-18', 'id-19', 'id-20', 'id-21', 'id-22']);
  expect([edges.length, left]).toEqual([4, 45]);
});

test.each([
  ['a star', (ids: readonly string[]) => ids.slice(1).map((id) => [ids[0]!, id] as const)],
  ['a chain', (ids: readonly string[]) => ids.slice(1).map((id, index) => [ids[index]!, id] as const)],
  ['a tree', (ids: readonly string[]) => ids.slice(1).map((id, index) => [ids[Math.floor(index / 8)]!, id] as const)],
  ['no links at all', () => []],
])('every node of %s has a place of its own', (_name, linksOf) => {
  for (const count of [1, 2, 40, 1_000]) {
    const ids = names(count);
    const graph = graphOf(moment(ids, linksOf(ids)), nothing, ids[0]!);
    const places = [...layOut(graph, ids[0]!).values()];
    expect(places).toHaveLength(count);
    let nearest = Number.POSITIVE_INFINITY;
    places.forEach((one, index) => {
      for (const other of places.slice(index + 1))
        nearest = Math.min(nearest, Math.hypot(one.x - other.x, one.y - other.y));
    });
    // A node is 18 across.
    if (count > 1) expect(nearest).toBeGreaterThan(18);
  }
});

test('stepping through time moves nobody', () => {
  const rows = [evidence(1, 'a', 'b'), evidence(2, 'a', 'c'), evidence(3, 'c', 'd'), evidence(4, 'e', 'a', 'refused')];
  const then = layOut(...lifelong(graphOf(moment(['a', 'b'], [['a', 'b']]), nothing, 'a'), rows));
  const now = layOut(
    ...lifelong(
      graphOf(
        moment(
          ['a', 'b', 'c', 'd'],
          [
            ['a', 'b'],
            ['a', 'c'],
            ['c', 'd'],
          ],
        ),
        nothing,
        'a',
      ),
      rows,
    ),
  );
  expect(then).toEqual(now);
});

test('a step is a row: the first is before all, the last is now', () => {
  const rows = [row(4, 'alias'), row(7, 'alias'), row(9, 'split')];
  expect([undefined, 3, 4, 6, 7, 9, 99].map((seq) => stepOf(rows, seq))).toEqual([3, 0, 1, 1, 2, 3, 3]);
  expect([0, 1, 2, 3].map((step) => momentOfStep(rows, step, true))).toEqual([3, 4, 7, undefined]);
  expect(momentOfStep(rows, 3, false)).toBe(9);
});

test('rows stand among events by their time, and wait for events that are still to come', () => {
  const event = (second: number) =>
    ({ uuid: `e${second}`, distinct_id: 'a', timestamp: new Date(second * 1_000).toISOString() }) as PersonEvent;
  const rows = [row(1, 'alias'), row(5, 'alias'), row(9, 'alias')];
  const keys = (isWhole: boolean) => timelineItems([event(8), event(3)], rows, isWhole).map(({ key }) => key);
  expect(keys(false)).toEqual(['row 9', 'event e8 a', 'row 5', 'event e3 a']);
  expect(keys(true)).toEqual(['row 9', 'event e8 a', 'row 5', 'event e3 a', 'row 1']);
  expect(timelineItems([], rows, true)).toHaveLength(3);
});

test('values of a trait are those of the moment: what was taken back later still stands then', () => {
  const values = [
    { seq: 9, revoked_seq: null },
    { seq: 4, revoked_seq: 7 },
  ] as TraitValue[];
  expect(valuesAt(values, undefined)).toEqual(values);
  expect(valuesAt(values, 8)).toEqual([{ seq: 4, revoked_seq: 7 }]);
  expect(valuesAt(values, 5)).toEqual([{ seq: 4, revoked_seq: null }]);
});

test('a value is said so that it can’t be taken for another, and with nothing unseen', () => {
  expect(['pro', '3', 3, 'true', true, null, '', ' x'].map(valueText)).toEqual([
    'pro',
    '"3"',
    '3',
    '"true"',
    'true',
    'null',
    '""',
    '" x"',
  ]);
  expect(valueText('a\u202eb')).toBe('a\\u{202e}b');
  expect(jsonText({ a: '\u202e' })).toBe('{\n  "a": "\\u{202e}"\n}');
});
