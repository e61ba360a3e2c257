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
  useEffect(() => client.init(apiKey, options), [client, apiKey, baseUrl, environment]);
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
