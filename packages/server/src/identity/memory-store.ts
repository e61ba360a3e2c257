import {
  canonicalOf,
  clearChanged,
  componentOf,
  currentSettings,
  defaultSettings,
  type EvidenceFact,
  emptyState,
  type Fact,
  fold,
  type Millis,
  type RevertOperation,
  run,
  type Seq,
  type Settings,
  type State,
  sameIdentity,
} from '@onym/core';
import { nodeId } from '../node-id.ts';
import { compilePattern } from '../patterns.ts';
import { environmentNotFound } from './environment.ts';
import { eraseFactOf, planErasure, recordedOf, rewrite } from './erasure.ts';
import { explainOf } from './explain.ts';
import { historyAt } from './history.ts';
import { rehearse } from './judgement.ts';
import { matchesIn } from './matching.ts';
import { membersOf } from './members.ts';
import { profileOf } from './profile.ts';
import { profileTraitsOf } from './profile-traits.ts';
import { groupByComponent } from './row-groups.ts';
import { separationsAt, separationsPage } from './separations.ts';
import type { EnvironmentInfo, IdentityStore, PendingErasure, RecentPlace } from './store.ts';
import { traitHistoryOf } from './trait-history.ts';

interface Environment {
  state: State;
  ledger: Fact[];
  readonly repeats: Map<Seq, { count: number; lastTime: Millis }>;
}

function isInScope({ source, time }: Fact, scope: RevertOperation['scope']): boolean {
  if ('batch' in scope) return source.batch === scope.batch;
  return source.key === scope.key && time >= scope.from && time <= scope.to;
}

/** The reference: the ledger in an array, the whole state folded from it, every question answered by looking at all of it. */
export function createMemoryStore(environments = new Map<string, Environment>()): IdentityStore {
  const pending = new Map<string, PendingErasure[]>();
  const matching = new Map<string, readonly string[]>();

  function of(environment: string): Environment {
    const found = environments.get(environment);
    if (found === undefined) throw environmentNotFound(environment);
    return found;
  }

  function info(environment: string): EnvironmentInfo {
    const { state } = of(environment);
    const { settings } = currentSettings(state);
    return { name: environment, head: state.head, settings, initialSettings: defaultSettings };
  }

  /** History is the ledger's first rows, folded. */
  function at(environment: string, asOf: number | undefined): State {
    const { state, ledger } = of(environment);
    return asOf === undefined ? state : fold(emptyState(defaultSettings, compilePattern), ledger.slice(0, asOf));
  }

  const store: IdentityStore = {
    async prepare(environment: string, settings: Settings, now) {
      if (!environments.has(environment)) {
        environments.set(environment, {
          state: emptyState(defaultSettings, compilePattern),
          ledger: [],
          repeats: new Map(),
        });
      }
      const source = { key: null, lib: null, batch: null, public: false };
      await store.commit(environment, [{ op: 'settings', settings, timestamp: null, source }], now);
      return info(environment);
    },

    async environment(environment) {
      return info(environment);
    },

    async environments() {
      return [...environments.keys()];
    },

    async commit(environment, operations, now, options) {
      const target = of(environment);
      const state = options?.dryRun ? fold(emptyState(defaultSettings, compilePattern), target.ledger) : target.state;
      if (options?.dryRun) return rehearse(state, operations, now);
      const { outcomes, facts } = run(state, operations, now);
      const touched = [...state.changed.components];
      clearChanged(state.changed);
      target.ledger.push(...facts);
      return { answers: outcomes, touched, facts, radii: [], head: state.head };
    },

    shared: null,

    async tryWrite() {},

    async resolve(environment, distinctIds, asOf) {
      const state = at(environment, asOf);
      return {
        seq: state.head,
        resolved: new Map(
          distinctIds.map((id) => [
            id,
            { canonicalId: canonicalOf(state, id), known: componentOf(state, id)?.known ?? false },
          ]),
        ),
      };
    },

    async known(environment, distinctIds) {
      const { identifiers } = of(environment).state;
      return new Set(distinctIds.filter((id) => identifiers.get(id)?.known));
    },

    async ledger(environment, after, limit) {
      return of(environment).ledger.slice(after, after + limit);
    },

    async history(environment, distinctId, page) {
      const { state, ledger } = of(environment);
      const { question, answer } = historyAt(distinctId, page);
      question(state);
      return answer(state).map((seq) => ledger[seq - 1]!);
    },

    async changes(environment, _after, _limit) {
      const { state } = of(environment);
      const stored = [...state.identifiers.values()];
      return {
        seq: state.head,
        identifiers: stored.map(({ id, known, firstSeen }) => ({
          distinctId: id,
          canonicalId: canonicalOf(state, id),
          known,
          identifiedSeq: state.identifies.get(id)?.find((fact) => fact.revokedSeq === null)?.seq ?? null,
          firstSeen,
        })),
        identities: [...state.components.values()].flatMap((component) => {
          if (component.createdAt === null) return [];
          const members = [...state.members.get(component.id)!].sort();
          return [
            {
              canonicalId: component.canonical,
              known: component.known,
              createdAt: component.createdAt,
              ...profileTraitsOf(state, members),
              identifiers: members,
              knownIdentifiers: members.filter((id) => state.identifiers.get(id)!.known),
            },
          ];
        }),
        retired: stored
          .filter(({ id }) => canonicalOf(state, id) !== id || componentOf(state, id)!.createdAt === null)
          .map(({ id }) => id),
        links: [...state.links.values()],
        separations: [...state.separations.values()].flat(),
      };
    },

    async byNodeId(environment, node) {
      for (const id of of(environment).state.identifiers.keys()) if (nodeId(environment, id) === node) return id;
      return null;
    },

    async link(environment, seq) {
      return of(environment).state.links.get(seq) ?? null;
    },

    async waiting(environment, status, { before, limit }) {
      const { state } = of(environment);
      return [...state.links.values()]
        .filter((link) => link.status === status && (before === null || link.seq < before))
        .filter((link) => status !== 'held' || !sameIdentity(state, link.primary, link.secondary))
        .sort((a, b) => b.seq - a.seq)
        .slice(0, limit);
    },

    async heldBy(environment, key) {
      const held = await store.waiting(environment, 'held', { before: null, limit: Number.MAX_SAFE_INTEGER });
      return held.filter(({ source }) => source.public && source.key === key).length;
    },

    async rowsOf(environment, scope, rowsMax) {
      const { ledger, state } = of(environment);
      const rows = ledger.filter((fact) => 'subject' in fact && isInScope(fact, scope)) as EvidenceFact[];
      return groupByComponent(
        rows.map(({ seq }) => seq),
        (seq) => componentOf(state, state.subjects.get(seq) ?? state.links.get(seq)!.primary)!.id,
        rowsMax,
      );
    },

    async separations(environment, distinctId, page) {
      const { state } = of(environment);
      if (distinctId !== null) return separationsAt(distinctId, page).answer(state);
      return separationsPage([...state.separations.values()].flat(), page);
    },

    async recent(environment, { after, limit }) {
      const { state, ledger } = of(environment);
      const all = [...state.components.values()].flatMap(({ id, canonical, known, createdAt, size }) => {
        if (createdAt === null) return [];
        const rows = [...state.members.get(id)!].flatMap((member) => recordedOf(state, member).rows);
        const changedSeq = Math.max(...rows);
        const { time } = ledger[changedSeq - 1]!;
        const identity = { canonicalId: canonical, known, createdAt, size, changedSeq, changedAt: time };
        return [{ identity, place: { changedSeq, component: id } }];
      });
      const inOrder = (a: RecentPlace, b: RecentPlace) => b.changedSeq - a.changedSeq || b.component - a.component;
      const later = all
        .filter(({ place }) => after === null || inOrder(after, place) < 0)
        .sort((a, b) => inOrder(a.place, b.place));
      const page = later.slice(0, limit);
      return {
        identities: page.map(({ identity }) => identity),
        next: later.length > limit ? page.at(-1)!.place : null,
      };
    },

    async identifiersFrom(environment, text, limit) {
      const inBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
      const ids = [...of(environment).state.identifiers.keys()];
      return ids
        .filter((id) => inBytes(id, text) >= 0)
        .sort(inBytes)
        .slice(0, limit);
    },

    async match(environment, keys) {
      matching.set(environment, [...new Set(keys)]);
    },

    async byTrait(environment, text, limit) {
      const matches = matchesIn(of(environment).state, matching.get(environment) ?? [], text);
      return { matches: matches.slice(0, limit), isAll: matches.length <= limit };
    },

    async addRepeats(environment, added) {
      const { repeats } = of(environment);
      for (const [seq, { count, lastTime }] of added) {
        const before = repeats.get(seq) ?? { count: 0, lastTime };
        repeats.set(seq, { count: before.count + count, lastTime: Math.max(before.lastTime, lastTime) });
      }
    },

    async repeats(environment, seqs) {
      const { repeats } = of(environment);
      return new Map(seqs.flatMap((seq) => (repeats.has(seq) ? [[seq, repeats.get(seq)!] as const] : [])));
    },

    async members(environment, distinctId, asOf) {
      return membersOf(at(environment, asOf), distinctId);
    },

    async profile(environment, distinctId, page, asOf) {
      return profileOf(at(environment, asOf), distinctId, page);
    },

    async seqAt(environment, time) {
      return of(environment).ledger.findLast((fact) => fact.time <= time)?.seq ?? 0;
    },

    async has(environment, distinctId) {
      return of(environment).state.identifiers.has(distinctId);
    },

    async traitHistory(environment, distinctId, key, page) {
      return traitHistoryOf(of(environment).state, distinctId, key, page);
    },

    async explain(environment, a, b) {
      return explainOf(of(environment).state, a, b);
    },

    async recorded(environment, distinctId) {
      return recordedOf(of(environment).state, distinctId);
    },

    async erase(environment, distinctId, request) {
      const target = of(environment);
      const erasure = planErasure(target.state, membersOf(target.state, distinctId));
      const { left, changed } = rewrite(target.ledger, erasure);
      const fact = eraseFactOf(target.state, erasure, changed.length, request);
      if (request.dryRun) return fact;
      for (const row of changed) if (row.op === 'erased') target.repeats.delete(row.seq);
      for (const seq of erasure.links) target.repeats.delete(seq);
      target.ledger = [...left, fact];
      target.state = fold(emptyState(defaultSettings, compilePattern), target.ledger);
      clearChanged(target.state.changed);
      const { connected, erased, links } = erasure;
      const strays = [...connected].filter((id) => !erased.has(id) && !target.state.identifiers.has(id));
      const rest = { seq: fact.seq, time: fact.time, distinctIds: [...erased], strays, links };
      pending.set(environment, [...(pending.get(environment) ?? []), rest]);
      return fact;
    },

    async pendingErasures(environment) {
      return pending.get(environment) ?? [];
    },

    async finishErasures(environment, seqs) {
      const left = (pending.get(environment) ?? []).filter(({ seq }) => !seqs.includes(seq));
      pending.set(environment, left);
    },

    async largest(environment, { changedAfter, limit }) {
      return [...of(environment).state.components.values()]
        .filter(({ changedSeq }) => changedSeq > changedAfter)
        .sort((a, b) => b.size - a.size)
        .slice(0, limit)
        .map(({ canonical, size }) => ({ canonicalId: canonical, size }));
    },

    async scratch() {
      const copies = [...environments].map(([name, { ledger, repeats }]) => {
        const state = fold(emptyState(defaultSettings, compilePattern), ledger);
        return [name, { state, ledger: [...ledger], repeats: new Map(repeats) }] as [string, Environment];
      });
      return createMemoryStore(new Map(copies));
    },

    async close() {
      environments.clear();
    },
  };
  return store;
}
