import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Answered,
  defaultSettings,
  emptyState,
  foldTraits,
  isSteering,
  type Operation,
  run,
  type Settings,
} from '@onym/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fullOptions, type History, histories, resolveStep, startSettings } from '../../../core/src/testing/index.ts';
import { type Answers, createCommits } from '../../src/identity/commits.ts';
import { createDecidedCalls } from '../../src/identity/decided-calls.ts';
import { openSqliteStore } from '../../src/identity/sqlite/store.ts';
import type { IdentityStore } from '../../src/identity/store.ts';

/** However calls are cut into arrays, and whatever is under way beside them: what they are answered is what they are answered one by one. */

const environment = 'e';
const startTime = 1_700_000_000_000;

/** Each call judged afresh, on the whole state; the operations as they were sent. */
function playOneByOne(settings: Settings, history: History, clock: () => number) {
  const state = emptyState(defaultSettings);
  const source = { key: null, lib: null, batch: null, public: false };
  run(state, [{ op: 'settings', settings, timestamp: null, source }], 0);
  const rows: { seq: number; time: number; operation: Operation }[] = [];
  const operations: Operation[] = [];
  const answers: ReturnType<typeof run>['outcomes'] = [];
  for (const step of history) {
    const operation = resolveStep(step, { links: () => [...state.links.values()], rows: () => rows });
    const { outcomes, facts } = run(state, [operation], clock());
    for (const fact of facts) rows.push({ seq: fact.seq, time: fact.time, operation });
    operations.push(operation);
    answers.push(outcomes[0]!);
  }
  return { state, operations, answers };
}

/** Requests as they arrive: arrays of calls, steering alone; after some of them the sender waits for the answers. */
function requestsOf(
  operations: readonly Operation[],
  cuts: readonly number[],
): { calls: Operation[]; waits: boolean }[] {
  const requests: { calls: Operation[]; waits: boolean }[] = [];
  for (const [index, operation] of operations.entries()) {
    const cut = cuts[index % cuts.length]!;
    const last = requests.at(-1);
    const joins = last !== undefined && cut % 3 === 1 && !isSteering(operation) && !last.calls.some(isSteering);
    if (joins) last.calls.push(operation);
    else requests.push({ calls: [operation], waits: cut % 4 !== 1 });
  }
  return requests;
}

/** What a caller is told, but for how stores number their components. */
function told(answer: Answered | { error: string }) {
  if ('error' in answer) return { error: answer.error };
  const { verdict, reason, seq, recorded, canonicalId } = answer;
  return { verdict, reason, seq, recorded, canonicalId };
}

const options = {
  ...fullOptions,
  stepsMax: 7,
  weights: { ...fullOptions.weights, identify: 24, alias: 16, track: 10, settings: 1 },
  ids: ['user_1', 'user_2', 'anonymous-1', 'x1', 'stripe:1'],
};

describe('calls in arrays and side by side', () => {
  const directory = mkdtempSync(join(tmpdir(), 'onym-one-by-one-'));
  let store: IdentityStore;
  let played = 0;
  beforeAll(() => {
    // Not durable: what is on disk is no question here.
    store = openSqliteStore(join(directory, 'identity.db'), { scratch: true });
  });
  afterAll(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function expectTheSame(
    settings: Settings,
    history: History,
    cuts: readonly number[],
    clock: () => () => number,
  ) {
    const expected = playOneByOne(settings, history, clock());
    const name = `${environment}${played++}`;
    await store.prepare(name, settings, 0);
    const decidedCalls = createDecidedCalls();
    const door = createCommits({ identityStore: store, decidedCalls, now: clock() });
    const pending: Promise<Answers>[] = [];
    for (const { calls, waits } of requestsOf(expected.operations, cuts)) {
      pending.push(door.submit(name, calls));
      if (waits) await pending.at(-1);
    }
    const answers = (await Promise.all(pending)).flatMap((each) => each.answers);
    expect(answers.map(told)).toEqual(expected.answers.map(told));
    for (const component of expected.state.components.values()) {
      const { canonical, createdAt } = component;
      if (createdAt === null) continue;
      const members = [...expected.state.members.get(component.id)!].sort();
      const { traits, identifiers, canonicalId } = await store.profile(name, canonical, wholePage);
      expect(canonicalId).toBe(canonical);
      expect(identifiers.map(({ distinctId }) => distinctId)).toEqual(members);
      const values = Object.fromEntries(
        [...foldTraits(expected.state, members)].map(([key, { value }]) => [key, value]),
      );
      expect(Object.fromEntries(Object.entries(traits).map(([key, { value }]) => [key, value]))).toEqual(values);
    }
  }
  const wholePage = { identifiersAfter: null, linksAfter: Number.MAX_SAFE_INTEGER, limit: 1_000 };

  const cuts = fc.array(fc.nat({ max: 11 }), { minLength: 8, maxLength: 8 });
  /** A few calls, each of them again and again: what is remembered is asked for, and often is no longer true. */
  const repeating = (drawn = options) =>
    fc
      .tuple(histories(drawn), fc.array(fc.nat(), { minLength: 20, maxLength: 40, size: 'max' }))
      .map(([calls, picks]) => picks.map((pick) => calls[pick % calls.length]!));
  const numRuns = Number(process.env.ONYM_STORE_RUNS ?? 150);

  it('what is remembered is asked after what stands before it in the array', async () => {
    const source = { key: 'sk_1', lib: null, batch: null, public: false };
    const plan = (value: string): History[number] => ({
      now: startTime,
      operation: {
        op: 'identify',
        distinctId: 'u',
        anonymousId: null,
        traits: [{ key: 'plan', value, kind: 'plain' }],
        timestamp: null,
        source,
      },
    });
    const history = ['free', 'free', 'free', 'pro', 'free'].map(plan);
    // The first three alone, each answered; the last two in one array.
    await expectTheSame(defaultSettings, history, [0, 0, 0, 0, 1], () => () => startTime);
  });

  it('at one and the same received time', async () => {
    const still = () => () => startTime;
    await fc.assert(
      fc.asyncProperty(startSettings, repeating(), cuts, (settings, history, cut) =>
        expectTheSame(settings, history, cut, still),
      ),
      { numRuns },
    );
  });

  it('while time goes on', async () => {
    const ticking = () => {
      let now = startTime;
      return () => now++;
    };
    // A link of another ledger is known again by its time.
    const withoutTimestamps = repeating({ ...options, weights: { ...options.weights, link: 0 } }).map((history) =>
      history.map((step) =>
        'operation' in step
          ? { ...step, operation: { ...step.operation, timestamp: null } as Operation }
          : { ...step, steering: { ...step.steering, timestamp: null } },
      ),
    );
    await fc.assert(
      fc.asyncProperty(startSettings, withoutTimestamps, cuts, (settings, history, cut) =>
        expectTheSame(settings, history, cut, ticking),
      ),
      { numRuns },
    );
  });
});
