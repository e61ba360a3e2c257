import { createContext, createElement, type ReactNode, useContext, useEffect } from 'react';
import type { BrowserClient } from '../browser/client.ts';
import { onym } from '../browser/onym.ts';
import type { BrowserOptions } from '../browser/options.ts';

const ClientContext = createContext<BrowserClient>(onym);

export interface OnymProviderProps {
  /** A publishable key (`pk_…`). */
  readonly apiKey: string;
  /** As `init` takes them. A change of `baseUrl` or `environment` starts anew; other changes are configured. */
  readonly options: BrowserOptions;
  /** Default: the page's own client, `onym`. */
  readonly client?: BrowserClient;
  readonly children?: ReactNode;
}

/** Starts the client when mounted and ends it when unmounted. Calls that children make earlier wait for it. */
export function OnymProvider({ apiKey, options, client = onym, children }: OnymProviderProps): ReactNode {
  const { baseUrl, environment, autoPageViews, persistence, release, onError, onVerdict } = options;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what else changes is configured below
  useEffect(() => client.init(apiKey, options), [client, apiKey, baseUrl, environment]);
  useEffect(
    () => client.configure({ autoPageViews, persistence, release, onError, onVerdict }),
    [client, autoPageViews, persistence, release, onError, onVerdict],
  );
  return createElement(ClientContext.Provider, { value: client }, children);
}

/** The client of the nearest provider, or the page's own. */
export function useOnym(): BrowserClient {
  return useContext(ClientContext);
}
