import { createContext, createElement, type ReactNode, useContext, useEffect, useRef } from 'react';
import type { BrowserClient } from '../browser/client.ts';
import { onym } from '../browser/onym.ts';
import type { BrowserOptions } from '../browser/options.ts';

const ClientContext = createContext<BrowserClient>(onym);

export interface OnymProviderProps {
  /** A publishable key (`pk_…`). */
  readonly apiKey: string;
  /**
   * As `init` takes them. Another `baseUrl` or `environment` starts anew, the intervals hold from the start, and every other change is
   * configured; of `trackingConsent` that means: its first value is the default, a later one the user's answer.
   */
  readonly options: BrowserOptions;
  /** Default: the page's own client, `onym`. */
  readonly client?: BrowserClient;
  readonly children?: ReactNode;
}

/**
 * Starts the client once mounted, and ends it when unmounted. Effects of its children run before that: their calls wait for it, and it has
 * no ids to tell yet.
 */
export function OnymProvider({ apiKey, options, client = onym, children }: OnymProviderProps): ReactNode {
  const { baseUrl, environment, trackingConsent, autoPageViews, persistence, release, onError, onVerdict } = options;
  const consent = useRef(trackingConsent);
  // Not in a layout effect: those are undone while a Suspense boundary around the provider waits, and that is no end.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what else changes is configured below
  useEffect(() => start(client, apiKey, options), [client, apiKey, baseUrl, environment]);
  useEffect(
    () => client.configure({ autoPageViews, persistence, release, onError, onVerdict }),
    [client, autoPageViews, persistence, release, onError, onVerdict],
  );
  useEffect(() => {
    if (trackingConsent === consent.current) return;
    consent.current = trackingConsent;
    client.configure({ trackingConsent });
  }, [client, trackingConsent]);
  return createElement(ClientContext.Provider, { value: client }, children);
}

/** The client of the nearest provider, or the page's own. */
export function useOnym(): BrowserClient {
  return useContext(ClientContext);
}

/** Clients whose provider is gone, until the end of the task. */
const leaving = new WeakMap<BrowserClient, Started>();

interface Started {
  /** What a client can't change while it runs. */
  readonly name: string;
  readonly end: () => void;
}

/**
 * Returns what ends it, unless it is started again before the task is over: in development React mounts everything twice (StrictMode, Fast
 * Refresh), and a client that only the page remembers (no consent yet, persistence `memory`) would come back as another visitor.
 */
function start(client: BrowserClient, apiKey: string, options: BrowserOptions): () => void {
  const name = JSON.stringify([apiKey, options.baseUrl, options.environment]);
  const before = leaving.get(client);
  leaving.delete(client);
  if (before?.name !== name) before?.end();
  const started = before?.name === name ? before : { name, end: client.init(apiKey, options) };
  return () => {
    leaving.set(client, started);
    queueMicrotask(() => {
      if (leaving.get(client) !== started) return;
      leaving.delete(client);
      started.end();
    });
  };
}
