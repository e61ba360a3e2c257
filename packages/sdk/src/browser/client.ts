import { baseOf } from '../base-url.ts';
import { OnymError } from '../errors.ts';
import { given } from '../given.ts';
import { anonymousPrefix, type Id, requireDistinctId } from '../identifiers.ts';
import { jsonOf } from '../json.ts';
import { pageWaitingCallsMax } from '../limits.ts';
import type { PayloadByRoute, Properties, Route, Timestamp } from '../wire.ts';
import { fateOf, type TrackingConsent } from './consent.ts';
import { freshIdentity, identified, isIdentified } from './identity.ts';
import { type BrowserOptions, type Changes, type Settings, settingsOf } from './options.ts';
import { type Call, createOutbox, type Outbox } from './outbox.ts';
import { pageViewEvent, pageViewProperties } from './page-view.ts';
import { aliasPayload, type Context, identifyPayload, type Moment, trackPayload } from './payloads.ts';
import { browserPlatform, type Platform, type PlatformEvent } from './platform.ts';
import { createSender, type Sender } from './sender.ts';
import { freshSession, sessionAt } from './session.ts';
import { createStateStore, type State, type StateStore } from './state.ts';
import { memoryStore, openStores, type Stores } from './storage.ts';

export interface CallOptions {
  /** When it happened, if not now. */
  readonly timestamp?: Timestamp | undefined;
}

export interface IdentifyOptions extends CallOptions {
  /** Traits that count only where the profile has no value. */
  readonly traitsOnce?: Properties | undefined;
}

export interface ResetOptions {
  /** Also makes a new device id. Default false. */
  readonly resetDeviceId?: boolean | undefined;
}

/**
 * The client of one page. No method throws: what goes wrong goes to `onError`. Calls made before `init` wait for it, and keep the time and
 * the URL they were made at.
 */
export interface BrowserClient {
  /**
   * Starts with a publishable key (`pk_…`). Returns what ends it: listeners and timers go, what waits is sent, and calls wait for the
   * next `init`.
   */
  init(apiKey: string, options: BrowserOptions): () => void;
  /** Something happened. */
  track(event: string, properties?: Properties, options?: CallOptions): void;
  /** A page was seen; `url` defaults to the page's own. */
  page(url?: string, properties?: Properties): void;
  /**
   * This browser's user is `userId`: what it did anonymously becomes theirs. A different user than before resets first, and reports
   * `identity-switched`. A trait that is null is removed.
   */
  identify(userId: Id, traits?: Properties, options?: IdentifyOptions): void;
  /** `newId` (`stripe:cus_…`, a new user id) is the same person as the one this browser has now. */
  alias(newId: Id, options?: CallOptions): void;
  /** Sets traits on the identified user, or removes those that are null; without a user reports `not-identified`. */
  updateTraits(traits: Properties, options?: IdentifyOptions): void;
  /** After a logout: a new anonymous id and a new session. The device id stays unless told otherwise. */
  reset(options?: ResetOptions): void;
  /** Changes options while running. `trackingConsent` is the user's answer, and is remembered. */
  configure(changes: Changes): void;
  /** Sends what waits; resolves when it was answered or can't be sent now. Never rejects. */
  flush(): Promise<void>;
  /** The user id, or the anonymous id before an identify; null before `init`. */
  getDistinctId(): string | null;
  /** The id this browser had before the identify; null before one. */
  getAnonymousId(): string | null;
  getDeviceId(): string | null;
  getSessionId(): string | null;
  getTrackingConsent(): TrackingConsent | null;
}

/** What exists between `init` and its end. */
interface Running {
  /** Of the stored state, and of what tabs take turns by. */
  readonly name: string;
  readonly sender: Sender;
  readonly ends: (() => void)[];
  settings: Settings;
  stores: Stores;
  states: StateStore;
  outbox: Outbox;
}

/** A client of its own; a page needs one, and `onym` is that. `platform` is the page it runs in. */
export function createOnym(platform: Platform = browserPlatform()): BrowserClient {
  let running: Running | null = null;
  /** The last one that ended: started again, it goes on where it was, also where nothing is stored. */
  let ended: Running | null = null;
  /** Made before `init`. */
  let early: (() => void)[] = [];
  /** Made while consent was pending. */
  const held = createOutbox(memoryStore(), '', '');
  let lastUrl: string | null = null;

  function report(error: unknown, options: Pick<BrowserOptions, 'onError'> | undefined = running?.settings): void {
    try {
      const onymError =
        error instanceof OnymError ? error : new OnymError('invalid-payload', `Not sent. ${error}`, error);
      if (options?.onError) options.onError(onymError);
      else console.warn(`[onym] ${onymError.message}`);
    } catch {
      // The page's own listener failed; it is not to fail the page.
    }
  }

  /** What `run` returns, or `otherwise` where it throws, which is reported. */
  function guarded(run: () => void): void;
  function guarded<Result>(run: () => Result, otherwise: Result, options?: BrowserOptions): Result;
  function guarded(run: () => unknown, otherwise?: unknown, options?: BrowserOptions): unknown {
    try {
      return run();
    } catch (error) {
      report(error, options);
      return otherwise;
    }
  }

  const momentNow = (): Moment => ({ now: platform.now(), place: platform.place() });

  /** Runs a call now, or once `init` has been called, as of the moment it was made. */
  function call(run: (client: Running, moment: Moment) => void): void {
    guarded(() => {
      const moment = momentNow();
      if (running) return run(running, moment);
      early.push(() => running && run(running, moment));
      if (early.length > pageWaitingCallsMax && early.shift()) reportOverflow();
    });
  }

  const consentOf = (state: State, { settings }: Running): TrackingConsent => state.consent ?? settings.trackingConsent;

  /** Remembers what `next` makes of the state: across pages once consent is given, until then in this page alone. */
  function change({ now }: Moment, client: Running, next: (state: State) => State): State {
    const state = next(client.states.read(now));
    client.states.write(state, consentOf(state, client) === 'granted');
    return state;
  }

  function submit<R extends Route>(
    client: Running,
    moment: Moment,
    state: State,
    route: R,
    payloadOf: (context: Context) => PayloadByRoute[R],
  ): void {
    const fate = fateOf[consentOf(state, client)];
    if (fate === 'drop') return;
    // Made into text at once: what the page does to its objects afterwards changes nothing.
    const made: Call = { route, body: jsonOf(payloadOf({ settings: client.settings, state, moment })) };
    if (fate === 'send') release(client, moment.now);
    if (!(fate === 'send' ? client.outbox : held).add(made, moment.now)) reportOverflow();
    if (fate === 'send') client.sender.wake(route === 'track' ? client.settings.flushIntervalMs : 0);
  }

  function reportOverflow(): void {
    report(new OnymError('queue-full', 'Too many calls wait: the oldest is lost.'));
  }

  /** Calls that waited for the user's answer go where all calls wait. */
  function release(client: Running, now: number): void {
    const calls = held.list();
    held.remove(calls);
    for (const one of calls) client.outbox.add(one, now);
    if (calls[0]) client.sender.wake(0);
  }

  function track(client: Running, moment: Moment, event: string, properties?: Properties, options?: CallOptions): void {
    if (typeof event !== 'string' || !event) {
      throw new OnymError('invalid-payload', 'track needs an event.');
    }
    const state = change(moment, client, (before) => ({ ...before, ...sessionAt(before, moment.now, platform.uuid) }));
    submit(client, moment, state, 'track', (context) =>
      trackPayload(context, platform.uuid(), event, properties, options),
    );
  }

  function page(client: Running, moment: Moment, url = '', properties?: Properties): void {
    const { href } = new URL(url || moment.place!.url, moment.place?.url);
    track(client, moment, pageViewEvent, { ...pageViewProperties(href, moment.place), ...properties });
  }

  function identify(
    client: Running,
    moment: Moment,
    state: State,
    traits?: Properties,
    options?: IdentifyOptions,
  ): void {
    submit(client, moment, state, 'identify', (context) => identifyPayload(context, traits, options));
  }

  const resetState = (state: State, now: number, options?: ResetOptions): State => ({
    ...state,
    ...freshIdentity(platform.uuid, options?.resetDeviceId ? undefined : state.deviceId),
    ...freshSession(platform.uuid, now),
  });

  /** What an identify makes of whom it finds: the user who is there already, nobody yet, or somebody else. */
  function become(state: State, userId: string, now: number): State {
    if (state.distinctId === userId) return state;
    if (!isIdentified(state)) return identified(state, userId);
    report(
      new OnymError('identity-switched', `${userId} was identified after ${state.distinctId}: call reset at logout.`),
    );
    return identified(resetState(state, now), userId);
  }

  const fateNow = (client: Running) => fateOf[consentOf(client.states.read(platform.now()), client)];

  /** What waits goes, stays or is forgotten, as the user has answered, here or in another tab. */
  function settle(client: Running): void {
    const fate = fateNow(client);
    if (fate === 'send') release(client, platform.now());
    if (fate !== 'drop') return;
    for (const { list, remove } of [held, client.outbox]) remove(list());
  }

  /** A page view, if this URL has not had one. */
  function look(client: Running): void {
    const { now, place } = momentNow();
    if (!client.settings.autoPageViews || place === null || place.url === lastUrl) return;
    // Within a page, the page before is where the visitor comes from.
    const referrer = lastUrl ?? place.referrer;
    lastUrl = place.url;
    page(client, { now, place: { ...place, referrer } });
  }

  function start(apiKey: string, options: BrowserOptions): () => void {
    // Where pages are made on a server: one client would be all visitors at once.
    if (!platform.place()) return () => {};
    if (running) throw new OnymError('invalid-options', 'init was called before: use configure.');
    if (typeof apiKey !== 'string' || !apiKey || typeof options?.baseUrl !== 'string') {
      throw new OnymError('invalid-options', 'init needs a key and baseUrl.');
    }
    if (apiKey.startsWith('sk_')) {
      throw new OnymError('invalid-options', 'This key is secret: use a publishable one.');
    }
    const settings = settingsOf(options);
    checkConsent(settings.trackingConsent);
    const name = `onym.${apiKey}.${settings.environment}`;
    const base = baseOf(settings.baseUrl);
    const sender = createSender(platform, {
      name,
      waiting: () => (fateNow(client) === 'send' ? client.outbox.list() : []),
      done: (calls) => client.outbox.remove(calls),
      urlOf: (route) => `${base}/${route}?apiKey=${encodeURIComponent(apiKey)}`,
      requestTimeoutMs: settings.requestTimeoutMs,
      onError: (error) => report(error, client.settings),
      onOutcome({ route, body }, outcome) {
        const { onVerdict } = client.settings;
        if ('error' in outcome) return report(outcome.error, client.settings);
        if (onVerdict) guarded(() => onVerdict({ route, payload: JSON.parse(body) }, outcome.answer));
      },
    });
    const isSame = ended?.name === name && ended.settings.persistence === settings.persistence;
    const client: Running = {
      ...(isSame ? ended! : keepingOf(name, settings.persistence)),
      name,
      settings,
      sender,
      ends: [],
    };
    // What was kept for another key or environment is not for this one.
    if (ended?.name !== name) {
      held.remove(held.list());
      lastUrl = null;
    }
    running = client;
    // Now, so that tabs opened next are the same browser.
    change(momentNow(), client, (state) => state);

    const listeners: Record<PlatformEvent, () => void> = {
      hide: () => sender.wake(0),
      leave: () => sender.leave(),
      online: () => void sender.flush(),
      storage: () => settle(client),
      navigate: () => look(client),
    };
    for (const [event, listener] of Object.entries(listeners)) {
      client.ends.push(platform.on(event as PlatformEvent, () => guarded(listener)));
    }

    const waited = early;
    early = [];
    for (const run of waited) guarded(run);
    guarded(() => look(client));
    // What an earlier page could not send.
    settle(client);
    sender.wake(settings.flushIntervalMs);
    return () => end(client);
  }

  function end(client: Running): void {
    if (running !== client) return;
    for (const stop of client.ends) stop();
    void client.sender.flush().then(client.sender.stop);
    running = null;
    ended = client;
  }

  function checkConsent(consent: TrackingConsent): void {
    if (consent in fateOf) return;
    throw new OnymError('invalid-options', `trackingConsent is ${Object.keys(fateOf).join(', ')}.`);
  }

  function configure(client: Running, moment: Moment, changes: Changes): void {
    const before = client.settings;
    const { trackingConsent, ...rest } = given(changes);
    client.settings = { ...before, ...rest };
    if (rest.persistence && rest.persistence !== before.persistence) move(client, moment, rest.persistence);
    if (trackingConsent !== undefined) {
      checkConsent(trackingConsent);
      change(moment, client, (state) => ({ ...state, consent: trackingConsent }));
      settle(client);
    }
    look(client);
  }

  /** Takes along what the stores hold. Old before new: both may be the same place. */
  function move(client: Running, moment: Moment, persistence: Settings['persistence']): void {
    const { name, outbox, stores, states } = client;
    const state = states.read(moment.now);
    const calls = outbox.list();
    outbox.remove(calls);
    stores.state.remove(name);
    Object.assign(client, keepingOf(name, persistence));
    for (const one of calls) client.outbox.add(one, moment.now, one.key);
    change(moment, client, () => state);
  }

  /** Where a client keeps its state and its calls. */
  function keepingOf(name: string, persistence: Settings['persistence']) {
    const stores = openStores(platform, persistence);
    return {
      stores,
      states: createStateStore(stores.state, name, platform.uuid),
      outbox: createOutbox(stores.calls, `${name}.call.`, platform.uuid()),
    };
  }

  const read = <Value>(pick: (state: State, client: Running) => Value): Value | null =>
    guarded(() => (running ? pick(running.states.read(platform.now()), running) : null), null);

  return {
    init: (apiKey, options) =>
      guarded(
        () => start(apiKey, options),
        () => {},
        options,
      ),
    track: (...args) => call((client, moment) => track(client, moment, ...args)),
    page: (...args) => call((client, moment) => page(client, moment, ...args)),
    identify: (userId, ...args) =>
      call((client, moment) => {
        const id = requireDistinctId(userId, 'userId');
        // This browser would keep it as its user, and take the real one for somebody else.
        if (anonymousPrefix.test(id)) throw new OnymError('invalid-distinct-id', 'userId is an anonymous id.');
        const state = change(moment, client, (before) => become(before, id, moment.now));
        identify(client, moment, state, ...args);
      }),
    alias: (newId, options) =>
      call((client, moment) => {
        const id = requireDistinctId(newId, 'newId');
        const state = client.states.read(moment.now);
        submit(client, moment, state, 'alias', (context) => aliasPayload(context, id, options));
      }),
    updateTraits: (...args) =>
      call((client, moment) => {
        const state = client.states.read(moment.now);
        if (!isIdentified(state)) {
          throw new OnymError('not-identified', 'updateTraits needs a user: identify first.');
        }
        identify(client, moment, state, ...args);
      }),
    reset: (options) =>
      call((client, moment) => {
        change(moment, client, (state) => resetState(state, moment.now, options));
      }),
    configure: (changes) => call((client, moment) => configure(client, moment, changes)),
    flush: async () => running?.sender.flush(),
    getDistinctId: () => read((state) => state.distinctId),
    getAnonymousId: () => read((state) => state.anonymousId),
    getDeviceId: () => read((state) => state.deviceId),
    getSessionId: () => read((state) => state.sessionId),
    getTrackingConsent: () => read(consentOf),
  };
}
