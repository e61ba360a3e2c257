import type { TrackingConsent } from '@onym/sdk';
import { describe, expect, it } from 'vitest';
import { settled } from '../support/clock.ts';
import { type Device, device } from '../support/device.ts';

/**
 * Every call in every state. The compiler holds the table complete: a new state, consent or call without its row does not compile.
 */

type Phase = 'anonymous' | 'identified';
type State = `${Phase}, ${TrackingConsent}` | 'before init' | 'ended';

const calls = {
  init: ({ init }: Device) => init(),
  track: ({ client }: Device) => client.track('clicked'),
  'track nothing': ({ client }: Device) => client.track(''),
  page: ({ client }: Device) => client.page('/about'),
  // The user who is there already, where one is.
  identify: ({ client }: Device) => client.identify('user_1', { plan: 'pro' }),
  'identify another': ({ client }: Device) => client.identify('user_2'),
  'identify reserved': ({ client }: Device) => client.identify('undefined'),
  'identify anonymous': ({ client }: Device) => client.identify('anonymous-1'),
  alias: ({ client }: Device) => client.alias('stripe:cus_1'),
  'alias reserved': ({ client }: Device) => client.alias('null'),
  updateTraits: ({ client }: Device) => client.updateTraits({ plan: 'free' }),
  reset: ({ client }: Device) => client.reset(),
  'reset device': ({ client }: Device) => client.reset({ resetDeviceId: true }),
  grant: ({ client }: Device) => client.configure({ trackingConsent: 'granted' }),
  pend: ({ client }: Device) => client.configure({ trackingConsent: 'pending' }),
  dismiss: ({ client }: Device) => client.configure({ trackingConsent: 'dismissed' }),
  deny: ({ client }: Device) => client.configure({ trackingConsent: 'denied' }),
} as const;
type Call = keyof typeof calls;

/** What becomes of the ids. */
type Ids =
  | 'stay'
  /** user_1, with the former anonymous id attached. */
  | 'user_1'
  /** user_2, with the former anonymous id attached. */
  | 'user_2'
  /** user_2, with an anonymous id of its own, in a new session: nothing is left of user_1 but the device. */
  | 'user_2 anew'
  /** A new anonymous id and a new session. */
  | 'anew'
  | 'anew with device';

interface Effect {
  /** `sends` at once, `keeps` until consent is given, `drops`, `waits` for init, or does nothing but what follows. */
  readonly does: 'sends' | 'keeps' | 'drops' | 'waits' | 'nothing';
  /** What is sent, kept or dropped. */
  readonly what?: string;
  readonly ids: Ids;
  readonly next: State;
  readonly reports?: string;
}

/** What a call is by its own, wherever it is made. */
const payload: Partial<Record<Call, string>> = {
  track: 'clicked',
  page: '$pageview',
  identify: 'identify',
  'identify another': 'identify',
  alias: 'alias',
  updateTraits: 'identify',
};

function row(does: 'sends' | 'keeps' | 'drops', call: Call, next: State, ids: Ids = 'stay', reports?: string): Effect {
  return { does, what: payload[call]!, ids, next, ...(reports !== undefined && { reports }) };
}
const reports = (code: string, next: State): Effect => ({ does: 'nothing', ids: 'stay', next, reports: code });
const becomes = (next: State, ids: Ids = 'stay'): Effect => ({ does: 'nothing', ids, next });
const waits = (next: State): Effect => ({ does: 'waits', ids: 'stay', next });

const table: Record<State, Record<Call, Effect>> = {
  'before init': {
    init: becomes('anonymous, granted'),
    track: waits('before init'),
    'track nothing': waits('before init'),
    page: waits('before init'),
    identify: waits('before init'),
    'identify another': waits('before init'),
    'identify reserved': waits('before init'),
    'identify anonymous': waits('before init'),
    alias: waits('before init'),
    'alias reserved': waits('before init'),
    updateTraits: waits('before init'),
    reset: waits('before init'),
    'reset device': waits('before init'),
    grant: waits('before init'),
    pend: waits('before init'),
    dismiss: waits('before init'),
    deny: waits('before init'),
  },
  // The user had been identified before the end; what a browser stores is there again at the next init.
  ended: {
    init: becomes('identified, granted'),
    track: waits('ended'),
    'track nothing': waits('ended'),
    page: waits('ended'),
    identify: waits('ended'),
    'identify another': waits('ended'),
    'identify reserved': waits('ended'),
    'identify anonymous': waits('ended'),
    alias: waits('ended'),
    'alias reserved': waits('ended'),
    updateTraits: waits('ended'),
    reset: waits('ended'),
    'reset device': waits('ended'),
    grant: waits('ended'),
    pend: waits('ended'),
    dismiss: waits('ended'),
    deny: waits('ended'),
  },
  'anonymous, granted': {
    init: reports('invalid-options', 'anonymous, granted'),
    track: row('sends', 'track', 'anonymous, granted'),
    'track nothing': reports('invalid-payload', 'anonymous, granted'),
    page: row('sends', 'page', 'anonymous, granted'),
    identify: row('sends', 'identify', 'identified, granted', 'user_1'),
    'identify another': row('sends', 'identify another', 'identified, granted', 'user_2'),
    'identify reserved': reports('reserved-distinct-id', 'anonymous, granted'),
    'identify anonymous': reports('invalid-distinct-id', 'anonymous, granted'),
    alias: row('sends', 'alias', 'anonymous, granted'),
    'alias reserved': reports('reserved-distinct-id', 'anonymous, granted'),
    updateTraits: reports('not-identified', 'anonymous, granted'),
    reset: becomes('anonymous, granted', 'anew'),
    'reset device': becomes('anonymous, granted', 'anew with device'),
    grant: becomes('anonymous, granted'),
    pend: becomes('anonymous, pending'),
    dismiss: becomes('anonymous, dismissed'),
    deny: becomes('anonymous, denied'),
  },
  'anonymous, pending': {
    init: reports('invalid-options', 'anonymous, pending'),
    track: row('keeps', 'track', 'anonymous, pending'),
    'track nothing': reports('invalid-payload', 'anonymous, pending'),
    page: row('keeps', 'page', 'anonymous, pending'),
    identify: row('keeps', 'identify', 'identified, pending', 'user_1'),
    'identify another': row('keeps', 'identify another', 'identified, pending', 'user_2'),
    'identify reserved': reports('reserved-distinct-id', 'anonymous, pending'),
    'identify anonymous': reports('invalid-distinct-id', 'anonymous, pending'),
    alias: row('keeps', 'alias', 'anonymous, pending'),
    'alias reserved': reports('reserved-distinct-id', 'anonymous, pending'),
    updateTraits: reports('not-identified', 'anonymous, pending'),
    reset: becomes('anonymous, pending', 'anew'),
    'reset device': becomes('anonymous, pending', 'anew with device'),
    grant: becomes('anonymous, granted'),
    pend: becomes('anonymous, pending'),
    dismiss: becomes('anonymous, dismissed'),
    deny: becomes('anonymous, denied'),
  },
  'anonymous, dismissed': {
    init: reports('invalid-options', 'anonymous, dismissed'),
    track: row('keeps', 'track', 'anonymous, dismissed'),
    'track nothing': reports('invalid-payload', 'anonymous, dismissed'),
    page: row('keeps', 'page', 'anonymous, dismissed'),
    identify: row('keeps', 'identify', 'identified, dismissed', 'user_1'),
    'identify another': row('keeps', 'identify another', 'identified, dismissed', 'user_2'),
    'identify reserved': reports('reserved-distinct-id', 'anonymous, dismissed'),
    'identify anonymous': reports('invalid-distinct-id', 'anonymous, dismissed'),
    alias: row('keeps', 'alias', 'anonymous, dismissed'),
    'alias reserved': reports('reserved-distinct-id', 'anonymous, dismissed'),
    updateTraits: reports('not-identified', 'anonymous, dismissed'),
    reset: becomes('anonymous, dismissed', 'anew'),
    'reset device': becomes('anonymous, dismissed', 'anew with device'),
    grant: becomes('anonymous, granted'),
    pend: becomes('anonymous, pending'),
    dismiss: becomes('anonymous, dismissed'),
    deny: becomes('anonymous, denied'),
  },
  'anonymous, denied': {
    init: reports('invalid-options', 'anonymous, denied'),
    track: row('drops', 'track', 'anonymous, denied'),
    'track nothing': reports('invalid-payload', 'anonymous, denied'),
    page: row('drops', 'page', 'anonymous, denied'),
    identify: row('drops', 'identify', 'identified, denied', 'user_1'),
    'identify another': row('drops', 'identify another', 'identified, denied', 'user_2'),
    'identify reserved': reports('reserved-distinct-id', 'anonymous, denied'),
    'identify anonymous': reports('invalid-distinct-id', 'anonymous, denied'),
    alias: row('drops', 'alias', 'anonymous, denied'),
    'alias reserved': reports('reserved-distinct-id', 'anonymous, denied'),
    updateTraits: reports('not-identified', 'anonymous, denied'),
    reset: becomes('anonymous, denied', 'anew'),
    'reset device': becomes('anonymous, denied', 'anew with device'),
    grant: becomes('anonymous, granted'),
    pend: becomes('anonymous, pending'),
    dismiss: becomes('anonymous, dismissed'),
    deny: becomes('anonymous, denied'),
  },
  'identified, granted': {
    init: reports('invalid-options', 'identified, granted'),
    track: row('sends', 'track', 'identified, granted'),
    'track nothing': reports('invalid-payload', 'identified, granted'),
    page: row('sends', 'page', 'identified, granted'),
    identify: row('sends', 'identify', 'identified, granted'),
    'identify another': row('sends', 'identify another', 'identified, granted', 'user_2 anew', 'identity-switched'),
    'identify reserved': reports('reserved-distinct-id', 'identified, granted'),
    'identify anonymous': reports('invalid-distinct-id', 'identified, granted'),
    alias: row('sends', 'alias', 'identified, granted'),
    'alias reserved': reports('reserved-distinct-id', 'identified, granted'),
    updateTraits: row('sends', 'updateTraits', 'identified, granted'),
    reset: becomes('anonymous, granted', 'anew'),
    'reset device': becomes('anonymous, granted', 'anew with device'),
    grant: becomes('identified, granted'),
    pend: becomes('identified, pending'),
    dismiss: becomes('identified, dismissed'),
    deny: becomes('identified, denied'),
  },
  'identified, pending': {
    init: reports('invalid-options', 'identified, pending'),
    track: row('keeps', 'track', 'identified, pending'),
    'track nothing': reports('invalid-payload', 'identified, pending'),
    page: row('keeps', 'page', 'identified, pending'),
    identify: row('keeps', 'identify', 'identified, pending'),
    'identify another': row('keeps', 'identify another', 'identified, pending', 'user_2 anew', 'identity-switched'),
    'identify reserved': reports('reserved-distinct-id', 'identified, pending'),
    'identify anonymous': reports('invalid-distinct-id', 'identified, pending'),
    alias: row('keeps', 'alias', 'identified, pending'),
    'alias reserved': reports('reserved-distinct-id', 'identified, pending'),
    updateTraits: row('keeps', 'updateTraits', 'identified, pending'),
    reset: becomes('anonymous, pending', 'anew'),
    'reset device': becomes('anonymous, pending', 'anew with device'),
    grant: becomes('identified, granted'),
    pend: becomes('identified, pending'),
    dismiss: becomes('identified, dismissed'),
    deny: becomes('identified, denied'),
  },
  'identified, dismissed': {
    init: reports('invalid-options', 'identified, dismissed'),
    track: row('keeps', 'track', 'identified, dismissed'),
    'track nothing': reports('invalid-payload', 'identified, dismissed'),
    page: row('keeps', 'page', 'identified, dismissed'),
    identify: row('keeps', 'identify', 'identified, dismissed'),
    'identify another': row('keeps', 'identify another', 'identified, dismissed', 'user_2 anew', 'identity-switched'),
    'identify reserved': reports('reserved-distinct-id', 'identified, dismissed'),
    'identify anonymous': reports('invalid-distinct-id', 'identified, dismissed'),
    alias: row('keeps', 'alias', 'identified, dismissed'),
    'alias reserved': reports('reserved-distinct-id', 'identified, dismissed'),
    updateTraits: row('keeps', 'updateTraits', 'identified, dismissed'),
    reset: becomes('anonymous, dismissed', 'anew'),
    'reset device': becomes('anonymous, dismissed', 'anew with device'),
    grant: becomes('identified, granted'),
    pend: becomes('identified, pending'),
    dismiss: becomes('identified, dismissed'),
    deny: becomes('identified, denied'),
  },
  'identified, denied': {
    init: reports('invalid-options', 'identified, denied'),
    track: row('drops', 'track', 'identified, denied'),
    'track nothing': reports('invalid-payload', 'identified, denied'),
    page: row('drops', 'page', 'identified, denied'),
    identify: row('drops', 'identify', 'identified, denied'),
    'identify another': row('drops', 'identify another', 'identified, denied', 'user_2 anew', 'identity-switched'),
    'identify reserved': reports('reserved-distinct-id', 'identified, denied'),
    'identify anonymous': reports('invalid-distinct-id', 'identified, denied'),
    alias: row('drops', 'alias', 'identified, denied'),
    'alias reserved': reports('reserved-distinct-id', 'identified, denied'),
    updateTraits: row('drops', 'updateTraits', 'identified, denied'),
    reset: becomes('anonymous, denied', 'anew'),
    'reset device': becomes('anonymous, denied', 'anew with device'),
    grant: becomes('identified, granted'),
    pend: becomes('identified, pending'),
    dismiss: becomes('identified, dismissed'),
    deny: becomes('identified, denied'),
  },
};

const states = Object.keys(table) as State[];
const names = Object.keys(calls) as Call[];

/** A device in `state`, with everything that led there already sent. */
async function deviceIn(state: State): Promise<Device> {
  const made = device();
  if (state === 'before init') return made;
  const [phase, consent] = state === 'ended' ? ['identified', null] : (state.split(', ') as [Phase, TrackingConsent]);
  const end = made.init();
  if (phase === 'identified') made.client.identify('user_1');
  await made.client.flush();
  if (consent === null) end();
  else if (consent !== 'granted') made.client.configure({ trackingConsent: consent });
  await made.clock.advance(5_000);
  made.server.accepted.length = 0;
  return made;
}

const idsOf = ({ client }: Device) => ({
  distinctId: client.getDistinctId(),
  anonymousId: client.getAnonymousId(),
  deviceId: client.getDeviceId(),
  sessionId: client.getSessionId(),
});
type IdsOfDevice = ReturnType<typeof idsOf>;

function stateOf({ client }: Device, otherwise: State): State {
  const consent = client.getTrackingConsent();
  if (consent === null) return otherwise;
  return `${client.getAnonymousId() === null ? 'anonymous' : 'identified'}, ${consent}`;
}

const check: Record<Ids, (before: IdsOfDevice, after: IdsOfDevice) => void> = {
  stay: (before, after) => expect(after).toEqual(before),
  user_1: (before, after) => expect(after).toEqual({ ...before, distinctId: 'user_1', anonymousId: before.distinctId }),
  user_2: (before, after) => expect(after).toEqual({ ...before, distinctId: 'user_2', anonymousId: before.distinctId }),
  'user_2 anew'(before, after) {
    expect(after).toMatchObject({ distinctId: 'user_2', deviceId: before.deviceId });
    expect(after.anonymousId).toMatch(/^anonymous-/);
    expect(after.anonymousId).not.toBe(before.anonymousId);
    expect(after.sessionId).not.toBe(before.sessionId);
  },
  anew(before, after) {
    expect(after).toMatchObject({ anonymousId: null, deviceId: before.deviceId });
    expect(after.distinctId).toMatch(/^anonymous-/);
    expect([before.distinctId, before.anonymousId]).not.toContain(after.distinctId);
    expect(after.sessionId).not.toBe(before.sessionId);
  },
  'anew with device'(before, after) {
    check.anew({ ...before, deviceId: after.deviceId }, after);
    expect(after.deviceId).toMatch(/^device-/);
    expect(after.deviceId).not.toBe(before.deviceId);
  },
};

/** Makes the call and holds it to its row. */
async function expectEffect(made: Device, call: Call, effect: Effect, before = idsOf(made)): Promise<void> {
  calls[call](made);
  await made.clock.advance(5_000);
  expect(made.errors.map(({ code }) => code)).toEqual(effect.reports === undefined ? [] : [effect.reports]);
  expect(made.accepted()).toEqual(effect.does === 'sends' ? [effect.what] : []);
  expect(stateOf(made, effect.next)).toBe(effect.next);
  check[effect.ids](before, idsOf(made));
  for (const { payload: sent } of made.server.accepted) {
    expect(sent).toMatchObject({
      distinct_id: made.client.getDistinctId(),
      anonymous_id: made.client.getAnonymousId(),
      device_id: made.client.getDeviceId(),
      environment: 'production',
    });
  }
  if (effect.does === 'keeps' || effect.does === 'drops') {
    made.client.configure({ trackingConsent: 'granted' });
    await made.client.flush();
    await settled();
    expect(made.accepted()).toEqual(effect.does === 'keeps' ? [effect.what] : []);
  }
}

describe.each(states)('%s', (state) => {
  it.each(names)('%s', async (call) => {
    const made = await deviceIn(state);
    const effect = table[state][call];
    if (effect.does !== 'waits') {
      // Before init there are no ids to compare with.
      if (idsOf(made).deviceId === null) {
        calls[call](made);
        await settled();
        expect(made.errors).toEqual([]);
        return void expect(stateOf(made, state)).toBe(effect.next);
      }
      return expectEffect(made, call, effect);
    }
    calls[call](made);
    await made.clock.advance(5_000);
    expect(made.accepted()).toEqual([]);
    expect(made.errors).toEqual([]);
    expect(stateOf(made, state)).toBe(effect.next);
    // What waited is what it would have been, had it been made after init.
    made.init();
    await made.clock.advance(5_000);
    const late = await deviceIn(state);
    late.init();
    await late.clock.advance(5_000);
    calls[call](late);
    await late.clock.advance(5_000);
    expect(made.accepted()).toEqual(late.accepted());
    expect(made.errors.map(({ code }) => code)).toEqual(late.errors.map(({ code }) => code));
    expect(stateOf(made, state)).toBe(stateOf(late, state));
  });
});
