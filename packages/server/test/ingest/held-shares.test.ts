import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultSettings } from '@onym/core';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createCommits } from '../../src/identity/commits.ts';
import { createDecidedCalls } from '../../src/identity/decided-calls.ts';
import { createMemoryStore } from '../../src/identity/memory-store.ts';
import { openSqliteStore } from '../../src/identity/sqlite/store.ts';
import type { IdentityStore } from '../../src/identity/store.ts';
import { withHeldShares } from '../../src/ingest/held-shares.ts';
import { createIngest } from '../../src/ingest/ingest.ts';
import { readAlias, readIdentify, readTrack } from '../../src/ingest/read-call.ts';
import type { Call, Ingest } from '../../src/ingest/types.ts';

/** A publishable key fills its share of the review queue and no more, and loses nothing but the links. */

const directory = mkdtempSync(join(tmpdir(), 'onym-shares-'));
afterAll(() => rmSync(directory, { recursive: true }));
let files = 0;

/** Two of a type are held. */
const settings = { ...defaultSettings, identifiersPerTypeMax: { crm: 1 } };

describe.each<[string, () => IdentityStore]>([
  ['in memory', createMemoryStore],
  ['in SQLite', () => openSqliteStore(join(directory, `${files++}.db`))],
])('a share of the review queue, %s', (_, open) => {
  let store: IdentityStore;
  let ingest: Ingest;
  /** On one store, with a share of four. */
  let nodes: readonly [Ingest, Ingest];
  let time: number;
  const kept: string[] = [];

  const context = (key: string, isPublic: boolean) => ({
    now: time,
    key,
    public: isPublic,
    small: true,
    newUuid: () => crypto.randomUUID(),
    namesByContent: false,
  });
  const alias = (distinct_id: string, alias_id: string, key = 'web', isPublic = true): Call =>
    readAlias({ distinct_id, alias_id }, settings, context(key, isPublic));
  const identify = (distinct_id: string, anonymous_id: string, traits: object): Call =>
    readIdentify({ distinct_id, anonymous_id, traits } as never, settings, context('web', true));
  const track = (distinct_id: string, anonymous_id: string): Call =>
    readTrack({ event: 'e', distinct_id, anonymous_id } as never, 'p', settings, context('web', true));
  const submitTo = async (node: Ingest, ...calls: Call[]) =>
    (await node.submit('p', calls, { dryRun: false, sync: false })).map((answer) =>
      'error' in answer ? answer.error : answer.verdict,
    );
  const submit = (...calls: Call[]) => submitTo(ingest, ...calls);

  beforeEach(async () => {
    time = 1_700_000_000_000;
    store = open();
    await store.prepare('p', settings, time);
    const commits = createCommits({ identityStore: store, decidedCalls: createDecidedCalls(), now: () => time });
    kept.length = 0;
    const plain = createIngest({
      commits,
      uuidWindow: {
        append: async (_environment, items) => {
          kept.push(...items.map(({ event }) => event.event));
          return items.map(() => true);
        },
      },
      reads: { counts: async () => ({ event_count: 0, first_seen: null, last_seen: null }) },
      sync: { events: async () => {}, identities: async () => {} },
      observeEvent: () => {},
      tally: { reserved: () => {}, duplicate: () => {} },
    });
    const now = () => time;
    ingest = withHeldShares(plain, { commits, identityStore: store, max: 2, now });
    const shared = { head: async () => 0, follow: async () => async () => {} };
    const asNode = () => withHeldShares(plain, { commits, identityStore: { ...store, shared }, max: 4, now });
    nodes = [asNode(), asNode()];
    return () => store.close();
  });

  const hold = () =>
    submit(alias('a', 'crm:1'), alias('a', 'crm:2'), alias('a', 'crm:3'), alias('a', 'crm:4'), alias('b', 'x'));

  it('holds as many as it has room for, whichever come first', async () => {
    expect(await hold()).toEqual(['applied', 'held', 'held', 'review-queue-full', 'applied']);
    expect(await store.heldBy('p', 'web')).toBe(2);
    expect(await store.heldBy('p', 'app')).toBe(0);
    const { head } = await store.environment('p');
    expect(await submit(alias('a', 'crm:5'), alias('a', 'crm:5'))).toEqual(['review-queue-full', 'review-queue-full']);
    // It left nothing.
    expect((await store.environment('p')).head).toBe(head);
    // Another key has its own, a secret one none.
    expect(await submit(alias('a', 'crm:5', 'app'))).toEqual(['held']);
    expect(await submit(...[6, 7, 8].map((n) => alias('a', `crm:${n}`, 'server', false)))).toEqual([
      'held',
      'held',
      'held',
    ]);
    expect(await store.heldBy('p', 'server')).toBe(0);
  });

  it('keeps what else a call says', async () => {
    await hold();
    await submit(alias('crm:9', 'crm-nine'));
    expect(await submit(identify('a', 'crm:6', { plan: 'pro' }), track('a', 'crm:7'))).toEqual([
      'review-queue-full',
      'applied',
    ]);
    expect(kept).toEqual(['e']);
    const profile = await store.profile('p', 'a', { after: null, limit: 10 } as never);
    expect(profile).toMatchObject({ known: true });
    expect(JSON.stringify(profile.traits)).toContain('pro');
    expect(await store.heldBy('p', 'web')).toBe(2);
  });

  it('has room again once some were decided on', async () => {
    await hold();
    const [link] = await store.waiting('p', 'held', { before: null, limit: 1 });
    const source = { key: 'person', lib: null, batch: null, public: false };
    await store.commit('p', [{ op: 'reject', link: link!.seq, timestamp: null, source }], time);
    expect(await submit(alias('a', 'crm:5'))).toEqual(['review-queue-full']);
    time += 1_000;
    expect(await submit(alias('a', 'crm:5'), alias('a', 'crm:6'))).toEqual(['held', 'review-queue-full']);
  });

  it('is passed by several nodes by a request each, and by what they hold within a second', async () => {
    const [one, other] = nodes;
    // Each has counted while there was nothing.
    expect(await submitTo(one, alias('a', 'crm:1'))).toEqual(['applied']);
    expect(await submitTo(other, alias('b', 'crm:0'))).toEqual(['applied']);
    time += 60_000;
    const four = [2, 3, 4, 5].map((n) => alias('a', `crm:${n}`));
    expect(await submitTo(one, ...four)).toEqual(['held', 'held', 'held', 'held']);
    time += 60_000;
    // What it knows is a minute old: the one request that may pass.
    expect(await submitTo(other, alias('a', 'crm:6'), alias('a', 'crm:7'))).toEqual(['held', 'held']);
    expect(await submitTo(other, alias('a', 'crm:8'))).toEqual(['review-queue-full']);
    expect(await store.heldBy('p', 'web')).toBe(6);
    time += 60_000;
    for (const node of nodes) expect(await submitTo(node, alias('a', 'crm:9'))).toEqual(['review-queue-full']);
  });

  it('is passed within a second by what the nodes have room for, and by no more', async () => {
    for (const node of nodes) await submitTo(node, alias('a', 'x'));
    const answers = [];
    for (let n = 1; n <= 7; n++) {
      for (const [index, node] of nodes.entries())
        answers.push(...(await submitTo(node, alias('a', `crm:${n}${index}`))));
    }
    // As many shares as nodes: all came within one second of the only count.
    expect(answers.filter((answer) => answer === 'held')).toHaveLength(8);
    expect(await store.heldBy('p', 'web')).toBe(8);
  });
});
