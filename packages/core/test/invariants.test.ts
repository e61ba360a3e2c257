import {
  canonicalOf,
  componentOf,
  defaultSettings,
  emptyState,
  type Fact,
  fold,
  foldTraits,
  type Operation,
  pairKey,
  type State,
  sameIdentity,
  winnerOf,
} from '@onym/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  callOptions,
  calmOptions,
  fullOptions,
  type History,
  histories,
  resolveStep,
  startSettings,
  withDrops,
  withDuplicates,
  withReorder,
} from '../src/testing/index.ts';
import { createEngine, describeState, type Engine, groupsOf } from './differential.ts';
import { runs } from './runs.ts';

/** Invariants R1–R9 of docs/resolution.md, on the engine alone. R10 is the server's (test/durability). */

function playInto(engine: Engine, history: History): void {
  for (const step of history) engine.submit(resolveStep(step, engine), step.now);
}

const mutated = fc.oneof(
  histories(fullOptions),
  withDuplicates(histories(fullOptions)).map(({ mutated: history }) => history),
  withReorder(histories(fullOptions)).map(({ mutated: history }) => history),
  withDrops(histories(fullOptions)).map(({ mutated: history }) => history),
);

const edges = (state: State) => [...state.links.values()].filter((link) => link.status === 'active');

/** Union-find by brute force: groups of ids connected by active links. */
function reachable(state: State, from: string): Set<string> {
  const reached = new Set([from]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const { primary, secondary } of edges(state)) {
      if (reached.has(primary) === reached.has(secondary)) continue;
      reached.add(primary).add(secondary);
      grew = true;
    }
  }
  return reached;
}

describe('R1: the incremental state is the fold of the ledger from empty', () => {
  it('after every history, duplicated, reordered or with calls dropped', () => {
    fc.assert(
      fc.property(startSettings, mutated, (settings, history) => {
        const engine = createEngine(settings);
        playInto(engine, history);
        // Through JSON: what a store keeps is all that a fold may need.
        const ledger: Fact[] = JSON.parse(JSON.stringify(engine.facts));
        const folded = fold(emptyState(settings), ledger);
        expect(describeState(folded)).toEqual(describeState(engine.state));
        expect(ledger.map(({ seq }) => seq)).toEqual(ledger.map((_, index) => index + 1));
        expect(ledger.every((fact, index) => index === 0 || fact.time >= ledger[index - 1]!.time)).toBe(true);
      }),
      runs(),
    );
  });
});

describe('R2: merge, then split, is never merged', () => {
  /** Who is with whom, under which name, with which traits. Not since when: evidence that was redundant because of the merge has its time. */
  const profiles = (state: State) =>
    groupsOf(state).map(({ members, canonical, known, traits }) => ({
      members: members.map((member) => ({ id: member.id, known: member.known })),
      canonical,
      known,
      traits,
    }));

  it('for one alias anywhere in a history, later evidence included', () => {
    const options = { ...callOptions, publicSources: true, batches: [], stepsMax: 14 };
    fc.assert(
      fc.property(
        startSettings,
        // Splits, reverts, lifts and approvals may all have been before.
        histories({ ...fullOptions, stepsMax: 20 }),
        histories(options),
        fc.constantFrom(...options.ids),
        fc.constantFrom(...options.ids),
        (settings, before, after, primary, secondary) => {
          fc.pre(primary !== secondary);
          const source = { key: 'sk_1', lib: null, batch: null, public: false };
          const merge: Operation = { op: 'alias', kind: 'alias', primary, secondary, timestamp: null, source };
          const merged = createEngine(settings);
          const never = createEngine(settings);
          playInto(merged, before);
          playInto(never, before);
          // Split takes back the whole pair: a merge that adds nothing to an earlier one is no merge.
          const onPair = (operation: Operation) => pairOfOperation(operation) === pairKey(primary, secondary);
          fc.pre(after.every((step) => !onPair(resolveStep(step, merged))));
          // Split takes back the whole pair: a merge that adds to earlier evidence on it is no case of this.
          const earlier = [...merged.state.links.values()].some(
            (link) => link.status === 'active' && pairKey(link.primary, link.secondary) === pairKey(primary, secondary),
          );
          fc.pre(!earlier);
          const answer = merged.submit(merge, 0);
          fc.pre(!('error' in answer) && answer.recorded && answer.verdict === 'applied');
          const time = merged.facts.at(-1)!.time;
          // Evidence after it, sent to both alike; what the merge made refused or held, or made redundant on that very pair, is excepted.
          for (const step of after) {
            const operation = resolveStep(step, merged);
            const now = Math.max(step.now, time);
            const [one, other] = [merged.submit(operation, now), never.submit(operation, now)];
            if ('error' in one || 'error' in other) continue;
            const causedByMerge =
              ['refused', 'held'].includes(one.verdict) && !['refused', 'held'].includes(other.verdict);
            fc.pre(!causedByMerge);
          }
          merged.submit(
            { op: 'split', target: { link: (answer as { seq: number }).seq }, timestamp: null, source },
            time + 100,
          );
          expect(profiles(merged.state)).toEqual(profiles(never.state));
        },
      ),
      runs(),
    );
  });

  function pairOfOperation(operation: Operation): string | null {
    if (operation.op === 'alias') return pairKey(operation.primary, operation.secondary);
    if (operation.op !== 'identify' && operation.op !== 'track') return null;
    return operation.anonymousId === null ? null : pairKey(operation.distinctId, operation.anonymousId);
  }

  it('for a whole batch that is reverted', () => {
    const batch = 'import-1';
    const live = { ...callOptions, batches: [], stepsMax: 12, timestamps: 'always' as const };
    fc.assert(
      fc.property(
        startSettings,
        histories({ ...fullOptions, batches: ['another'] }),
        histories(live),
        (settings, before, imported) => {
          const reverted = createEngine(settings);
          const never = createEngine(settings);
          playInto(reverted, before);
          playInto(never, before);
          for (const step of imported) {
            const operation = resolveStep(step, reverted);
            reverted.submit({ ...operation, source: { ...operation.source, batch } }, step.now);
          }
          const seqs = reverted.facts.filter((fact) => fact.source.batch === batch).map(({ seq }) => seq);
          const source = { key: 'sk_1', lib: null, batch: null, public: false };
          reverted.submit({ op: 'revert', scope: { batch }, seqs, separate: false, timestamp: null, source }, 0);
          expect(profiles(reverted.state)).toEqual(profiles(never.state));
        },
      ),
      runs(),
    );
  });
});

describe('R3: without refusals, holds and separations the partition does not depend on the order of calls', () => {
  it('under reorder', () => {
    fc.assert(
      fc.property(withReorder(histories({ ...calmOptions, batches: [] })), ({ original, mutated: reordered }) => {
        const settings = { ...defaultSettings, identifiersPerIdentityMax: Number.MAX_SAFE_INTEGER };
        const partitionOf = (history: History) => {
          const engine = createEngine(settings);
          playInto(engine, history);
          return groupsOf(engine.state).map((group) => group.members.map(({ id, known }) => ({ id, known })));
        };
        expect(partitionOf(reordered)).toEqual(partitionOf(original));
      }),
      runs(),
    );
  });
});

describe('R4: a call sent twice with the same timestamp is a call sent once', () => {
  /** Far enough in the future for every generated timestamp to lie in the past. */
  const afterAllTimestamps = 100_000_000_000;
  const later = (history: History): History => history.map((step) => ({ ...step, now: step.now + afterAllTimestamps }));

  function sendTwice(settings: typeof defaultSettings, history: History, pick: number, mustBeRecorded: boolean): void {
    const engine = createEngine(settings);
    const place = pick % history.length;
    playInto(engine, history.slice(0, place));
    const last = history[place]!;
    const operation = resolveStep(last, engine);
    fc.pre(operation.op === 'identify' || operation.op === 'alias' || operation.op === 'track');
    const first = engine.submit(operation, last.now);
    if (mustBeRecorded) {
      // A write that an equal one made superfluous at the received time of the first may count at that of the second.
      const fact = engine.facts.at(-1)!;
      fc.pre(!('error' in first) && first.recorded && fact.op === operation.op);
      fc.pre(operation.op !== 'identify' || ('traits' in fact && fact.traits.length === operation.traits.length));
    }
    const before = { rows: engine.facts.length, state: describeState(engine.state) };
    const second = engine.submit(operation, last.now + 50);
    expect({ rows: engine.facts.length, state: describeState(engine.state) }).toEqual(before);
    if (!('error' in first) && !('error' in second)) expect(second.seq).toBe(first.seq);
  }

  const stamped = histories({ ...fullOptions, timestamps: 'always' });

  it('at once', () => {
    fc.assert(
      fc.property(startSettings, stamped, fc.nat(), (settings, history, pick) =>
        sendTwice(settings, later(history), pick, false),
      ),
      runs(),
    );
  });

  it('at once, when the clock of the sender is ahead and the first was recorded', () => {
    fc.assert(
      fc.property(startSettings, stamped, fc.nat(), (settings, history, pick) =>
        sendTwice(settings, history, pick, true),
      ),
      runs(),
    );
  });

  it('late, after other calls', () => {
    fc.assert(
      fc.property(
        withDuplicates(histories({ ...calmOptions, batches: [], traits: true, weights: { alias: 5, identify: 10 } })),
        ({ original, mutated: duplicated }) => {
          const once = createEngine(defaultSettings);
          const twice = createEngine(defaultSettings);
          playInto(once, later(original));
          playInto(twice, later(duplicated));
          expect(describeProfiles(twice.state)).toEqual(describeProfiles(once.state));
        },
      ),
      runs(),
    );
    function describeProfiles(state: State) {
      return groupsOf(state).map(({ members, canonical, known, traits }) => ({
        members: members.map(({ id }) => id),
        canonical,
        known,
        traits,
      }));
    }
  });
});

describe('R5: two identifiers are one identity exactly when a path of active links joins them', () => {
  it('after every history', () => {
    fc.assert(
      fc.property(startSettings, mutated, (settings, history) => {
        const { state } = playedOf(settings, history);
        const ids = [...state.identifiers.keys()];
        for (const id of ids) {
          const reached = reachable(state, id);
          for (const other of ids) expect(sameIdentity(state, id, other)).toBe(reached.has(other));
        }
      }),
      runs(),
    );
  });
});

function playedOf(settings: typeof defaultSettings, history: History): Engine {
  const engine = createEngine(settings);
  playInto(engine, history);
  return engine;
}

describe('R6: no link made after a separation joins across it', () => {
  it('by any route, through splits, reverts, lifts and approvals', () => {
    fc.assert(
      fc.property(startSettings, mutated, (settings, history) => {
        const { state } = playedOf(settings, history);
        for (const list of state.separations.values()) {
          for (const { pair, seq, liftedSeq } of list) {
            if (liftedSeq !== null) continue;
            const [a, b] = pair;
            if (!sameIdentity(state, a, b)) continue;
            // They were one before the separation, and what has joined them since is older than it.
            const older = edges(state).filter((link) => link.seq < seq);
            const reached = new Set([a]);
            for (let grew = true; grew; ) {
              grew = false;
              for (const { primary, secondary } of older) {
                if (reached.has(primary) === reached.has(secondary)) continue;
                reached.add(primary).add(secondary);
                grew = true;
              }
            }
            expect(reached.has(b)).toBe(true);
          }
        }
      }),
      runs(),
    );
  });
});

describe('R7: one identity per identifier; one canonical id, a member, known if any member is', () => {
  it('after every history', () => {
    fc.assert(
      fc.property(startSettings, mutated, (settings, history) => {
        const { state } = playedOf(settings, history);
        const seen = new Set<string>();
        for (const component of state.components.values()) {
          const members = [...state.members.get(component.id)!];
          expect(members).toContain(component.canonical);
          expect(component.size).toBe(members.length);
          const anyKnown = members.some((id) => state.identifiers.get(id)!.known);
          expect(component.known).toBe(anyKnown);
          expect(state.identifiers.get(component.canonical)!.known).toBe(anyKnown);
          for (const id of members) {
            expect(seen.has(id)).toBe(false);
            seen.add(id);
            expect(componentOf(state, id)).toBe(component);
          }
        }
        expect(seen.size).toBe(state.identifiers.size);
      }),
      runs(),
    );
  });
});

describe('R8: no trait value is lost by a merge', () => {
  it('every value an identify was answered for is in the history of its identity', () => {
    fc.assert(
      fc.property(startSettings, histories(callOptions), (settings, history) => {
        const engine = createEngine(settings);
        for (const step of history) {
          const operation = resolveStep(step, engine);
          engine.submit(operation, step.now);
          if (operation.op !== 'identify') continue;
          for (const { key, value, kind } of operation.traits) {
            const component = componentOf(engine.state, operation.distinctId);
            if (component === null) {
              // An anonymous id of which nothing was said that a row must hold.
              expect(operation.traits.every((trait) => trait.kind === 'once' && trait.value === null)).toBe(true);
              continue;
            }
            const values = [...engine.state.members.get(component.id)!].flatMap(
              (id) => engine.state.traits.get(id)?.get(key) ?? [],
            );
            const kept = values.some(
              (write) => write.kind === kind && JSON.stringify(write.value) === JSON.stringify(value),
            );
            // A null asks once for nothing; where it is plain it is kept like any value, and may be what wins.
            expect(kept || (kind === 'once' && value === null)).toBe(true);
            const winner = winnerOf(
              [...engine.state.members.get(component.id)!].flatMap((id) => engine.state.traits.get(id)?.get(key) ?? []),
            );
            const profile = foldTraits(engine.state, engine.state.members.get(component.id)!);
            expect(profile.has(key)).toBe((winner?.value ?? null) !== null);
          }
        }
        // Merging everything afterwards keeps them all.
        const count = () => [...engine.state.traits.values()].flatMap((byKey) => [...byKey.values()].flat()).length;
        const before = count();
        const source = { key: 'sk_1', lib: null, batch: null, public: false };
        const [first, ...rest] = [...engine.state.identifiers.keys()];
        for (const id of rest) {
          engine.submit({ op: 'alias', kind: 'alias', primary: first!, secondary: id, timestamp: null, source }, 0);
        }
        expect(count()).toBe(before);
      }),
      runs(),
    );
  });
});

describe('R9: identities depend on the environment and the strings alone', () => {
  it('the same ledger, folded on another machine whose components are numbered otherwise, names the same canonical ids', () => {
    fc.assert(
      fc.property(startSettings, mutated, fc.integer({ min: 2, max: 1_000_000 }), (settings, history, offset) => {
        const engine = playedOf(settings, history);
        const elsewhere = emptyState(settings);
        elsewhere.nextComponent = offset;
        fold(elsewhere, engine.facts);
        for (const id of engine.state.identifiers.keys()) {
          expect(canonicalOf(elsewhere, id)).toBe(canonicalOf(engine.state, id));
        }
      }),
      runs(),
    );
  });
});
