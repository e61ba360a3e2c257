import type { KeyValueStore, Place, Platform, PlatformEvent } from '../browser/platform.ts';
import { uuid } from '../uuid.ts';

/** What is not to come from the machine, for tests that set their own time, ids and network. */
export interface SimulatedBrowserOptions
  extends Partial<Pick<Platform, 'now' | 'random' | 'uuid' | 'setTimer' | 'fetch'>> {
  /** Kinds of storage that the browser refuses. */
  readonly refuses?: readonly Parameters<Platform['store']>[0][];
  /** False: no tab waits for another, as where the Web Locks API is missing. Default true. */
  readonly locks?: boolean;
}

export interface SimulatedPage {
  /** For `createOnym`. */
  readonly platform: Platform;
  /** The page moves on without loading anew. */
  go(url: string): void;
  /** Its tab goes into the background. */
  hide(): void;
  /** It is closed: what was on its way is cut off, and what comes after is not heard. */
  close(): void;
}

/** A browser that is not there: tabs of one origin that share storage, cookies and locks, for the real client to run in. */
export interface SimulatedBrowser {
  open(url: string, referrer?: string | null): SimulatedPage;
  /** The network is gone, or back. */
  setOnline(online: boolean): void;
  /** What a page keeps in it. */
  readonly localStorage: KeyValueStore & Required<Pick<KeyValueStore, 'keys'>>;
}

interface OpenPage {
  readonly listeners: Map<PlatformEvent, Set<() => void>>;
}

export function simulatedBrowser(options: SimulatedBrowserOptions = {}): SimulatedBrowser {
  const { refuses = [], locks = true } = options;
  const pages = new Set<OpenPage>();
  const local = new Map<string, string>();
  const cookies = new Map<string, string>();
  const turns = new Map<string, Promise<void>>();
  let isOnline = true;

  function tell(page: OpenPage, event: PlatformEvent): void {
    for (const listener of page.listeners.get(event) ?? []) listener();
  }

  /** As browsers do: the tab that wrote hears nothing of it. */
  function tellOthers(writer: OpenPage): void {
    for (const page of pages) if (page !== writer) tell(page, 'storage');
  }

  function storeOf(values: Map<string, string>, onWrite = () => {}): SimulatedBrowser['localStorage'] {
    return {
      get: (key) => values.get(key) ?? null,
      set(key, value) {
        values.set(key, value);
        onWrite();
      },
      remove(key) {
        if (values.delete(key)) onWrite();
      },
      keys: () => [...values.keys()],
    };
  }

  async function inTurn(name: string, task: () => Promise<void>): Promise<void> {
    if (!locks) return task();
    const turn = (turns.get(name) ?? Promise.resolve()).then(task);
    turns.set(
      name,
      turn.catch(() => {}),
    );
    return turn;
  }

  function open(url: string, referrer: string | null = null): SimulatedPage {
    const page: OpenPage = { listeners: new Map() };
    const session = new Map<string, string>();
    const gone = new AbortController();
    let place: Place = { url, referrer, viewport: '1280x720' };
    pages.add(page);

    const send: typeof fetch = (input, init) => {
      if (!isOnline) return Promise.reject(new TypeError('Failed to fetch'));
      return (options.fetch ?? fetch)(input, init);
    };
    const whileOpen: typeof fetch = (input, init) => {
      const signals = [gone.signal, ...(init?.signal ? [init.signal] : [])];
      return send(input, { ...init, signal: AbortSignal.any(signals) });
    };
    const setTimer = options.setTimer ?? realTimer;

    const platform: Platform = {
      now: options.now ?? Date.now,
      random: options.random ?? Math.random,
      uuid: options.uuid ?? uuid,
      setTimer: (delayMs, run) => setTimer(delayMs, () => gone.signal.aborted || run()),
      fetch: whileOpen,
      beacon(to, body) {
        if (!isOnline) return false;
        send(to, { method: 'POST', headers: { 'content-type': 'text/plain' }, body }).catch(() => {});
        return true;
      },
      store(kind) {
        if (refuses.includes(kind)) throw new Error(`${kind} is turned off`);
        if (kind === 'localStorage') return storeOf(local, () => tellOthers(page));
        if (kind === 'sessionStorage') return storeOf(session);
        const { get, set, remove } = storeOf(cookies);
        return { get, set, remove };
      },
      exclusively: inTurn,
      place: () => place,
      on(event, listener) {
        const listeners = page.listeners.get(event) ?? new Set();
        page.listeners.set(event, listeners.add(listener));
        return () => listeners.delete(listener);
      },
    };

    return {
      platform,
      go(to) {
        place = { ...place, url: new URL(to, place.url).href };
        tell(page, 'navigate');
      },
      hide: () => tell(page, 'hide'),
      close() {
        tell(page, 'hide');
        tell(page, 'leave');
        pages.delete(page);
        page.listeners.clear();
        gone.abort();
      },
    };
  }

  return {
    open,
    setOnline(online) {
      isOnline = online;
      if (online) for (const page of pages) tell(page, 'online');
    },
    localStorage: storeOf(local),
  };
}

function realTimer(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
}
