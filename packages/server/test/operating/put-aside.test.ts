import { join } from 'node:path';
import { defaultSettings } from '@onym/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredEvent } from '../../src/events/types.ts';
import { eventLine } from '../../src/journal/event-lines.ts';
import { openJournalFile } from '../../src/journal/journal-file.ts';
import { eventually } from '../system/client.ts';
import { operatedServer, writeKey } from './support.ts';

/** What was put aside is listed, taken up again once what was wrong is mended, and discarded: over HTTP, on the real engines. */

const storedEvent = (name: string, uuid: string): StoredEvent => ({
  uuid,
  timestamp: 1_700_000_000_000,
  client_timestamp: null,
  received_at: 1_700_000_000_000,
  event: name,
  properties: '{"a":9007199254740993}',
  lossy: false,
  distinct_id: 'user_q',
  anonymous_id: null,
  device_id: null,
  session_id: null,
});

let t: Awaited<ReturnType<typeof operatedServer>>;
beforeAll(async () => {
  t = await operatedServer({ ONYM_HELD_PER_KEY_MAX: '2' }, (directory) => {
    const file = openJournalFile(join(directory, 'journal'));
    file.durably(() => {
      for (let i = 1; i <= 3; i++) {
        const event = storedEvent(`quarantined ${i}`, `00000000-0000-4000-8000-00000000000${i}`);
        file.insertQuarantined('production', 'user_q', 1_700_000_000_000, 'Cannot parse input.', eventLine(event));
      }
      const broken = storedEvent('broken', 'this is no uuid');
      file.insertQuarantined('production', 'user_q', 1_700_000_000_001, 'Cannot parse uuid.', eventLine(broken));
      file.insertQuarantined('staging', 'user_q', 1_700_000_000_002, 'Another one.', eventLine(broken));
    });
    void file.close();
  });
});
afterAll(() => t.stop());

const countOf = async (event: string): Promise<number> => {
  const sql = `SELECT count() AS n FROM events WHERE event = '${event}'`;
  return (await t.post('/v1/query', { sql })).data[0].n;
};

describe('dead letters', () => {
  it('are listed newest first, by filter, in pages', async () => {
    await t.post('/track', [{ event: '' }, { event: 'ok', distinct_id: 'user_1' }], writeKey);
    await t.post('/alias', { distinct_id: 'user_1', alias_id: 'guest' });
    await t.post('/track', { event: 'lost', distinct_id: 'user_1', environment: 'prodution' });
    const { dead_letters: all, next } = await t.get('/v1/dead-letters');
    expect(all).toMatchObject([
      { call: 'track', environment: null, key: 'ONYM_INITIAL_SECRET_KEY', error_code: 'environment-not-found' },
      { call: 'alias', environment: 'production', error_code: 'reserved-distinct-id' },
      { call: 'track', key: 'ONYM_INITIAL_WRITE_KEY', error_code: 'invalid-payload', item: '{"event":""}' },
    ]);
    expect(next).toBeNull();
    expect(all[0].received_at).toMatch(/^\d{4}-.*Z$/);
    expect((await t.get('/v1/dead-letters?call=alias')).dead_letters).toEqual([all[1]]);
    expect(
      (await t.get('/v1/dead-letters?error_code=invalid-payload&key=ONYM_INITIAL_WRITE_KEY')).dead_letters,
    ).toEqual([all[2]]);
    expect((await t.get('/v1/dead-letters?key=nobody')).dead_letters).toEqual([]);
    const first = await t.get('/v1/dead-letters?limit=2');
    expect(first.dead_letters).toEqual(all.slice(0, 2));
    expect(await t.get(`/v1/dead-letters?limit=2&next=${first.next}`)).toEqual({
      dead_letters: all.slice(2),
      next: null,
    });
    // Of no environment: who may not use all of them does not see it.
    const { secret } = await t.server.keys.create({
      name: 'one',
      kind: 'secret',
      environments: ['production'],
      scopes: ['read'],
    });
    expect((await t.get('/v1/dead-letters', secret)).dead_letters).toEqual(all.slice(1));
    expect(await t.get('/v1/dead-letters?environment=staging', secret)).toMatchObject({ error_code: 'forbidden' });
    expect(await t.post('/v1/dead-letters/replay', { all: true }, secret)).toMatchObject({ error_code: 'forbidden' });
  });

  it('say what they lack to be selected', async () => {
    for (const [body, message] of [
      [{}, 'Give either ids, or "all": true.'],
      [{ ids: [1], all: true }, 'Give either ids, or "all": true.'],
      [{ ids: [1], call: 'track' }, 'call goes with "all": true'],
      [{ ids: [] }, 'ids'],
      [{ all: false }, 'all'],
      [{ all: true, call: 'page' }, 'call'],
      [{ all: true, before: 1 }, 'Unknown field "before"'],
    ] as const) {
      for (const what of ['replay', 'discard']) {
        const { status, text } = await t.call('POST', `/v1/dead-letters/${what}`, body);
        expect([body, status, JSON.parse(text).message]).toEqual([body, 400, expect.stringContaining(message)]);
      }
    }
  });

  it('stay where they are rejected again, and go when they are discarded', async () => {
    const { dead_letters: letters } = await t.get('/v1/dead-letters');
    const answer = await t.post('/v1/dead-letters/replay', { all: true });
    expect(answer).toMatchObject({ ok: true, replayed: 0, verdicts: {}, failed: 3, next: null });
    expect(answer.failures.map(({ id, error_code }: { id: number; error_code: string }) => [id, error_code])).toEqual(
      letters.map(({ id, error_code }: { id: number; error_code: string }) => [id, error_code]).reverse(),
    );
    expect((await t.get('/v1/dead-letters')).dead_letters).toEqual(letters);
    expect(await t.post('/v1/dead-letters/discard', { ids: [letters[0].id, 999] })).toEqual({ ok: true, discarded: 1 });
    expect(await t.post('/v1/dead-letters/discard', { all: true, call: 'alias' })).toEqual({ ok: true, discarded: 1 });
    expect(await t.post('/v1/dead-letters/discard', { all: true })).toEqual({ ok: true, discarded: 1 });
    expect(await t.get('/v1/dead-letters')).toEqual({ dead_letters: [], next: null });
  });

  it('of a full review queue leave the rest of their calls, and are taken up once there is room', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) await t.post('/identify', { distinct_id: id });
    const alias = (distinct_id: string, alias_id: string) => ({
      distinct_id,
      alias_id,
      timestamp: '2026-11-01T00:00:00Z',
    });
    const held = await t.post(
      '/alias',
      [alias('a', 'b'), alias('c', 'd'), alias('e', 'f'), alias('a', 'new')],
      writeKey,
    );
    expect(held).toMatchObject({
      accepted: 3,
      rejected: [
        { index: 2, error_code: 'review-queue-full', message: expect.stringContaining('where 2 of this key wait') },
      ],
      results: [{ verdict: 'held', reason: 'needs-secret-key' }, { verdict: 'held' }, null, { verdict: 'applied' }],
    });
    // Evidence of an event is left out, the event is kept. Repeats of what is held are no more of it.
    expect(
      await t.post('/track', { event: 'seen', distinct_id: 'a', anonymous_id: 'anonymous-1' }, writeKey),
    ).toMatchObject({ verdict: 'applied' });
    expect(await t.post('/alias', alias('c', 'd'), writeKey)).toMatchObject({ verdict: 'held' });
    expect(await t.post('/alias', alias('e', 'f'), writeKey)).toMatchObject({ error_code: 'review-queue-full' });
    // Secret keys have no share.
    expect(await t.post('/alias?dry_run=true', alias('e', 'f'))).toMatchObject({ verdict: 'applied' });

    const { held: queue } = await t.get('/v1/review');
    expect(queue).toHaveLength(2);
    const again = () => t.post('/v1/dead-letters/replay', { all: true, error_code: 'review-queue-full' });
    expect(await again()).toMatchObject({ replayed: 0, failed: 2 });
    for (const { link } of queue) await t.post(`/v1/links/${link.seq}/reject`, {});
    // As the publishable key sent them: held again, once. That there is room is seen within a second.
    let answer = await again();
    const isReplayed = async () => {
      if (answer.replayed === 0) answer = await again();
      return answer.replayed > 0;
    };
    await eventually(isReplayed, 'there is room');
    expect(answer).toMatchObject({ replayed: 2, verdicts: { held: 2 }, failed: 0 });
    expect((await t.get('/v1/review')).held).toMatchObject([
      { link: { primary_id: 'e', secondary_id: 'f', source: { key: 'ONYM_INITIAL_WRITE_KEY' } } },
    ]);
    expect((await t.get('/v1/dead-letters')).dead_letters).toEqual([]);
  });

  it('keep the time they came in, and count once however often they are replayed', async () => {
    const letter = {
      call: 'track',
      environment: null,
      key: 'ONYM_INITIAL_WRITE_KEY',
      receivedAt: Date.parse('2026-11-01T10:00:00Z'),
      errorCode: 'environment-not-found',
      message: 'There was no such environment yet.',
      item: '{"event":"late","distinct_id":"user_late","environment":"staging","properties":{"n":9007199254740993}}',
    } as const;
    t.server.services.deadLetter([letter]);
    const [{ id }] = (await t.get('/v1/dead-letters')).dead_letters;
    // As if the process had ended after the event was kept, before the letter was removed.
    const { remove } = t.server.services.deadLetters;
    Object.assign(t.server.services.deadLetters, { remove: async () => 0 });
    expect(await t.post('/v1/dead-letters/replay', { ids: [id] })).toMatchObject({
      replayed: 1,
      verdicts: { applied: 1 },
    });
    Object.assign(t.server.services.deadLetters, { remove });
    expect(await t.post('/v1/dead-letters/replay', { ids: [id] })).toMatchObject({
      replayed: 1,
      verdicts: { unchanged: 1 },
    });
    expect((await t.get('/v1/dead-letters')).dead_letters).toEqual([]);
    const { events } = await t.get('/v1/identities/user_late/events?environment=staging');
    expect(events).toMatchObject([
      { event: 'late', timestamp: '2026-11-01T10:00:00.000Z', received_at: '2026-11-01T10:00:00.000Z' },
    ]);
  });

  it('that were cut say so', async () => {
    const cut = { event: 'x', distinct_id: 'u', enviroment: 'x', properties: { long: 'x'.repeat(20_000) } };
    await t.post('/track', cut);
    const answer = await t.post('/v1/dead-letters/replay', { all: true });
    expect(answer.failures).toMatchObject([
      { error_code: 'invalid-json', message: expect.stringContaining('too long') },
    ]);
  });
});

describe('quarantine', () => {
  it('is listed oldest first, in pages, with the events as they were sent', async () => {
    const { events, next } = await t.get('/v1/quarantine?limit=3');
    expect(events).toMatchObject(
      [1, 2, 3].map((i) => ({ id: i, message: 'Cannot parse input.', event: { event: `quarantined ${i}` } })),
    );
    expect((await t.call('GET', '/v1/quarantine?limit=1')).text).toContain('"a":9007199254740993');
    expect((await t.get(`/v1/quarantine?next=${next}`)).events).toMatchObject([
      { id: 4, message: 'Cannot parse uuid.' },
    ]);
    expect((await t.get('/v1/quarantine?environment=staging')).events).toMatchObject([{ id: 5 }]);
  });

  it('gives back what is named, or all; what is refused again returns', async () => {
    expect(await t.post('/v1/quarantine/replay', { ids: [2, 999] })).toEqual({ ok: true, replayed: 1, returned: 0 });
    expect(await countOf('quarantined 2')).toBe(1);
    expect(await t.post('/v1/quarantine/replay', {})).toMatchObject({ error_code: 'invalid-payload' });
    // Not one of this environment.
    expect(await t.post('/v1/quarantine/replay', { ids: [5] })).toEqual({ ok: true, replayed: 0, returned: 0 });
    expect(await t.post('/v1/quarantine/replay', { all: true })).toEqual({ ok: true, replayed: 3, returned: 1 });
    expect([await countOf('quarantined 1'), await countOf('quarantined 3'), await countOf('broken')]).toEqual([
      1, 1, 0,
    ]);
    expect((await t.get('/v1/quarantine')).events).toMatchObject([{ event: { event: 'broken' } }]);
  });

  it('is discarded', async () => {
    expect(await t.post('/v1/quarantine/discard', { ids: [5] })).toEqual({ ok: true, discarded: 0 });
    expect(await t.post('/v1/quarantine/discard', { all: true })).toEqual({ ok: true, discarded: 1 });
    expect(await t.post('/v1/quarantine/discard', { environment: 'staging', ids: [5] })).toEqual({
      ok: true,
      discarded: 1,
    });
    expect((await t.get('/v1/quarantine?environment=staging')).events).toEqual([]);
  });
});

describe('environments', () => {
  it('are those that the key may use, with what is in force', async () => {
    await t.post('/identify', { distinct_id: 'somebody', environment: 'staging' });
    const { environments } = await t.get('/v1/environments');
    const { rules: _, ...settings } = defaultSettings;
    expect(environments).toMatchObject([
      { name: 'production', ledger_head: expect.any(Number), events: expect.any(Number) },
      { name: 'staging', since: expect.stringMatching(/Z$/), ledger_head: 1, events: 1 },
    ]);
    expect(environments[1].settings).toEqual(settings);
    const { secret } = await t.server.keys.create({
      name: 'two',
      kind: 'secret',
      environments: ['staging'],
      scopes: ['read'],
    });
    expect((await t.get('/v1/environments', secret)).environments).toEqual([environments[1]]);
  });
});
