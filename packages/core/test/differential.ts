import {
  type Answered,
  canonicalOf,
  componentOf,
  type DistinctId,
  emptyState,
  type Fact,
  foldTraits,
  type Json,
  type Millis,
  type Operation,
  type OperationError,
  run,
  type Settings,
  type State,
} from '@onym/core';
import type { LedgerView, Reference } from '../src/testing/index.ts';

/** The engine over one whole environment in memory, with the ledger it writes. */
export interface Engine extends LedgerView {
  readonly state: State;
  readonly facts: Fact[];
  submit(operation: Operation, now: Millis): Answered | OperationError;
}

export function createEngine(settings: Settings): Engine {
  const state = emptyState(settings);
  const facts: Fact[] = [];
  return {
    state,
    facts,
    submit(operation, now) {
      const { outcomes, facts: added } = run(state, [operation], now);
      facts.push(...added);
      return outcomes[0]!;
    },
    links: () => [...state.links.values()],
    rows: () => facts.map((fact) => ({ seq: fact.seq, time: fact.time, operation: { source: fact.source } })),
  };
}

/** Everything that calls decide, in one comparable value. Ids without an active fact and alone are left out: nobody can tell them. */
export function describeState(state: State) {
  return {
    groups: groupsOf(state),
    links: [...state.links.values()]
      .map(({ seq, status, reason, primary, secondary, kind }) => ({ seq, status, reason, primary, secondary, kind }))
      .sort((a, b) => a.seq - b.seq),
    separations: [...state.separations.values()]
      .flat()
      .filter(({ liftedSeq }) => liftedSeq === null)
      .map(({ pair }) => pair.join(' | '))
      .sort(),
  };
}

export interface Group {
  members: { id: DistinctId; known: boolean; firstSeen: Millis | null }[];
  canonical: DistinctId;
  known: boolean;
  createdAt: Millis | null;
  traits: Record<string, { value: Json; distinctId: DistinctId }>;
}

/** Identities that have an active fact, each with its profile. */
export function groupsOf(state: State): Group[] {
  const groups: Group[] = [];
  for (const component of state.components.values()) {
    if (component.createdAt === null) continue;
    const members = [...state.members.get(component.id)!].sort();
    const traits = [...foldTraits(state, members)].sort(([a], [b]) => (a < b ? -1 : 1));
    groups.push({
      members: members.map((id) => {
        const { known, firstSeen } = state.identifiers.get(id)!;
        return { id, known, firstSeen };
      }),
      canonical: component.canonical,
      known: component.known,
      createdAt: component.createdAt,
      traits: Object.fromEntries(traits.map(([key, { value, distinctId }]) => [key, { value, distinctId }])),
    });
  }
  return groups.sort((a, b) => (a.members[0]!.id < b.members[0]!.id ? -1 : 1));
}

/** The same from both sides, for every id the reference ever met. */
export function compareWithReference(state: State, reference: Reference) {
  const ids = reference.partition().flat();
  const engine = ids.map((id) => {
    const component = componentOf(state, id);
    const members = component === null ? [id] : [...state.members.get(component.id)!].sort();
    return {
      id,
      members,
      canonical: canonicalOf(state, id),
      known: state.identifiers.get(id)?.known ?? false,
      createdAt: component?.createdAt ?? null,
      traits: sortedTraits(
        [...foldTraits(state, members)].map(([key, { value, seq, distinctId }]) => [key, { value, seq, distinctId }]),
      ),
    };
  });
  const naive = ids.map((id) => ({
    id,
    members: reference.members(id),
    canonical: reference.canonical(id),
    known: reference.known(id),
    createdAt: reference.createdAt(id),
    traits: sortedTraits(
      [...reference.traits(id)].map(([key, { value, seq, distinctId }]) => [key, { value, seq, distinctId }]),
    ),
  }));
  const linkOf = ({ seq, status, kind, primary, secondary }: ReturnType<Reference['links']>[number]) => ({
    seq,
    status,
    kind,
    primary,
    secondary,
  });
  return {
    engine: { ids: engine, links: [...state.links.values()].map(linkOf).sort((a, b) => a.seq - b.seq) },
    naive: { ids: naive, links: [...reference.links()].map(linkOf).sort((a, b) => a.seq - b.seq) },
  };
}

function sortedTraits<T>(entries: [string, T][]): [string, T][] {
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}
