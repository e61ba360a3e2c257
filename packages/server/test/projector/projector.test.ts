import { defaultSettings } from '@onym/core';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Projection } from '../../src/events/types.ts';
import type { Changes, PendingErasure } from '../../src/identity/store.ts';
import { nodeId } from '../../src/node-id.ts';
import { createOwnTurns, type Turns } from '../../src/nodes/turns.ts';
import { createProjector, type ProjectorOptions } from '../../src/projector/projector.ts';
import { createLogFake } from '../journal/fakes.ts';

/** A ledger whose row `seq` makes `user_<seq>` known. */
function createLedgerFake(head: number) {
  const state = { head };
  const reads: { after: number; limit: number }[] = [];
  const erasures: PendingErasure[] = [];
  return {
    state,
    reads,
    erasures,
    pendingErasures: async () => erasures,
    environment: async (name: string) => ({
      name,
      head: state.head,
      settings: defaultSettings,
      initialSettings: defaultSettings,
    }),
    async changes(_environment: string, after: number, limit: number): Promise<Changes> {
      reads.push({ after, limit });
      const seq = Math.min(state.head, after + limit);
      const identifiers = Array.from({ length: seq - after }, (_, i) => {
        const distinctId = `user_${after + i + 1}`;
        return { distinctId, canonicalId: distinctId, known: true, identifiedSeq: null, firstSeen: 1 };
      });
      return { identifiers, identities: [], retired: [], links: [], separations: [], seq };
    },
  };
}

function createProjectionFake() {
  const projections: Projection[] = [];
  const compactions: number[] = [];
  const state = { projectedSeq: 0, writtenSeq: 0, erasedSeq: 0, resets: 0, asked: 0 };
  const pending = { identifiers: 0, isAny: false, foldedAgoMs: null as number | null };
  const hooks = { project: async (): Promise<void> => {}, compact: async (): Promise<void> => {} };
  return {
    projections,
    compactions,
    state,
    pending: async () => pending,
    hooks,
    async progress() {
      state.asked++;
      const { projectedSeq, writtenSeq, erasedSeq } = state;
      return { projected: projectedSeq, written: Math.max(projectedSeq, writtenSeq), erased: erasedSeq };
    },
    async project(_environment: string, projection: Projection): Promise<void> {
      await hooks.project();
      projections.push(projection);
      const last = projection.more === true ? 'writtenSeq' : 'projectedSeq';
      state[last] = Math.max(state[last], projection.seq);
    },
    async resetProjection() {
      state.projectedSeq = 0;
      state.writtenSeq = 0;
      state.resets++;
    },
    async compact(_environment: string, safeSeq: number): Promise<number> {
      compactions.push(safeSeq);
      await hooks.compact();
      return 1;
    },
  };
}

function setup(head: number, projectionRowsMax = 20_000) {
  const identityStore = createLedgerFake(head);
  const eventStore = createProjectionFake();
  const drain = { seq: null as number | null };
  const nodes = { safeSeq: async () => drain.seq, readsSettled: async () => undefined };
  const log = createLogFake();
  const limits = { projectionRowsMax };
  const start = (over: Partial<ProjectorOptions> = {}) => {
    const parts = { identityStore, eventStore, nodes, turns: createOwnTurns(), shared: false, log, limits };
    const projector = createProjector({ ...parts, ...over });
    onTestFinished(() => projector.close());
    return projector;
  };
  return {
    identityStore,
    eventStore,
    drain,
    log,
    start,
    get projector() {
      return start();
    },
  };
}

/** Two of one ledger and one event store. */
function setupNodes(head: number, projectionRowsMax?: number) {
  const parts = setup(head, projectionRowsMax);
  const turns = createOwnTurns();
  const [one, other] = [0, 1].map((random) => parts.start({ turns, shared: true, random: () => random }));
  return { ...parts, turns, one: one!, other: other! };
}

/** A promise to be settled by hand. */
function gate() {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('sync', () => {
  test('projects up to the head in steps, and nothing twice', async () => {
    const { projector, eventStore, identityStore } = setup(25, 10);
    await projector.sync('production');
    expect(eventStore.projections.map((projection) => projection.seq)).toEqual([10, 20, 25]);
    await projector.sync('production');
    identityStore.state.head = 26;
    await projector.sync('production');
    expect(identityStore.reads.map((read) => read.after)).toEqual([0, 10, 20, 25]);
    expect(projector.stats()).toEqual([{ environment: 'production', projectedSeq: 26, pendingRows: 26, failures: 0 }]);
  });

  test('resumes where the event store is', async () => {
    const { projector, eventStore, identityStore } = setup(25);
    eventStore.state.projectedSeq = 20;
    await projector.sync('production');
    expect(identityStore.reads.map((read) => read.after)).toEqual([20]);
  });

  test('an event store ahead of the ledger is reported and projected again from the beginning', async () => {
    const { projector, eventStore, identityStore, log } = setup(25);
    eventStore.state.projectedSeq = 40;
    await projector.sync('production');
    expect(identityStore.reads.map((read) => read.after)).toEqual([0]);
    expect(eventStore.state.resets).toBe(1);
    expect(log.lines).toMatchObject([{ level: 'error', details: { projectedSeq: 40, ledgerHead: 25 } }]);
    await projector.sync('production');
    expect(log.lines).toHaveLength(1);
  });

  test('a caller during a run is served by a run that begins after it came; callers share runs', async () => {
    const { projector, eventStore, identityStore } = setup(1);
    const first = gate();
    const second = gate();
    const reached: string[] = [];
    eventStore.hooks.project = () => first.passed;
    const early = projector.sync('production').then(() => reached.push('early'));
    await vi.waitUntil(() => identityStore.reads.length === 1);
    // Answered after the run under way has read the ledger.
    identityStore.state.head = 2;
    const late = ['late', 'later', 'latest'].map((name) => projector.sync('production').then(() => reached.push(name)));
    eventStore.hooks.project = () => second.passed;
    first.open();
    await early;
    expect(reached).toEqual(['early']);
    second.open();
    await Promise.all(late);
    expect(eventStore.projections.map((projection) => projection.seq)).toEqual([1, 2]);
    expect(identityStore.reads).toHaveLength(2);
  });

  test('environments do not wait for each other', async () => {
    const { projector, eventStore, identityStore } = setup(1);
    const held = gate();
    eventStore.hooks.project = () => held.passed;
    const production = projector.sync('production');
    await vi.waitUntil(() => identityStore.reads.length === 1);
    eventStore.hooks.project = async () => {};
    await projector.sync('staging');
    held.open();
    await production;
  });

  test('a failure reaches those who waited for that run, and the next one goes on from where it was', async () => {
    const { projector, eventStore, identityStore } = setup(25, 10);
    let calls = 0;
    eventStore.hooks.project = async () => {
      if (++calls === 2) throw new Error('away');
    };
    const failing = projector.sync('production');
    const waiting = projector.sync('production');
    await expect(failing).rejects.toThrow('away');
    await waiting;
    expect(identityStore.reads.map((read) => read.after)).toEqual([0, 10, 10, 20]);
  });

  test('a ledger that does not lead to its head is an error, not an endless loop', async () => {
    const { projector, identityStore } = setup(5);
    const changes = identityStore.changes;
    identityStore.changes = async (environment, after, limit) => ({
      ...(await changes(environment, after, limit)),
      seq: after,
    });
    await expect(projector.sync('production')).rejects.toThrow('before its head');
  });
});

test('rows carry node ids, the seq they are true at, and the end of identities', async () => {
  const { projector, identityStore, eventStore } = setup(9);
  identityStore.changes = async () => ({
    identifiers: [
      { distinctId: 'anonymous-1', canonicalId: 'user_42', known: false, identifiedSeq: null, firstSeen: 5 },
    ],
    identities: [
      {
        canonicalId: 'user_42',
        known: true,
        createdAt: 5,
        traits: { plan: 'pro', tags: ['a'] },
        origins: {
          plan: { distinctId: 'user_42', seq: 8, effectiveTime: 6, kind: 'plain' },
          tags: { distinctId: 'anonymous-1', seq: 7, effectiveTime: 5, kind: 'once' },
        },
        otherTraits: [
          { distinctId: 'anonymous-1', seq: 7, effectiveTime: 5, kind: 'plain', key: 'plan', value: { none: null } },
        ],
        identifiers: ['anonymous-1', 'user_42'],
        knownIdentifiers: ['user_42'],
      },
    ],
    retired: ['anonymous-1'],
    links: [
      {
        seq: 8,
        kind: 'identify',
        rule: 'identify',
        primary: 'user_42',
        secondary: 'anonymous-1',
        time: 7,
        effectiveTime: 6,
        source: { key: 'web', lib: 'onym-js', batch: null, public: true },
        waived: [],
        approves: null,
        verdict: 'applied',
        redundant: false,
        status: 'revoked',
        reason: null,
        statusSeq: 9,
      },
    ],
    separations: [{ pair: ['anonymous-1', 'user_42'], seq: 9, liftedSeq: null }],
    seq: 9,
  });
  await projector.sync('production');
  const node = (distinctId: string) => nodeId('production', distinctId);
  expect(eventStore.projections).toEqual([
    {
      identifiers: [
        {
          node_id: node('anonymous-1'),
          distinct_id: 'anonymous-1',
          identity_id: node('user_42'),
          canonical_id: 'user_42',
          known: false,
          identified_seq: 0,
          first_seen: 5,
          version: 9,
        },
      ],
      identities: [
        {
          identity_id: node('user_42'),
          canonical_id: 'user_42',
          known: true,
          traits: '{"plan":"pro","tags":["a"]}',
          trait_origins: JSON.stringify({
            plan: { distinct_id: 'user_42', time: '1970-01-01T00:00:00.006Z', seq: 8 },
            tags: { distinct_id: 'anonymous-1', time: '1970-01-01T00:00:00.005Z', seq: 7, once: true },
          }),
          other_traits: JSON.stringify([
            {
              key: 'plan',
              value: { none: null },
              distinct_id: 'anonymous-1',
              time: '1970-01-01T00:00:00.005Z',
              seq: 7,
            },
          ]),
          identifiers: ['anonymous-1', 'user_42'],
          known_identifiers: ['user_42'],
          created_at: 5,
          version: 9,
          deleted: false,
        },
        {
          identity_id: node('anonymous-1'),
          canonical_id: 'anonymous-1',
          known: false,
          traits: '{}',
          trait_origins: '{}',
          other_traits: '[]',
          identifiers: [],
          known_identifiers: [],
          created_at: 0,
          version: 9,
          deleted: true,
        },
      ],
      links: [
        {
          seq: 8,
          kind: 'identify',
          primary_id: 'user_42',
          secondary_id: 'anonymous-1',
          status: 'revoked',
          reason: null,
          time: 7,
          key: 'web',
          lib: 'onym-js',
          batch: null,
          rule: 'identify',
          effective_time: 6,
          waived: [],
          public: true,
          version: 9,
        },
      ],
      separations: [{ distinct_id: 'anonymous-1', separated_from: 'user_42', seq: 9, lifted: false, version: 9 }],
      seq: 9,
    },
  ]);
});

describe('in the background', () => {
  test('many commits lead to one projection', async () => {
    vi.useFakeTimers();
    const { projector, eventStore, identityStore } = setup(0);
    for (let commit = 1; commit <= 50; commit++) {
      identityStore.state.head = commit;
      projector.notify('production');
    }
    await vi.advanceTimersByTimeAsync(1_000);
    expect(eventStore.projections.map((projection) => projection.seq)).toEqual([50]);
    identityStore.state.head = 51;
    projector.notify('production');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(eventStore.projections).toHaveLength(2);
  });

  test('what a start finds lacking is projected, and failures are tried again', async () => {
    vi.useFakeTimers();
    const { projector, eventStore, log } = setup(3);
    let failures = 4;
    eventStore.hooks.project = async () => {
      if (failures-- > 0) throw new Error('away');
    };
    projector.start(['production']);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(eventStore.projections.map((projection) => projection.seq)).toEqual([3]);
    expect(log.lines.map((line) => line.level)).toEqual(['warn', 'warn', 'warn', 'info']);
    expect(projector.stats()[0]?.failures).toBe(0);
  });

  test('a compaction follows at once when much is pending, else within a minute, and not when nothing is', async () => {
    vi.useFakeTimers();
    const { projector, eventStore, identityStore } = setup(2_500);
    projector.start(['production']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(eventStore.compactions).toEqual([2_500]);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(eventStore.compactions).toEqual([2_500]);

    identityStore.state.head = 2_501;
    projector.notify('production');
    await vi.advanceTimersByTimeAsync(500);
    expect(eventStore.compactions).toEqual([2_500]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(eventStore.compactions).toEqual([2_500, 2_501]);
  });

  test('a compaction that fails is logged and tried again', async () => {
    vi.useFakeTimers();
    const { projector, eventStore, log } = setup(1);
    eventStore.hooks.compact = async () => {
      if (eventStore.compactions.length === 1) throw new Error('away');
    };
    projector.start(['production']);
    await vi.advanceTimersByTimeAsync(200_000);
    expect(eventStore.compactions).toEqual([1, 1]);
    expect(log.lines.map((line) => line.level)).toEqual(['warn']);
  });
});

describe('among nodes', () => {
  test('what one has projected is not projected by the other, who asks the event store alone', async () => {
    const { one, other, identityStore, eventStore } = setupNodes(25);
    await one.sync('production');
    await other.sync('production');
    const asked = eventStore.state.asked;
    await other.sync('production');
    expect(eventStore.state.asked - asked).toBe(1);
    expect(identityStore.reads.map((read) => read.after)).toEqual([0]);
    expect(other.stats()[0]?.projectedSeq).toBe(25);
  });

  test('of two that are asked at once one works, and both are served', async () => {
    const { one, other, identityStore, eventStore } = setupNodes(25, 10);
    await Promise.all([one.sync('production'), other.sync('production')]);
    expect(identityStore.reads.map((read) => read.after)).toEqual([0, 10, 20]);
    expect(eventStore.projections.map((projection) => projection.seq)).toEqual([10, 20, 25]);
  });

  test('what another wrote and did not show is not read again, and shown', async () => {
    const { one, identityStore, eventStore } = setupNodes(25, 10);
    eventStore.state.writtenSeq = 20;
    await one.sync('production');
    expect(identityStore.reads.map((read) => read.after)).toEqual([20]);
    identityStore.state.head = 40;
    eventStore.state.writtenSeq = 40;
    await one.sync('production');
    expect(identityStore.reads.map((read) => read.after)).toEqual([20]);
    expect(eventStore.projections.at(-1)).toEqual({
      identifiers: [],
      identities: [],
      links: [],
      separations: [],
      seq: 40,
    });
  });

  test('who lost the turn writes no more, and says so', async () => {
    const { start, eventStore } = setup(25, 10);
    const lost = new AbortController();
    const own = createOwnTurns();
    const turns: Turns = { ...own, take: (name, work) => own.take(name, () => work(lost.signal)) };
    const projector = start({ turns, shared: true });
    eventStore.hooks.project = async () => lost.abort();
    await expect(projector.sync('production')).rejects.toMatchObject({ code: 'identity-store-unavailable' });
    expect(eventStore.projections.map((projection) => projection.seq)).toEqual([10]);
  });

  test('in the background nobody waits for the turn, and the one that has it need not come to the end', async () => {
    vi.useFakeTimers();
    const { one, turns, eventStore } = setupNodes(3);
    const held = gate();
    const holding = turns.take('project:production', () => held.passed);
    one.notify('production');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(eventStore.projections).toEqual([]);
    held.open();
    await holding;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(eventStore.projections.map((projection) => projection.seq)).toEqual([3]);
  });

  test("a folding is one node's, each minute one of all, and whoever is there does it", async () => {
    vi.useFakeTimers();
    const { one, other, turns, eventStore } = setupNodes(3);
    one.start(['production']);
    other.start(['production']);
    const pending = await eventStore.pending();
    Object.assign(pending, { identifiers: 3, isAny: true, foldedAgoMs: 1_000 });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(eventStore.compactions).toEqual([]);
    pending.foldedAgoMs = 61_000;
    eventStore.hooks.compact = async () => {
      pending.foldedAgoMs = 0;
    };
    await vi.advanceTimersByTimeAsync(60_000);
    expect(eventStore.compactions).toEqual([3]);
    const held = gate();
    const holding = turns.take('compact:production', () => held.passed);
    expect(await one.compact('production')).toBe(0);
    held.open();
    await holding;
    expect(eventStore.compactions).toEqual([3]);
  });
});

describe('compact', () => {
  test('stays below an erasure that has not come to the events', async () => {
    const { projector, eventStore, identityStore } = setup(25);
    await projector.sync('production');
    identityStore.erasures.push({ seq: 20, distinctIds: [], links: [], strays: ['a'], time: 0 });
    await projector.compact('production');
    expect(eventStore.compactions).toEqual([19]);
    expect(projector.stats()[0]?.pendingRows).toBe(25);
    // It has come to the events, and waits for a node that is away.
    eventStore.state.erasedSeq = 20;
    await projector.compact('production');
    expect(eventStore.compactions).toEqual([19, 25]);
  });

  test('holds at the seq of a drain under way, and comes back for the rest', async () => {
    const { projector, eventStore, drain } = setup(25);
    await projector.sync('production');
    drain.seq = 18;
    await projector.compact('production');
    expect(projector.stats()[0]?.pendingRows).toBe(25);
    drain.seq = 30;
    await projector.compact('production');
    expect(eventStore.compactions).toEqual([18, 25]);
    expect(projector.stats()[0]?.pendingRows).toBe(0);
  });

  test('runs once at a time', async () => {
    const { projector, eventStore } = setup(25);
    await projector.sync('production');
    expect(await Promise.all([projector.compact('production'), projector.compact('production')])).toEqual([1, 1]);
    expect(eventStore.compactions).toEqual([25]);
  });
});
