import {
  canonicalOf,
  componentOf,
  emptyState,
  eraseFrom,
  everConnected,
  type Fact,
  fold,
  type Seq,
  type State,
  sameIdentity,
  settledLinks,
} from '@onym/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullOptions, histories, resolveStep, startSettings } from '../src/testing/index.ts';
import { createEngine, type Engine, groupsOf } from './differential.ts';
import { runs } from './runs.ts';
import { world } from './worked-example.ts';

/** What an erasure of an identifier's identity leaves of the engine's ledger. */
function erase(engine: Engine, id: string) {
  const chosen = componentOf(engine.state, id);
  const members = chosen === null ? [] : [...engine.state.members.get(chosen.id)!];
  const gone = new Set(members);
  const connected = everConnected(engine.state, members);
  const tokenOf = (id: string) => `token-${members.indexOf(id)}`;
  const plan = { erased: gone, connected, tokenOf, settled: settledLinks(engine.state, connected, gone) };
  const left: Fact[] = engine.facts.map((fact) => eraseFrom(fact, plan));
  /** The state at a row of what is left, the last unless it is given. */
  const foldedTo = (seq?: Seq) =>
    fold(emptyState(engine.state.settings[0]!.settings), JSON.parse(JSON.stringify(left.slice(0, seq))) as Fact[]);
  return { engine, gone, plan, left, foldedTo, after: foldedTo() };
}

/** The ledger of a random history, and what an erasure of one of its identities leaves of it. */
const erased = fc.tuple(startSettings, histories(fullOptions), fc.nat()).map(([settings, history, pick]) => {
  const engine = createEngine(settings);
  for (const step of history) engine.submit(resolveStep(step, engine), step.now);
  const ids = [...engine.state.identifiers.keys()];
  return erase(engine, ids[pick % ids.length] ?? '');
});

const statusesOf = (state: State) =>
  [...state.links.values()].map(({ seq, status, primary, secondary }) => ({ seq, status, primary, secondary }));

/** Every string of a value, keys of objects too. */
function stringsIn(value: unknown, found = new Set<string>()): Set<string> {
  JSON.stringify(value, (key, part) => {
    if (key !== '') found.add(key);
    if (typeof part === 'string') found.add(part);
    return part;
  });
  return found;
}

describe('erasure', () => {
  it('keeps every row in its place and time, and names nobody who is gone', () => {
    fc.assert(
      fc.property(erased, ({ engine, gone, left, after }) => {
        expect(left.map(({ seq, time }) => [seq, time])).toEqual(engine.facts.map(({ seq, time }) => [seq, time]));
        const named = stringsIn(left);
        for (const id of gone) expect(named).not.toContain(id);
        for (const id of after.identifiers.keys()) {
          expect(gone.has(id)).toBe(false);
          expect(id).not.toMatch(/^token-/);
        }
      }),
      runs(),
    );
  });

  it('leaves every other identity as it was: who, under which name, with which traits', () => {
    fc.assert(
      fc.property(erased, ({ engine, gone, after }) => {
        expect(groupsOf(after)).toEqual(groupsOf(engine.state).filter(({ canonical }) => !gone.has(canonical)));
        expect(standing(after)).toEqual(standing(engine.state).filter(({ pair }) => !pair.some((id) => gone.has(id))));
      }),
      runs(),
    );
  });

  it('leaves links and separations of others with the status they had', () => {
    fc.assert(
      fc.property(erased, ({ engine, gone, after }) => {
        const others = statusesOf(engine.state).filter(
          ({ primary, secondary }) => !gone.has(primary) && !gone.has(secondary),
        );
        expect(statusesOf(after)).toEqual(others);
      }),
      runs(),
    );
  });

  it('leaves approved what was, when a refold turned down the approval', () => {
    const w = world();
    w.identify('user_1');
    w.identify('user_2');
    w.identify('user_3', 'user_2');
    w.alias('user_1', 'user_2');
    w.alias('user_1', 'user_3', { batch: 'b' });
    w.separate('user_1', 'user_3');
    w.approve(3);
    w.revertBatch('b');
    w.split(4);
    const { after } = erase(w.engine, 'user_1');
    const sides = { primary: 'user_3', secondary: 'user_2' };
    expect(statusesOf(after)).toEqual([
      { seq: 3, status: 'approved', ...sides },
      { seq: 7, status: 'refused', ...sides },
    ]);
  });

  it('joins others at no time by a link that a refold had turned down before it was reverted', () => {
    const w = world();
    w.identify('user_2');
    w.identify('user_3');
    w.alias('user_1', 'user_2');
    w.alias('user_1', 'user_3');
    w.identify('user_2', 'user_3', { batch: 'b' });
    w.split(3);
    w.split(4);
    w.revertBatch('b');
    expect(w.status(5)).toBe('revoked');
    const { foldedTo, after } = erase(w.engine, 'user_1');
    for (const seq of [5, 7, 8]) expect(sameIdentity(foldedTo(seq), 'user_2', 'user_3')).toBe(false);
    expect(statusesOf(after)).toEqual([{ seq: 5, status: 'revoked', primary: 'user_2', secondary: 'user_3' }]);
  });

  it('is itself a ledger: R5, R7, and erasing again changes nothing', () => {
    fc.assert(
      fc.property(erased, ({ plan, left, after }) => {
        for (const { primary, secondary, status } of after.links.values()) {
          if (status === 'active') expect(sameIdentity(after, primary, secondary)).toBe(true);
        }
        for (const component of after.components.values()) {
          const members = [...after.members.get(component.id)!];
          expect(members).toContain(component.canonical);
          expect(component.known).toBe(members.some((id) => after.identifiers.get(id)!.known));
          for (const id of members) expect(canonicalOf(after, id)).toBe(component.canonical);
        }
        expect(left.map((fact) => eraseFrom(fact, plan))).toEqual(left);
      }),
      runs(),
    );
  });
});

const standing = (state: State) =>
  [...state.separations.values()].flat().sort((a, b) => a.seq - b.seq || (a.pair.join() < b.pair.join() ? -1 : 1));
