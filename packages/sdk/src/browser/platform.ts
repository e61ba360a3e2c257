import { cookieMaxAgeSeconds, navigationPollMs } from '../limits.ts';
import { uuid } from '../uuid.ts';

/** A flat store of texts. Any method may throw, as a browser's do when the user has turned storage off or it is full. */
export interface KeyValueStore {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  /** Cookies have none: they are too small to hold more than the state. */
  keys?(): string[];
}

/** Where a page is. */
export interface Place {
  readonly url: string;
  readonly referrer: string | null;
  /** `<width>x<height>`, CSS pixels. */
  readonly viewport: string;
}

/** `hide`: the page may not come back. `leave`: it goes now. `navigate`: its URL may have changed. `storage`: another tab wrote. */
export type PlatformEvent = 'hide' | 'leave' | 'online' | 'navigate' | 'storage';

/** All that the browser client needs of the world, so that it also runs where there is no browser: in tests and demonstrations. */
export interface Platform {
  now(): number;
  /** From 0 up to 1. */
  random(): number;
  uuid(): string;
  /** Returns what cancels it. */
  setTimer(delayMs: number, run: () => void): () => void;
  fetch: typeof fetch;
  /** Sends without an answer, even while the page goes. */
  beacon(url: string, body: string): void;
  /** Null, or throws, where there is none. */
  store(kind: 'localStorage' | 'sessionStorage' | 'cookie'): KeyValueStore | null;
  /** Runs `task` while no other tab runs one under the same name. */
  exclusively(name: string, task: () => Promise<void>, waitMaxMs: number): Promise<void>;
  /** Null outside a page. */
  place(): Place | null;
  /** Returns what ends it. */
  on(event: PlatformEvent, listener: () => void): () => void;
}

/** The page this runs in. Touches nothing until it is used, so that it may be made where there is no page. */
export function browserPlatform(): Platform {
  return {
    now: Date.now,
    random: Math.random,
    uuid,
    setTimer(delayMs, run) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
    fetch: (input, init) => fetch(input, init),
    // A text is sent as text/plain, which needs no preflight; a page that goes has no time for one.
    beacon: (url, body) => navigator.sendBeacon?.(url, body),
    store: (kind) => (kind === 'cookie' ? cookieStore() : webStore(window[kind])),
    exclusively,
    place() {
      if (typeof document === 'undefined') return null;
      return {
        url: location.href,
        referrer: document.referrer || null,
        viewport: `${innerWidth}x${innerHeight}`,
      };
    },
    on: (event, listener) => listenTo[event](listener),
  };
}

function webStore(storage: Storage): KeyValueStore {
  return {
    get: (key) => storage.getItem(key),
    set: (key, value) => storage.setItem(key, value),
    remove: (key) => storage.removeItem(key),
    keys: () => Object.keys(storage),
  };
}

function cookieStore(): KeyValueStore {
  const write = (key: string, value: string, maxAgeSeconds: number) => {
    const secure = location.protocol === 'https:' ? '; Secure' : '';
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous, and missing in half of the browsers
    document.cookie = `${encodeURIComponent(key)}=${encodeURIComponent(value)}; Max-Age=${maxAgeSeconds}; Path=/; SameSite=Lax${secure}`;
  };
  return {
    get(key) {
      const prefix = `${encodeURIComponent(key)}=`;
      const pair = document.cookie.split('; ').find((text) => text.startsWith(prefix));
      return pair === undefined ? null : decodeURIComponent(pair.slice(prefix.length));
    },
    set: (key, value) => write(key, value, cookieMaxAgeSeconds),
    remove: (key) => write(key, '', 0),
  };
}

/** Without the Web Locks API tabs may send the same call at the same time; its uuid or timestamp makes it count once. */
async function exclusively(name: string, task: () => Promise<void>, waitMaxMs: number): Promise<void> {
  let begun = false;
  const run = () => {
    begun = true;
    return task();
  };
  try {
    await navigator.locks.request(name, { signal: AbortSignal.timeout(waitMaxMs) }, run);
  } catch {
    // No locks here; or a tab that the browser has put to sleep holds this one for ever.
    if (!begun) await task();
  }
}

const listenTo: Record<PlatformEvent, (listener: () => void) => () => void> = {
  hide: (listener) =>
    listen(document, 'visibilitychange', () => {
      if (document.hidden) listener();
    }),
  // Not `unload`: it keeps pages out of the back/forward cache, and phones do not send it.
  leave: (listener) => listen(window, 'pagehide', listener),
  online: (listener) => listen(window, 'online', listener),
  storage: (listener) => listen(window, 'storage', listener),
  navigate(listener) {
    const { navigation } = window as { navigation?: EventTarget };
    if (navigation) return listen(navigation, 'currententrychange', listener);
    const timer = setInterval(listener, navigationPollMs);
    return () => clearInterval(timer);
  },
};

function listen(target: EventTarget, type: string, listener: () => void): () => void {
  target.addEventListener(type, listener);
  return () => target.removeEventListener(type, listener);
}
