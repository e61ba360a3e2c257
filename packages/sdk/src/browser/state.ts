import { lastEventAtStepMs } from '../limits.ts';
import type { TrackingConsent } from './consent.ts';
import { freshIdentity, type Identity } from './identity.ts';
import type { KeyValueStore } from './platform.ts';
import { freshSession, type Session } from './session.ts';

/** What a browser remembers from page to page and tab to tab. */
export interface State extends Identity, Session {
  /** The user's own answer; null where none was given, and the option of `init` holds. */
  readonly consent: TrackingConsent | null;
}

export interface StateStore {
  /** Read afresh each time: another tab may have identified, reset or consented since. */
  read(now: number): State;
  /** `keepIds` false: only the consent is written, and ids that were stored are forgotten. */
  write(state: State, keepIds: boolean): void;
}

export function createStateStore(store: KeyValueStore, key: string, uuid: () => string): StateStore {
  // What this page knows where the store can't hold it.
  let own: State | null = null;

  function stored(): Partial<State> {
    try {
      return JSON.parse(store.get(key) ?? 'null') ?? {};
    } catch {
      return {};
    }
  }

  return {
    read(now) {
      own ??= { ...freshIdentity(uuid), ...freshSession(uuid, now), consent: null };
      const { consent = own.consent, ...ids } = stored();
      own = { ...own, ...(typeof ids.distinctId === 'string' && ids), consent };
      return own;
    },
    write(state, keepIds) {
      own = state;
      const next = keepIds ? state : { consent: state.consent };
      if (comparable(next) === comparable(stored())) return;
      try {
        store.set(key, JSON.stringify(next));
      } catch {
        // This page goes on with what it knows.
      }
    },
  };
}

function comparable(state: Partial<State>): string {
  return JSON.stringify({
    consent: null,
    ...state,
    lastEventAt: Math.floor((state.lastEventAt ?? 0) / lastEventAtStepMs),
  });
}
