import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { OnymError } from '../../src/errors.ts';
import { createDirect, type DirectOptions } from '../../src/journal/direct.ts';
import { createUuidWindow } from '../../src/journal/uuid-window.ts';
import { createEventStoreFake, createIdentityStoreFake, createLogFake, eventOf } from './fakes.ts';

/** What differs where the event store acknowledges. */

const events = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => eventOf(from + i));
const uuids = (from: number, to: number) => events(from, to).map((event) => event.uuid);

function setup(limits: DirectOptions['limits'] = {}, eventStore = createEventStoreFake()) {
  const identityStore = createIdentityStoreFake();
  const findSent = eventStore.findSent;
  const direct = createDirect({ eventStore, identityStore, findSent, log: createLogFake(), limits, random: () => 1 });
  onTestFinished(() => direct.journal.close());
  return { ...direct, eventStore, identityStore };
}

/** Lets inserts go on once told. */
function held(hooks: ReturnType<typeof createEventStoreFake>['hooks']) {
  let letGo = (): void => undefined;
  const gone = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  hooks.before = () => gone;
  return letGo;
}

const away = () => Promise.reject(new Error('connect ECONNREFUSED'));
const unavailable = { code: 'event-store-unavailable', status: 503, retryAfterSeconds: expect.any(Number) };

test('a call is answered when the event store has its events, not before', async () => {
  const { journal, eventStore } = setup();
  eventStore.hooks.before = async () => {
    expect(eventStore.uuidsOf('production')).toEqual([]);
  };
  const answered = journal.append('production', events(0, 3));
  expect(journal.waiting()).toBe(3);
  await answered;
  expect(eventStore.uuidsOf('production')).toEqual(uuids(0, 3));
});

test('what comes while an insert is under way goes as one; environments do not wait for each other', async () => {
  const { journal, eventStore } = setup();
  const letGo = held(eventStore.hooks);
  const first = journal.append('production', events(0, 1));
  await vi.waitUntil(() => eventStore.calls.length === 1);
  const others = Array.from({ length: 50 }, (_, n) => journal.append('production', events(n + 1, n + 2)));
  const elsewhere = journal.append('staging', events(0, 1));
  await vi.waitUntil(() => eventStore.calls.length === 2);
  letGo();
  await Promise.all([first, elsewhere, ...others]);
  expect(eventStore.calls.map(({ environment, uuids }) => [environment, uuids.length])).toEqual([
    ['production', 1],
    ['staging', 1],
    ['production', 50],
  ]);
});

test('an insert is no larger than it may be', async () => {
  const { journal, eventStore } = setup({ drainRowsMax: 100 });
  await Promise.all(Array.from({ length: 12 }, (_, n) => journal.append('production', events(n * 30, n * 30 + 30))));
  expect(eventStore.calls.map(({ uuids }) => uuids.length)).toEqual([90, 90, 90, 90]);
});

test('more than may wait is refused, and nothing of it is kept', async () => {
  const { journal, eventStore } = setup({ waitingEventsMax: 10 });
  const letGo = held(eventStore.hooks);
  const first = journal.append('production', events(0, 4));
  await vi.waitUntil(() => eventStore.calls.length === 1);
  const second = journal.append('production', events(4, 12));
  await expect(journal.append('production', events(12, 15))).rejects.toMatchObject({ code: 'overloaded', status: 503 });
  await expect(
    setup({ waitingEventsLengthMax: 1_000 }).journal.append('production', events(0, 3)),
  ).rejects.toMatchObject({
    code: 'overloaded',
  });
  letGo();
  await Promise.all([first, second]);
  expect(eventStore.uuidsOf('production')).toEqual(uuids(0, 12));
});

describe('while the event store is away', () => {
  test('calls are told so in time: which may have been kept, and which were not', async () => {
    const { journal, drain, eventStore } = setup({ acknowledgeWaitMaxMs: 300 });
    eventStore.hooks.after = () => Promise.reject(new Error('socket hang up'));
    const first = journal.append('production', events(0, 2));
    await vi.waitUntil(() => eventStore.calls.length === 1);
    const second = journal.append('production', events(2, 4));
    await Promise.all([
      expect(first).rejects.toMatchObject({ ...unavailable, message: expect.stringContaining('with the same uuid') }),
      expect(second).rejects.toMatchObject({
        ...unavailable,
        message: expect.stringContaining('nothing of this call was kept'),
      }),
    ]);
    expect(journal.failing()).toBe(true);
    await expect(journal.tryWrite()).rejects.toMatchObject(unavailable);
    // What may have been kept is sent until it is known to be: then its identities are known to be bound, too.
    expect(drain.safeSeq('production')).toBe(0);
    eventStore.hooks.after = async () => {};
    await vi.waitUntil(() => drain.safeSeq('production') === null, { timeout: 10_000 });
    expect(journal.failing()).toBe(false);
    await journal.tryWrite();
    expect(new Set(eventStore.calls.map(({ token }) => token)).size).toBe(1);
    expect(eventStore.uuidsOf('production')).toEqual(uuids(0, 2));
    await journal.append('production', events(2, 4));
    expect(eventStore.uuidsOf('production')).toEqual(uuids(0, 4));
  });

  test('a call that was told that it may have been kept, and comes again, counts once', async () => {
    const { journal, eventStore } = setup({ acknowledgeWaitMaxMs: 200 });
    const window = createUuidWindow({ journal, eventStore: null });
    const named = events(0, 2).map((event) => ({ event, explicitUuid: true }));
    eventStore.hooks.after = () => Promise.reject(new Error('socket hang up'));
    await expect(window.append('production', named)).rejects.toMatchObject(unavailable);
    eventStore.hooks.after = async () => {};
    await vi.waitUntil(() => !journal.failing(), { timeout: 10_000 });
    expect(await window.append('production', named)).toEqual([false, false]);
    expect(eventStore.uuidsOf('production')).toEqual(uuids(0, 2));
  });

  test('what could not be bound is not kept, nor sent later', async () => {
    const { journal, drain, eventStore, identityStore } = setup({ acknowledgeWaitMaxMs: 100 });
    const environment = vi
      .spyOn(identityStore, 'environment')
      .mockRejectedValue(new OnymError('identity-store-unavailable', 'PostgreSQL does not answer.'));
    await expect(journal.append('production', events(0, 1))).rejects.toMatchObject({
      code: 'identity-store-unavailable',
      message: expect.stringContaining('nothing of this call was kept'),
    });
    eventStore.hooks.before = away;
    await vi.waitUntil(() => drain.safeSeq('production') === null);
    // It was given up, so that nothing tells that it would go well again: somebody has to ask.
    expect(journal.failing()).toBe(true);
    const said = () => journal.tryWrite().then(String, String);
    await vi.waitUntil(async () => (await said()).includes('ECONNREFUSED'));
    environment.mockRestore();
    eventStore.hooks.before = async () => {};
    await journal.tryWrite();
    expect(journal.failing()).toBe(false);
    expect(eventStore.calls).toEqual([]);
    await journal.append('production', events(1, 2));
    expect(eventStore.uuidsOf('production')).toEqual(uuids(1, 2));
  });

  test('closing ends the tries, and tells who waits', async () => {
    const { journal, eventStore } = setup();
    eventStore.hooks.before = away;
    const first = journal.append('production', events(0, 1));
    await vi.waitUntil(() => journal.failing());
    const second = journal.append('production', events(1, 2));
    const answers = [
      expect(first).rejects.toMatchObject(unavailable),
      expect(second).rejects.toMatchObject({ code: 'overloaded' }),
    ];
    await journal.close();
    await Promise.all(answers);
    await expect(journal.append('production', events(2, 3))).rejects.toMatchObject({ code: 'overloaded' });
  });
});

test('closing waits for the insert under way', async () => {
  const { journal, eventStore } = setup();
  const letGo = held(eventStore.hooks);
  const sent = journal.append('production', events(0, 1));
  await vi.waitUntil(() => eventStore.calls.length === 1);
  const closed = journal.close();
  letGo();
  await closed;
  await sent;
  expect(eventStore.uuidsOf('production')).toEqual(uuids(0, 1));
});

test('a row that can not be kept is told to its call alone, each of its repeats included', async () => {
  const { journal, eventStore } = setup();
  const window = createUuidWindow({ journal, eventStore: null });
  const good = { event: eventOf(1), explicitUuid: true };
  const bad = { event: eventOf(2, { event: 'poison' }), explicitUuid: true };
  const refused = expect.objectContaining({
    code: 'event-refused',
    status: 422,
    message: expect.stringContaining('Cannot parse input'),
  });
  const first = window.append('production', [good, bad, bad]);
  const second = window.append('production', [bad, { event: eventOf(3), explicitUuid: true }]);
  expect(await first).toEqual([true, refused, refused]);
  expect(await second).toEqual([refused, true]);
  // It may come again, once what was wrong with it is mended.
  expect(await window.append('production', [{ ...bad, event: { ...bad.event, event: 'mended' } }, good])).toEqual([
    true,
    false,
  ]);
  expect(eventStore.uuidsOf('production')).toEqual([eventOf(1), eventOf(3), eventOf(2)].map(({ uuid }) => uuid));
});

test('a repeat of what another node has sent is told as one', async () => {
  const eventStore = createEventStoreFake();
  await setup({}, eventStore).journal.append('production', events(0, 1));
  const window = createUuidWindow({ journal: setup({}, eventStore).journal, eventStore: null });
  const named = events(0, 2).map((event) => ({ event, explicitUuid: true }));
  expect(await window.append('production', named)).toEqual([false, true]);
  expect(eventStore.uuidsOf('production')).toEqual(uuids(0, 2));
});
