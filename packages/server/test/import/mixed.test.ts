import { expect, test } from 'vitest';
import type { TrackItem } from '../../src/ingest/types.ts';
import { ndjson } from './reading.ts';
import { at, environment, history, phEvent, visitor, world } from './world.ts';

/** Files whose rows are several calls each: verdicts, dry runs, and what a run makes of one that was cut short. */

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
  const file = history(600);
  const whole = await world();
  const expected = await whole.send(file);

  const cut = await world();
  cut.killAfterCommits(commits);
  await expect(cut.send(file)).rejects.toThrow('killed');
  const answer = await cut.send(file);
  expect(answer).toMatchObject({ rows: expected.rows, counts: expected.counts, reasons: expected.reasons });
  const key = ({ event }: TrackItem) => event.uuid;
  expect(cut.events.map(key).sort()).toEqual(whole.events.map(key).sort());
  const ids = Array.from({ length: 600 }, (_, n) => [`u${n}`, visitor(n), `other${n}`, `old-${n}`]).flat();
  expect(await cut.people(...ids)).toEqual(await whole.people(...ids));
  for (const id of ['u0', 'u1', 'u7', 'u42']) expect(await cut.traits(id)).toEqual(await whole.traits(id));
  expect(await cut.send(file)).toMatchObject({ finished_before: true, counts: expected.counts });
});

test.each(['a\u0000b', 'a\ud800'])('a batch is not called %j', async (batch) => {
  const { send } = await world();
  await expect(send(history(1), { batch })).rejects.toMatchObject({ code: 'invalid-payload' });
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
