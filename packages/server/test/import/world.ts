import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { defaultSettings, type Operation } from '@onym/core';
import { afterAll } from 'vitest';
import { createMemoryStore } from '../../src/identity/memory-store.ts';
import { createImports, type Imports } from '../../src/import/imports.ts';
import type { ImportProgress } from '../../src/import/progress.ts';
import { openSqliteProgress } from '../../src/import/sqlite/progress.ts';
import type { ImportEvent, ImportOptions, Rejection } from '../../src/import/types.ts';
import type { Ingest, TrackItem } from '../../src/ingest/types.ts';
import { limits } from '../../src/limits.ts';
import { createOwnTurns, type Turns } from '../../src/nodes/turns.ts';
import { ndjson } from './reading.ts';

const directory = mkdtempSync(join(tmpdir(), 'onym-world-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

export const environment = 'production';
const started = Date.parse('2026-11-27T12:00:00Z');
let worlds = 0;

/** What nodes share. */
async function newStores() {
  const identityStore = createMemoryStore();
  await identityStore.prepare(environment, defaultSettings, started);
  return { identityStore, events: [] as TrackItem[], seen: new Set<string>() };
}

export interface WorldParts {
  readonly stores?: Awaited<ReturnType<typeof newStores>>;
  readonly progress?: ImportProgress;
  readonly turns?: Pick<Turns, 'tryTake'>;
}

/** An identity store and a list of events, with an import before them: what one node is, of those that share the stores. */
export async function world(parts: WorldParts = {}) {
  const stores = parts.stores ?? (await newStores());
  const { identityStore, events, seen } = stores;
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
    progress: parts.progress ?? openSqliteProgress(`${home}.db`),
    turns: parts.turns ?? createOwnTurns(),
    identityStore,
    uuidWindow: { has: (_name, event) => seen.has(event.uuid + event.distinct_id) },
    commits: { submit },
    ingest,
    settings: () => defaultSettings,
    now: Date.now,
    newUuid: () => crypto.randomUUID(),
  });

  const begin = (file: string, options: Partial<ImportOptions> = {}) =>
    imports.run(environment, Readable.from([Buffer.from(file)]), {
      dryRun: false,
      restart: false,
      key: 'tests',
      batch: 'b',
      ...options,
    });

  async function send(file: string, options: Partial<ImportOptions> = {}) {
    const rejected: Rejection[] = [];
    let done: Extract<ImportEvent, { type: 'done' }> | null = null;
    for await (const event of begin(file, options)) {
      if (event.type === 'rejected') rejected.push(event);
      if (event.type === 'done') done = event;
    }
    return { ...done!, rejected };
  }

  return {
    begin,
    send,
    stores,
    events,
    identityStore,
    imports,
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

export const at = '2026-01-02T03:04:05Z';
export const visitor = (n: number) => `0190a1b2-c3d4-7e5f-8a9b-${String(n).padStart(12, '0')}`;
export const phEvent = (event: string, distinct_id: string, properties: object = {}) => ({
  event,
  distinct_id,
  properties,
  timestamp: at,
});

/** Some of everything, over several chunks. */
export function history(people: number): string {
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
