import { defaultSettings } from '@onym/core';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Projection } from '../../src/events/types.ts';
import type { Changes } from '../../src/identity/store.ts';
import { nodeId } from '../../src/node-id.ts';
import { createProjector } from '../../src/projector/projector.ts';
import { createLogFake } from '../journal/fakes.ts';

/** A ledger whose row `seq` makes `user_<seq>` known. */
function createLedgerFake(head: number) {
  const state = { head };
  const reads: { after: number; limit: number }[] = [];
  return {
    state,
    reads,
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
  const state = { projectedSeq: 0, resets: 0 };
  const hooks = { project: async (): Promise<void> => {}, compact: async (): Promise<void> => {} };
  return {
    projections,
    compactions,
    state,
    hooks,
    projectedSeq: async () => state.projectedSeq,
    async project(_environment: string, projection: Projection): Promise<void> {
      await hooks.project();
      projections.push(projection);
      state.projectedSeq = Math.max(state.projectedSeq, projection.seq);
    },
    async resetProjection() {
      state.projectedSeq = 0;
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
  const drain = { seq: null as number | null, safeSeq: (_environment: string) => drain.seq };
  const log = createLogFake();
  const projector = createProjector({ identityStore, eventStore, drain, log, limits: { projectionRowsMax } });
  onTestFinished(() => projector.close());
  return { identityStore, eventStore, drain, log, projector };
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

describe('compact', () => {
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
