import {
  componentOf,
  emptyState,
  type Lookups,
  noteLookups,
  nothingHeld,
  pairKey,
  pairOf,
  pushTo,
  type Source,
  type State,
  type TraitWrite,
} from '@onym/core';
import { compilePattern } from '../patterns.ts';
import { settingsOf } from './environment.ts';
import {
  type ComponentRow,
  type EnvironmentRow,
  type FoundRows,
  flag,
  type IdentifierRow,
  type IdentifyRow,
  type LinkRow,
  linkOf,
  type SeparationRow,
  type SettingsRow,
  type TraitRow,
  traitOf,
} from './rows.ts';

/**
 * The part of an environment that a question is about, filled from rows. A store asks core's `lacks` what to look up, looks it up, and adds
 * what it found, until nothing is lacking; then the state answers as the whole environment would.
 */
export interface WorkingSet {
  readonly environment: EnvironmentRow;
  readonly state: State;
  /** The types whose identifiers are counted. */
  readonly limitedTypes: readonly string[];
  /** The store's integer for an identifier that is here. */
  ref(distinctId: string): number;
  hasRef(distinctId: string): boolean;
  setRef(distinctId: string, ref: number): void;
  /** All that the lookups found, in parts as they come. */
  add(lookups: Lookups, found: Iterable<FoundRows>): void;
}

/** `settings`: all of the environment's, ascending by seq. */
export function createWorkingSet(
  environment: EnvironmentRow,
  settingsRows: readonly SettingsRow[],
  sourceOf: (id: number) => Source,
): WorkingSet {
  const settings = settingsOf(settingsRows);
  const held = nothingHeld();
  const { done, due } = held;
  const state = emptyState(settings[0]!.settings, compilePattern, held);
  state.settings.push(...settings.slice(1));
  state.head = environment.head;
  state.lastTime = environment.last_time;
  state.lastLift = environment.last_lift;
  state.nextComponent = environment.next_component;
  const limitedTypes = Object.keys(settings.at(-1)!.settings.identifiersPerTypeMax);

  const refs = new Map<string, number>();
  const names = new Map<number, string>();
  /** Those that stand in a separation in force, whether or not their rows are here. */
  const separated = new Set<string>();

  function addComponent(row: ComponentRow): void {
    refs.set(row.canonical, row.canonical_ref);
    if (state.components.has(row.root)) return;
    state.components.set(row.root, {
      id: row.root,
      canonical: row.canonical,
      known: row.known === 1,
      size: row.size,
      createdAt: row.created_at,
      changedSeq: row.changed_seq,
      separated: new Set(),
      typeCounts: new Map(limitedTypes.map((type) => [type, 0])),
    });
    if (limitedTypes.length > 0) due.typeCounts.add(row.root);
    if (row.separated > 0) due.separations.add(row.root);
  }

  function addIdentifier(row: IdentifierRow): void {
    const { distinct_id: id, root } = row;
    done.ids.add(id);
    due.ids.delete(id);
    refs.set(id, row.ref);
    names.set(row.ref, id);
    state.members.get(root)?.add(id);
    if (state.identifiers.has(id)) return;
    state.identifiers.set(id, {
      id,
      component: root,
      known: (row.flags & flag.known) !== 0,
      wasAnonymous: (row.flags & flag.wasAnonymous) !== 0,
      wasCanonical: (row.flags & flag.wasCanonical) !== 0,
      firstSeen: row.first_seen,
    });
    if (separated.has(id)) state.components.get(root)!.separated.add(id);
  }

  function addLink(row: LinkRow): void {
    if (state.links.has(row.seq)) return;
    const link = linkOf(row, sourceOf);
    state.links.set(link.seq, link);
    insertSorted(state.linksByPair, pairKey(link.primary, link.secondary), link.seq);
    insertSorted(state.linksOf, link.primary, link.seq);
    insertSorted(state.linksOf, link.secondary, link.seq);
  }

  function addIdentify(row: IdentifyRow): void {
    const id = names.get(row.identifier)!;
    pushTo(state.identifies, id, {
      seq: row.seq,
      effectiveTime: row.effective_time,
      batch: row.batch,
      revokedSeq: row.revoked_seq,
    });
    state.subjects.set(row.seq, id);
  }

  /** Of `fresh` identifiers nothing was here before, and each row comes once. */
  function addTrait(row: TraitRow, fresh: ReadonlySet<string>): void {
    const id = names.get(row.identifier)!;
    const write = traitOf(row, sourceOf);
    let byKey = state.traits.get(id);
    if (byKey === undefined) {
      byKey = new Map();
      state.traits.set(id, byKey);
    }
    state.subjects.set(write.seq, id);
    const writes = byKey.get(write.key);
    if (writes === undefined) byKey.set(write.key, [write]);
    else if (fresh.has(id)) writes.push(write);
    else insertWrite(writes, write);
  }

  function addSeparation({ a_id: a, b_id: b, seq, lifted_seq: liftedSeq }: SeparationRow): void {
    const key = pairKey(a, b);
    if (state.separations.get(key)?.some((known) => known.seq === seq)) return;
    pushTo(state.separations, key, { pair: pairOf(a, b), seq, liftedSeq });
    for (const id of [a, b]) {
      if (!done.ids.has(id)) due.ids.add(id);
      if (liftedSeq !== null) continue;
      separated.add(id);
      componentOf(state, id)?.separated.add(id);
    }
  }

  /** What has a place in the ledger is read in its order: a repeat is answered with the first write it repeats. */
  function addPart(part: FoundRows, lookups: Lookups): void {
    for (const row of part.components ?? []) addComponent(row);
    for (const row of part.identifiers ?? []) addIdentifier(row);
    for (const row of inOrder(part.links)) addLink(row);
    for (const row of inOrder(part.identifies)) addIdentify(row);
    for (const row of inOrder(part.traits)) addTrait(row, lookups.recorded);
    for (const row of inOrder(part.separations)) addSeparation(row);
    for (const { seq, distinct_id: id } of part.subjects ?? []) state.subjects.set(seq, id);
    for (const { root, type, count } of part.typeCounts ?? []) {
      state.components.get(root)!.typeCounts.set(type, count);
    }
  }

  return {
    environment,
    state,
    limitedTypes,
    ref: (distinctId) => refs.get(distinctId)!,
    hasRef: (distinctId) => refs.has(distinctId),
    setRef(distinctId, ref) {
      refs.set(distinctId, ref);
      names.set(ref, distinctId);
    },
    add(lookups, found) {
      noteLookups(held, lookups);
      for (const component of lookups.members) state.members.set(component, new Set());
      for (const id of lookups.identifies) state.identifies.set(id, []);
      for (const id of lookups.recorded) {
        state.identifies.set(id, []);
        state.traits.set(id, new Map());
      }
      for (const part of found) addPart(part, lookups);
    },
  };
}

function inOrder<Row extends { readonly seq: number }>(rows: readonly Row[] = []): readonly Row[] {
  return rows.length < 2 ? rows : [...rows].sort((a, b) => a.seq - b.seq);
}

function insertSorted(map: Map<string, number[]>, key: string, seq: number): void {
  const list = map.get(key);
  if (list === undefined) {
    map.set(key, [seq]);
    return;
  }
  let index = list.length;
  while (index > 0 && list[index - 1]! > seq) index--;
  if (list[index - 1] !== seq) list.splice(index, 0, seq);
}

/** Into one key's writes, in which it may be already. */
function insertWrite(writes: TraitWrite[], write: TraitWrite): void {
  let index = writes.length;
  while (index > 0 && writes[index - 1]!.seq > write.seq) index--;
  if (!writes.some((known) => known.seq === write.seq && known.kind === write.kind)) writes.splice(index, 0, write);
}
