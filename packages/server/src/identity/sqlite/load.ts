import {
  componentOf,
  emptyState,
  type IdentifyFact,
  type Link,
  type Needs,
  pairKey,
  pushTo,
  type Separation,
  type Source,
  type State,
  settingsFrom,
  type TraitWrite,
  wasActiveAt,
} from '@onym/core';
import { parseExact } from '../../exact-json/parse.ts';
import { compilePattern } from '../../patterns.ts';
import { kindOfCode } from './codec.ts';
import type { Statements } from './statements.ts';

export const flag = { known: 1, wasAnonymous: 2, wasCanonical: 4 } as const;

export interface EnvironmentRow {
  id: number;
  name: string;
  head: number;
  last_time: number;
  last_lift: number;
  next_component: number;
}

interface IdentifierRow {
  ref: number;
  distinct_id: string;
  component: number;
  root: number;
  flags: number;
  first_seen: number | null;
}

interface ComponentRow {
  id: number;
  canonical: string;
  canonical_ref: number;
  known: number;
  size: number;
  created_at: number | null;
  changed_seq: number;
  separated: number;
}

interface SeparationRow {
  a_id: string;
  b_id: string;
  seq: number;
  lifted_seq: number | null;
}

/** A working set that fills itself from the database: what it does not hold, was not asked for. */
export interface WorkingSet {
  readonly state: State;
  /** The database's integer for an identifier that is loaded. */
  ref(distinctId: string): number;
  setRef(distinctId: string, ref: number): void;
  /** What the operations' needs name. */
  load(needs: Needs): void;
  identifier(distinctId: string): void;
  /** The identity of an identifier with all members, links, facts, traits and separations, refused and held links included. */
  whole(distinctId: string): void;
  /** All that is recorded of one identifier. */
  recorded(distinctId: string): void;
  /** The members of a component that is an identity, ascending, with their traits and nothing else: what a profile shows. */
  profile(component: number): { all: string[]; known: string[] };
  /** The identity of an identifier as of a ledger seq, loaded likewise; its members. */
  wholeAsOf(distinctId: string, seq: number): string[];
}

export function createWorkingSet(
  sql: Statements,
  environment: EnvironmentRow,
  sourceOf: (id: number) => Source,
): WorkingSet {
  const settings = (sql.settings.all(environment.id) as { seq: number; settings: string }[]).map((row) => ({
    seq: row.seq,
    settings: settingsFrom(JSON.parse(row.settings)),
  }));
  const state = emptyState(settings[0]!.settings, compilePattern);
  state.settings.push(...settings.slice(1));
  state.head = environment.head;
  state.lastTime = environment.last_time;
  state.lastLift = environment.last_lift;
  state.nextComponent = environment.next_component;
  const limitedTypes = Object.keys(settings.at(-1)!.settings.identifiersPerTypeMax);

  const refs = new Map<string, number>();
  const asked = new Set<string>();
  const wholeComponents = new Set<number>();
  const separationsLoaded = new Set<string>();

  function identifier(distinctId: string): void {
    if (asked.has(distinctId)) return;
    asked.add(distinctId);
    const row = sql.identifier.get(environment.id, distinctId) as IdentifierRow | undefined;
    if (row !== undefined) adopt(row);
  }

  function adopt(row: IdentifierRow): void {
    asked.add(row.distinct_id);
    refs.set(row.distinct_id, row.ref);
    if (state.identifiers.has(row.distinct_id)) return;
    state.identifiers.set(row.distinct_id, {
      id: row.distinct_id,
      component: row.root,
      known: (row.flags & flag.known) !== 0,
      wasAnonymous: (row.flags & flag.wasAnonymous) !== 0,
      wasCanonical: (row.flags & flag.wasCanonical) !== 0,
      firstSeen: row.first_seen,
    });
    if (!state.components.has(row.root)) component(row.root);
  }

  function component(id: number): void {
    const row = sql.component.get(environment.id, id) as ComponentRow;
    const typeCounts = new Map<string, number>();
    for (const type of limitedTypes) {
      const prefix = `${type}:`;
      typeCounts.set(type, sql.typeCount.get(environment.id, id, prefix.length, prefix) as number);
    }
    refs.set(row.canonical, row.canonical_ref);
    state.components.set(id, {
      id,
      canonical: row.canonical,
      known: row.known === 1,
      size: row.size,
      createdAt: row.created_at,
      changedSeq: row.changed_seq,
      separated: new Set(),
      typeCounts,
    });
    if (row.separated === 0) return;
    for (const member of sql.members.all(environment.id, id) as IdentifierRow[]) separationsOf(member);
  }

  function separationsOf(row: IdentifierRow): void {
    if (separationsLoaded.has(row.distinct_id)) return;
    separationsLoaded.add(row.distinct_id);
    const rows = sql.separationsOf.all({ ref: row.ref }) as SeparationRow[];
    if (rows.length === 0) return;
    adopt(row);
    for (const { a_id, b_id, seq, lifted_seq } of rows) {
      const key = pairKey(a_id, b_id);
      const list = state.separations.get(key) ?? [];
      const separation: Separation = { pair: a_id < b_id ? [a_id, b_id] : [b_id, a_id], seq, liftedSeq: lifted_seq };
      if (!list.some((known) => known.seq === seq)) pushTo(state.separations, key, separation);
      if (lifted_seq === null) state.components.get(row.root)!.separated.add(row.distinct_id);
      identifier(a_id);
      identifier(b_id);
    }
  }

  function addLinks(rows: readonly Record<string, unknown>[]): void {
    for (const row of rows) {
      const link = linkOf(row, sourceOf);
      if (state.links.has(link.seq)) continue;
      state.links.set(link.seq, link);
      insertSorted(state.linksByPair, pairKey(link.primary, link.secondary), link.seq);
      insertSorted(state.linksOf, link.primary, link.seq);
      insertSorted(state.linksOf, link.secondary, link.seq);
    }
  }

  function pair(a: string, b: string): void {
    identifier(a);
    identifier(b);
    const refA = refs.get(a);
    const refB = refs.get(b);
    if (refA === undefined || refB === undefined || refA === refB) return;
    addLinks(sql.linksOnPair.all(Math.min(refA, refB), Math.max(refA, refB)) as Record<string, unknown>[]);
  }

  function identifies(distinctId: string): void {
    const ref = refs.get(distinctId);
    if (ref === undefined || state.identifies.has(distinctId)) return;
    const rows = sql.identifies.all(ref) as {
      seq: number;
      effective_time: number;
      batch: string | null;
      revoked_seq: number | null;
    }[];
    const facts: IdentifyFact[] = rows.map((row) => ({
      seq: row.seq,
      effectiveTime: row.effective_time,
      batch: row.batch,
      revokedSeq: row.revoked_seq,
    }));
    state.identifies.set(distinctId, facts);
    for (const fact of facts) state.subjects.set(fact.seq, distinctId);
  }

  function keepTraits(distinctId: string, rows: readonly unknown[]): void {
    const byKey = state.traits.get(distinctId) ?? new Map<string, TraitWrite[]>();
    state.traits.set(distinctId, byKey);
    for (const row of rows) {
      const write = traitOf(row as TraitRow, sourceOf);
      const writes = byKey.get(write.key);
      if (writes?.some((known) => known.seq === write.seq && known.kind === write.kind)) continue;
      pushTo(byKey, write.key, write);
      state.subjects.set(write.seq, distinctId);
    }
    // Loaded in several questions, read in the ledger's order: a repeat is answered with the first write it repeats.
    if (rows.length > 0) for (const writes of byKey.values()) writes.sort((a, b) => a.seq - b.seq);
  }

  /** Of one key, what can decide a write with this timestamp (see `repeatedWrite`): a history may be long. */
  function traitKey(distinctId: string, key: string, timestamp: number | null): void {
    const ref = refs.get(distinctId);
    if (ref === undefined) return;
    keepTraits(distinctId, sql.plainWinner.all(ref, key));
    keepTraits(distinctId, sql.onceTraits.all(ref, key));
    if (timestamp === null) return;
    keepTraits(distinctId, sql.traitsStamped.all(ref, key, timestamp, timestamp));
    keepTraits(distinctId, sql.traitsFromFuture.all(ref, key, timestamp));
  }

  function whole(distinctId: string): void {
    identifier(distinctId);
    const found = componentOf(state, distinctId);
    if (found === null || wholeComponents.has(found.id)) return;
    wholeComponents.add(found.id);
    // One that this working set made is whole as it is, and not stored.
    if (state.changed.createdComponents.has(found.id)) return;
    const rows = sql.members.all(environment.id, found.id) as IdentifierRow[];
    state.members.set(found.id, new Set(rows.map((row) => row.distinct_id)));
    for (const row of rows) member(row);
  }

  /** All that is recorded of one identifier. */
  function member(row: IdentifierRow): void {
    adopt(row);
    addLinks(sql.linksFrom.all(row.ref) as Record<string, unknown>[]);
    addLinks(sql.linksTo.all(row.ref) as Record<string, unknown>[]);
    identifies(row.distinct_id);
    keepTraits(row.distinct_id, sql.traits.all(row.ref));
    separationsOf(row);
  }

  function recorded(distinctId: string): void {
    const row = sql.identifier.get(environment.id, distinctId) as IdentifierRow | undefined;
    if (row !== undefined) member(row);
  }

  function wholeAsOf(distinctId: string, seq: number): string[] {
    const members = [distinctId];
    const seen = new Set(members);
    for (const id of members) {
      const row = sql.identifier.get(environment.id, id) as IdentifierRow | undefined;
      if (row === undefined) continue;
      member(row);
      for (const linkSeq of state.linksOf.get(id) ?? []) {
        const link = state.links.get(linkSeq)!;
        if (!wasActiveAt(link, seq)) continue;
        const other = link.primary === id ? link.secondary : link.primary;
        if (!seen.has(other)) members.push(other);
        seen.add(other);
      }
    }
    return members;
  }

  return {
    state,
    ref: (distinctId) => refs.get(distinctId)!,
    setRef: (distinctId, ref) => void refs.set(distinctId, ref),
    identifier,
    whole,
    recorded,
    wholeAsOf,
    profile(component) {
      const rows = sql.members.all(environment.id, component) as IdentifierRow[];
      for (const row of rows) keepTraits(row.distinct_id, sql.traits.all(row.ref));
      const idsOf = (some: readonly IdentifierRow[]) => some.map((row) => row.distinct_id).sort();
      return { all: idsOf(rows), known: idsOf(rows.filter((row) => (row.flags & flag.known) !== 0)) };
    },
    load(needs) {
      for (const id of needs.ids) identifier(id);
      const ids = [...needs.ids];
      for (const seq of needs.links) {
        addLinks(sql.link.all(environment.id, seq) as Record<string, unknown>[]);
        const link = state.links.get(seq);
        if (link === undefined) continue;
        pair(link.primary, link.secondary);
        ids.push(link.primary, link.secondary);
      }
      for (const [a, b] of needs.pairs) pair(a, b);
      for (const { id, key, timestamp } of needs.traitKeys) traitKey(id, key, timestamp);
      for (const id of needs.ids) identifies(id);
      for (const seq of needs.rows) loadRow(seq, ids);
      if (needs.whole) for (const id of ids) whole(id);
    },
  };

  /** What a revert names: the row's link, and its subject's facts. */
  function loadRow(seq: number, ids: string[]): void {
    addLinks(sql.link.all(environment.id, seq) as Record<string, unknown>[]);
    const link = state.links.get(seq);
    if (link !== undefined) ids.push(link.primary, link.secondary);
    const row = sql.ledgerRow.get(environment.id, seq) as { body: string } | undefined;
    const subject = row === undefined ? undefined : (JSON.parse(row.body) as { s?: number }).s;
    if (subject === undefined) return;
    const id = sql.identifierByRef.get(subject) as string;
    identifier(id);
    state.subjects.set(seq, id);
    ids.push(id);
  }
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

export function linkOf(row: Record<string, unknown>, sourceOf: (id: number) => Source): Link {
  return {
    seq: row.seq,
    kind: row.kind,
    rule: row.rule,
    primary: row.primary_id,
    secondary: row.secondary_id,
    time: row.time,
    effectiveTime: row.effective_time,
    source: sourceOf(row.source as number),
    waived: row.waived === null ? [] : JSON.parse(row.waived as string),
    approves: row.approves,
    verdict: row.verdict,
    redundant: row.redundant === 1,
    status: row.status,
    reason: row.reason,
    statusSeq: row.status_seq,
  } as Link;
}

interface TraitRow {
  key: string;
  once: number;
  effective_time: number;
  seq: number;
  time: number;
  timestamp: number | null;
  value: string;
  source: number;
  revoked_seq: number | null;
}

function traitOf(row: TraitRow, sourceOf: (id: number) => Source): TraitWrite {
  return {
    seq: row.seq,
    key: row.key,
    value: parseExact(row.value),
    kind: kindOfCode(row.once),
    time: row.time,
    effectiveTime: row.effective_time,
    timestamp: row.timestamp,
    source: sourceOf(row.source),
    revokedSeq: row.revoked_seq,
  };
}
