import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../src/limits.ts';
import { createSavedQueries, type SavedQueries } from '../../src/saved-queries/saved-queries.ts';
import type { Draft } from '../../src/saved-queries/types.ts';
import { openSavedQueryTable } from '../../src/stores.ts';
import { type Places, placeKinds, startPlaces } from '../nodes/places.ts';

const draft = (name: string, rest: Partial<Draft> = {}): Draft => ({ name, sql: 'SELECT 1', chart: null, ...rest });
const conflict = (code: string, said: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(said) });

describe.each(placeKinds)('saved queries in %s', (kind) => {
  let places: Places;
  let name = '';
  let names = 0;
  let time: number;
  let queries: SavedQueries;
  beforeAll(async () => {
    places = await startPlaces(kind);
  });
  afterAll(() => places?.stop());

  /** One process of those that may share it; the same place once more. */
  const open = async (): Promise<SavedQueries> =>
    createSavedQueries({
      table: await places.open(name, (savedQueriesFile, shared) => openSavedQueryTable({ savedQueriesFile }, shared)),
      now: () => time,
      newId: randomUUID,
    });
  beforeEach(async () => {
    name = `queries_${names++}`;
    time = 1_000;
    queries = await open();
    return () => queries.close();
  });
  const all = async (environment = 'production', from = queries) =>
    (await from.page(environment, { after: null, limit: 1_000 })).map((query) => query.name);

  it('are kept by environment, in the order of their names, over a restart', async () => {
    const chart = { kind: 'line', x: 'day', y: ['people', 'events'] } as const;
    const odd = draft('  ünïcode 👩‍👧 "quoted"  ', { sql: "SELECT '\\'', 1 -- ü\n\tAS \"x y\"", chart });
    const saved = await queries.add('production', odd, 'ada');
    expect(saved).toEqual({
      ...odd,
      name: 'ünïcode 👩‍👧 "quoted"',
      environment: 'production',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      version: 1,
      savedBy: 'ada',
      savedAt: 1_000,
    });
    await queries.add('production', draft('b'), 'ada');
    await queries.add('production', draft('B'), 'ada');
    await queries.add('staging', draft('b'), 'ada');
    await queries.close();
    queries = await open();
    expect(await all()).toEqual(['B', 'b', saved.name]);
    expect(await all('staging')).toEqual(['b']);
    expect(await queries.page('production', { after: 'b', limit: 10 })).toEqual([saved]);
    expect(await queries.page('production', { after: 'B', limit: 1 })).toMatchObject([{ name: 'b' }]);
  });

  it('have a name each, in their environment', async () => {
    await queries.add('production', draft('a'), 'ada');
    const b = await queries.add('production', draft('b'), 'ada');
    const taken = conflict('name-conflict', 'production has a saved query named "a" already');
    await expect(queries.add('production', draft(' a '), 'bob')).rejects.toEqual(taken);
    await expect(queries.replace(b, draft('a'), 'bob')).rejects.toEqual(taken);
    expect(await queries.replace(b, draft('c'), 'bob')).toMatchObject({ name: 'c', version: 2 });
    expect(await queries.add('production', draft('b'), 'bob')).toMatchObject({ version: 1 });
    expect(await all()).toEqual(['a', 'b', 'c']);
  });

  it('are not overwritten by who has not seen the last change', async () => {
    const read = await queries.add('production', draft('a'), 'ada');
    time = Date.parse('2026-11-03T12:00:00.000Z');
    const changed = await queries.replace(read, draft('a', { sql: 'SELECT 2' }), 'ada');
    expect(changed).toEqual({ ...read, sql: 'SELECT 2', version: 2, savedAt: time });
    const late = conflict(
      'version-conflict',
      'changed since version 1: version 2 was saved by "ada" at 2026-11-03T12:00:00.000Z',
    );
    await expect(queries.replace(read, draft('a', { sql: 'SELECT 3' }), 'bob')).rejects.toEqual(late);
    await expect(queries.remove(read)).rejects.toEqual(late);
    // Said again after its answer was lost.
    expect(await queries.replace(read, draft('a', { sql: 'SELECT 2' }), 'ada')).toEqual(changed);
    await expect(queries.replace({ ...read, version: 3 }, draft('b'), 'bob')).rejects.toMatchObject({
      code: 'version-conflict',
    });
    await queries.remove(changed);
    const gone = conflict('not-found', 'no such saved query in production');
    await expect(queries.remove({ ...changed, version: null })).rejects.toEqual(gone);
    await expect(queries.replace(changed, draft('a'), 'bob')).rejects.toEqual(gone);
    expect(await all()).toEqual([]);
  });

  it('of several who change one at once only one does', async () => {
    const read = await queries.add('production', draft('a'), 'ada');
    const processes = kind === 'SQLite' ? [queries] : [queries, await open(), await open()];
    const attempts = Array.from({ length: 6 }, (_, i) =>
      processes[i % processes.length]!.replace(read, draft('a', { sql: `SELECT ${i + 2}` }), `key ${i}`),
    );
    const outcomes = await Promise.allSettled(attempts);
    const done = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const failed = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
    expect([done.length, new Set(failed)]).toEqual([1, new Set(['version-conflict'])]);
    expect(await queries.page('production', { after: null, limit: 10 })).toEqual(done);
    const added = await Promise.allSettled(processes.map((each) => each.add('production', draft('same'), 'ada')));
    expect(added.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const each of processes.slice(1)) await each.close();
  });

  it('are as many as may be', async () => {
    const table = await places.open(name, (savedQueriesFile, shared) =>
      openSavedQueryTable({ savedQueriesFile }, shared),
    );
    const query = await queries.add('production', draft('a'), 'ada');
    expect(await table.add({ ...query, id: randomUUID(), name: 'b' }, 1)).toBe('full');
    expect(await table.add({ ...query, id: randomUUID(), name: 'a' }, 1)).toBe('name-taken');
    expect(await table.add({ ...query, id: randomUUID(), name: 'b' }, 2)).toBe('added');
    expect(await table.add({ ...query, id: randomUUID(), environment: 'staging' }, 1)).toBe('added');
    await table.close();
  });

  it.each<[string, Partial<Draft>, string, string]>([
    ['no name', { name: ' \t ' }, 'invalid-payload', 'needs a name'],
    ['a long name', { name: 'é'.repeat(limits.savedQueryNameBytesMax) }, 'invalid-payload', '1 to 200 bytes'],
    ['a name of two lines', { name: 'a\nb' }, 'invalid-payload', 'one line'],
    ['half a character', { name: 'a\ud83d' }, 'invalid-payload', 'half a surrogate'],
    ['no statement', { sql: ' ' }, 'invalid-payload', 'no statement'],
    ['NUL in it', { sql: "SELECT '\0'" }, 'invalid-payload', 'holds NUL'],
    ['a long statement', { sql: `SELECT '${'é'.repeat(limits.sqlBytesMax / 2)}'` }, 'payload-too-large', '65536 bytes'],
    ['a line of nothing', { chart: { kind: 'line', x: null, y: [] } }, 'invalid-payload', 'needs a column for x'],
    ['bars without y', { chart: { kind: 'bar', x: 'day', y: [] } }, 'invalid-payload', 'at least one for y'],
  ])('with %s are refused', async (_, rest, code, said) => {
    await expect(queries.add('production', draft('a', rest), 'ada')).rejects.toEqual(conflict(code, said));
    expect(await all()).toEqual([]);
  });

  it('of a table have no columns', async () => {
    const chart = { kind: 'table', x: 'day', y: ['n'] } as const;
    expect((await queries.add('production', draft('a', { chart }), 'ada')).chart).toEqual({
      kind: 'table',
      x: null,
      y: [],
    });
  });

  it('forget who was erased, and whoever has read them before can not bring them back unawares', async () => {
    const sql = `SELECT * FROM events -- what ada@x.example did
      WHERE distinct_id IN ('ada@x.example', 'bob') OR distinct_id LIKE '%ada@x.example%' OR event = 'it''s /* ada@x.example'`;
    const read = await queries.add('production', draft('ada@x.example: her events', { sql }), 'bob');
    const twin = await queries.add('production', draft("'ada@x.example': her events"), 'bob');
    const other = await queries.add('production', draft('Top 5 pages', { sql: "SELECT '2026-11-05', '50'" }), 'bob');
    const elsewhere = await queries.add('staging', draft('ada@x.example', { sql }), 'bob');
    await queries.forget('production', ['ada@x.example', '5']);

    const [first, second, third] = await queries.page('production', { after: null, limit: 10 });
    expect(first).toEqual({ ...other, name: 'Top erased pages', version: 2 });
    expect([second, third].map((each) => each!.id).sort()).toEqual([read.id, twin.id].sort());
    expect([second!.name, third!.name]).toEqual([
      'erased her events',
      expect.stringMatching(/^erased her events [0-9a-f-]{36}$/),
    ]);
    const kept = [second, third].find((each) => each!.id === read.id)!;
    expect(kept).toMatchObject({ version: 2, savedBy: 'bob', savedAt: 1_000 });
    expect(kept.sql).toBe(`SELECT * FROM events  
      WHERE distinct_id IN ('erased', 'bob') OR distinct_id LIKE 'erased' OR event = 'it''s /* ada@x.example'`);
    await expect(queries.replace(read, draft('a', { sql }), 'bob')).rejects.toMatchObject({ code: 'version-conflict' });
    expect(await queries.page('staging', { after: null, limit: 10 })).toEqual([elsewhere]);
  });

  it('that name who was erased are in no file any more', async (context) => {
    if (kind !== 'SQLite') return context.skip('what PostgreSQL leaves in its files is its own matter');
    const saved = await queries.add('production', draft('a', { sql: "SELECT 'ada@x.example'" }), 'bob');
    await queries.replace(saved, draft('a', { sql: "SELECT 2, 'ada@x.example'" }), 'bob');
    await queries.forget('production', ['ada@x.example']);
    const file = places.fileOf(name);
    const written = readdirSync(dirname(file)).filter((each) => each.startsWith(basename(file)));
    expect(written.length).toBeGreaterThan(0);
    for (const each of written) expect(readFileSync(join(dirname(file), each)).includes('ada@x')).toBe(false);
  });
});
