import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { defaultSettings, type Operation } from '@onym/core';
import { afterAll, expect, test } from 'vitest';
import { createMemoryStore } from '../../src/identity/memory-store.ts';
import { createImports, type Imports } from '../../src/import/imports.ts';
import type { ImportEvent, ImportOptions, Rejection } from '../../src/import/types.ts';
import type { Ingest, TrackItem } from '../../src/ingest/types.ts';
import { limits } from '../../src/limits.ts';
import { ndjson } from './reading.ts';

/** Files whose rows are several calls each: verdicts, dry runs, and what a run makes of one that was cut short. */

const directory = mkdtempSync(join(tmpdir(), 'onym-mixed-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const environment = 'production';
const started = Date.parse('2026-11-27T12:00:00Z');
let worlds = 0;

/** An identity store and a list of events, with an import before them. */
async function world() {
  const identityStore = createMemoryStore();
  await identityStore.prepare(environment, defaultSettings, started);
  const events: TrackItem[] = [];
  const seen = new Set<string>();
  const keyOf = ({ uuid, distinct_id }: TrackItem['event']) => uuid + distinct_id;
  let commitsLeft = Number.POSITIVE_INFINITY;
  const submit = async (name: string, asked: readonly Operation[]) => {
    const { answers } = await identityStore.commit(name, asked, Date.now());
    // Applied, and the process gone before anybody heard.
    if (--commitsLeft === 0) throw new Error('killed');
    return { answers, facts: [] };
  };
  const ingest = {
    async submit(_name: string, items: readonly TrackItem[]) {
      return items.map((item) => {
        const isNew = !item.explicitUuid || !seen.has(keyOf(item.event));
        seen.add(keyOf(item.event));
        if (isNew) events.push(item);
        return { verdict: isNew ? 'applied' : 'unchanged', link: null };
      });
    },
  } as unknown as Ingest;
  const home = join(directory, `world-${worlds++}`);
  const imports: Imports = createImports({
    limits,
    directory: home,
    progressFile: `${home}.db`,
    identityStore,
    uuidWindow: { has: (_name, event) => seen.has(event.uuid + event.distinct_id) },
    commits: { submit },
    ingest,
    settings: () => defaultSettings,
    now: Date.now,
    newUuid: () => crypto.randomUUID(),
  });

  async function send(file: string, options: Partial<ImportOptions> = {}) {
    const all: ImportOptions = { dryRun: false, restart: false, key: 'tests', batch: 'b', ...options };
    const rejected: Rejection[] = [];
    let done: Extract<ImportEvent, { type: 'done' }> | null = null;
    for await (const event of imports.run(environment, Readable.from([Buffer.from(file)]), all)) {
      if (event.type === 'rejected') rejected.push(event);
      if (event.type === 'done') done = event;
    }
    return { ...done!, rejected };
  }

  return {
    send,
    events,
    identityStore,
    killAfterCommits(count: number) {
      commitsLeft = count;
    },
    async people(...ids: string[]) {
      const { resolved } = await identityStore.resolve(environment, ids);
      return ids.map((id) => resolved.get(id)!.canonicalId);
    },
    async traits(id: string) {
      const profile = await identityStore.profile(environment, id, {
        identifiersAfter: null,
        linksAfter: 0,
        limit: 100,
      });
      return Object.fromEntries(Object.entries(profile.traits).map(([key, { value }]) => [key, value]));
    },
  };
}

const at = '2026-01-02T03:04:05Z';
const visitor = (n: number) => `0190a1b2-c3d4-7e5f-8a9b-${String(n).padStart(12, '0')}`;
const phEvent = (event: string, distinct_id: string, properties: object = {}) => ({
  event,
  distinct_id,
  properties,
  timestamp: at,
});

test('a row’s verdict is what most deserves to be told of its calls; its event is kept', async () => {
  const { send, events, people } = await world();
  const file = ndjson(
    phEvent('$identify', 'u1', { $anon_distinct_id: visitor(1), $set: { plan: 'pro' } }),
    phEvent('$identify', 'u2', { $anon_distinct_id: visitor(1) }),
    phEvent('$merge_dangerously', 'u1', { alias: 'u3' }),
    phEvent('visit', visitor(1)),
  );
  const answer = await send(file);
  expect(answer.counts).toEqual({ applied: 3, unchanged: 0, refused: 1, held: 0, invalid: 0 });
  expect(answer.rejected).toMatchObject([
    { line: 2, verdict: 'refused', error_code: 'anonymous-id-belongs-to-another-identity', row: { distinct_id: 'u2' } },
  ]);
  expect(answer.reasons).toEqual({ 'anonymous-id-belongs-to-another-identity': 1 });
  expect(events.map(({ event }) => event.event)).toEqual(['$identify', '$identify', '$merge_dangerously', 'visit']);
  expect(await people('u1', visitor(1), 'u3', 'u2')).toEqual(['u1', 'u1', 'u1', 'u2']);
});

/** Some of everything, over several chunks. */
function history(people: number): string {
  const rows: object[] = [];
  for (let n = 0; n < people; n++) {
    const [user, anonymous] = [`u${n}`, visitor(n)];
    rows.push(phEvent('$pageview', anonymous, { $set_once: { first: `/${n % 3}` } }));
    rows.push(phEvent('$identify', user, { $anon_distinct_id: anonymous, $set: { plan: n % 2 ? 'pro' : 'free' } }));
    if (n % 5 === 0) rows.push(phEvent('$identify', `other${n}`, { $anon_distinct_id: anonymous }));
    if (n % 7 === 0) rows.push(phEvent('$create_alias', user, { alias: `old-${n}` }));
    if (n % 11 === 0) rows.push({ event: 'visit', distinct_id: user, properties: {} });
    if (n % 13 === 0) rows.push(phEvent('$identify', 'null', {}));
    rows.push(phEvent('visit', user, { $set: { plan: n % 3 ? 'pro' : 'free' } }));
  }
  return ndjson(...rows);
}

test('a dry run answers what the import then answers', async () => {
  const { send, events } = await world();
  const file = history(300);
  const dry = await send(file, { dryRun: true });
  expect(events).toEqual([]);
  const real = await send(file);
  for (const key of ['rows', 'counts', 'reasons', 'largest_identities', 'rejected'] as const)
    expect(real[key], key).toEqual(dry[key]);
  expect(real.counts).toMatchObject({ refused: 60, invalid: 52 });
});

test.each([1, 2, 3, 4])('cut short after %i commits and run again, it comes to the same', async (commits) => {
  const file = history(300);
  const whole = await world();
  const expected = await whole.send(file);

  const cut = await world();
  cut.killAfterCommits(commits);
  await expect(cut.send(file)).rejects.toThrow('killed');
  const answer = await cut.send(file);
  expect(answer).toMatchObject({ rows: expected.rows, counts: expected.counts, reasons: expected.reasons });
  const key = ({ event }: TrackItem) => event.uuid;
  expect(cut.events.map(key).sort()).toEqual(whole.events.map(key).sort());
  const ids = Array.from({ length: 300 }, (_, n) => [`u${n}`, visitor(n), `other${n}`, `old-${n}`]).flat();
  expect(await cut.people(...ids)).toEqual(await whole.people(...ids));
  for (const id of ['u0', 'u1', 'u7', 'u42']) expect(await cut.traits(id)).toEqual(await whole.traits(id));
  expect(await cut.send(file)).toMatchObject({ finished_before: true, counts: expected.counts });
});

test('rows without uuids are the same events when the file is begun anew', async () => {
  const { send, events } = await world();
  const file = ndjson(phEvent('visit', 'u1'), phEvent('visit', 'u1'));
  await send(file);
  const again = await send(file, { restart: true });
  expect(events).toHaveLength(2);
  expect(again.counts).toMatchObject({ applied: 0, unchanged: 2 });
});

test('a person of thousands of ids is no more than some commits', async () => {
  const { send, identityStore } = await world();
  const distinct_ids = Array.from({ length: 2_500 }, (_, n) => `id_${n}`);
  const { counts, rejected } = await send(
    ndjson({ distinct_ids, properties: {}, created_at: at }, { distinct_ids: ['a', 'b'], properties: {} }),
  );
  // Beyond the guard rail they are held, and the row says so.
  expect(counts).toMatchObject({ applied: 1, held: 1 });
  expect(rejected).toMatchObject([{ line: 1, verdict: 'held', error_code: 'identity-too-large' }]);
  expect(await identityStore.members(environment, 'id_0')).toHaveLength(1_000);
});

test('columns that come up behind the part that was looked at are named at the end', async () => {
  const { send } = await world();
  const pad = 'x'.repeat(3_500_000);
  const rows = Array.from({ length: 22 }, (_, n) => ({ distinct_id: 'u', alias_id: `a${n}`, pad }));
  const { counts, warnings } = await send(ndjson(...rows, { distinct_id: 'u', alias_id: 'last', late: 1 }));
  expect(counts).toMatchObject({ applied: 23 });
  expect(warnings).toEqual(['These came up only later in the file, and were not used: "late".']);
});
