import {
  apply,
  canonicalOf,
  clearChanged,
  componentOf,
  emptyState,
  foldTraits,
  type Separation,
  type Seq,
  type State,
} from '@onym/core';
import { stringifyExact } from '../exact-json/stringify.ts';
import type { Changes, IdentityStore } from '../identity/store.ts';
import { compilePattern } from '../patterns.ts';

export interface Difference {
  readonly what: 'identifier' | 'identity' | 'link' | 'separation' | 'ledger' | 'event map' | 'events' | 'table';
  readonly name: string;
  readonly expected: string;
  readonly found: string;
}

const rowsPerRead = 10_000;

/** The ledger folded from empty, up to `head`; and whether its rows are numbered without gaps and never go back in time. */
export async function foldLedger(
  store: IdentityStore,
  environment: string,
  head: Seq,
  report: (difference: Difference) => void,
): Promise<State> {
  const { initialSettings } = await store.environment(environment);
  const state = emptyState(initialSettings, compilePattern);
  while (state.head < head) {
    const facts = await store.ledger(environment, state.head, Math.min(rowsPerRead, head - state.head));
    if (facts.length === 0) {
      report({ what: 'ledger', name: `row ${state.head + 1}`, expected: 'a row', found: 'none' });
      return state;
    }
    for (const fact of facts) {
      if (fact.seq !== state.head + 1) {
        report({ what: 'ledger', name: `row ${state.head + 1}`, expected: 'a row', found: `row ${fact.seq}` });
      }
      if (fact.time < state.lastTime) {
        report({
          what: 'ledger',
          name: `row ${fact.seq}`,
          expected: `a time from ${state.lastTime} on`,
          found: `${fact.time}`,
        });
      }
      apply(state, fact);
    }
    clearChanged(state.changed);
  }
  return state;
}

/** The stored state against the fold (R1). */
export function compareStored(state: State, stored: Changes, report: (difference: Difference) => void): void {
  const compare = (what: Difference['what'], name: string, expected: unknown, found: unknown) => {
    const [a, b] = [expected, found].map((value) => (value === undefined ? 'nothing' : stringifyExact(value)));
    if (a !== b) report({ what, name, expected: a!, found: b! });
  };
  const identifiers = new Map(stored.identifiers.map((row) => [row.distinctId, row]));
  for (const [id, { known, firstSeen }] of state.identifiers) {
    const row = identifiers.get(id);
    const identifiedSeq = state.identifies.get(id)?.find((fact) => fact.revokedSeq === null)?.seq ?? null;
    const found = row && {
      canonicalId: row.canonicalId,
      known: row.known,
      identifiedSeq: row.identifiedSeq,
      firstSeen: row.firstSeen,
    };
    compare('identifier', id, { canonicalId: canonicalOf(state, id), known, identifiedSeq, firstSeen }, found);
    identifiers.delete(id);
  }
  for (const id of identifiers.keys()) compare('identifier', id, undefined, identifiers.get(id));

  const identities = new Map(stored.identities.map((row) => [row.canonicalId, row]));
  for (const component of state.components.values()) {
    if (component.createdAt === null) continue;
    const { canonical, known, createdAt } = component;
    const members = [...state.members.get(component.id)!].sort();
    const row = identities.get(canonical);
    const found = row && {
      known: row.known,
      createdAt: row.createdAt,
      identifiers: row.identifiers,
      traits: Object.entries(row.traits).sort(byKey),
    };
    const traits = [...foldTraits(state, members)].map(([key, write]) => [key, write.value] as const).sort(byKey);
    compare('identity', canonical, { known, createdAt, identifiers: members, traits }, found);
    identities.delete(canonical);
  }
  for (const [canonical, row] of identities) compare('identity', canonical, undefined, row);

  const links = new Map(stored.links.map((link) => [link.seq, link]));
  for (const [seq, link] of state.links) {
    compare('link', String(seq), describeLink(link), describeLink(links.get(seq)));
    links.delete(seq);
  }
  for (const [seq, link] of links) compare('link', String(seq), undefined, describeLink(link));

  const nameOf = ({ pair, seq }: Separation) => `${pair.join(' | ')}, row ${seq}`;
  const separations = new Map(stored.separations.map((separation) => [nameOf(separation), separation]));
  for (const separation of [...state.separations.values()].flat()) {
    compare('separation', nameOf(separation), separation, separations.get(nameOf(separation)));
    separations.delete(nameOf(separation));
  }
  for (const [name, separation] of separations) compare('separation', name, undefined, separation);
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

function describeLink(link: Changes['links'][number] | undefined): unknown {
  if (link === undefined) return undefined;
  const { primary, secondary, status, redundant, reason } = link;
  return { primary, secondary, status, redundant, reason };
}

/** Where the event store's map says otherwise. `rows` are its identifiers as queries see them. */
export function compareMap(
  state: State,
  rows: ReadonlyMap<string, { identityId: string; known: boolean }>,
  identityIdOf: (canonicalId: string) => string,
  report: (difference: Difference) => void,
): void {
  for (const [id, identifier] of state.identifiers) {
    if (identifier.firstSeen === null) continue;
    const expected = { identityId: identityIdOf(componentOf(state, id)!.canonical), known: identifier.known };
    const found = rows.get(id);
    if (found?.identityId === expected.identityId && found.known === expected.known) continue;
    report({
      what: 'event map',
      name: id,
      expected: JSON.stringify(expected),
      found: JSON.stringify(found) ?? 'nothing',
    });
  }
  for (const id of rows.keys()) {
    const identifier = state.identifiers.get(id);
    if (identifier !== undefined && identifier.firstSeen !== null) continue;
    report({ what: 'event map', name: id, expected: 'nothing', found: JSON.stringify(rows.get(id)) });
  }
}
