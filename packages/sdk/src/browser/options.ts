import type { OnError } from '../delivery.ts';
import { type Given, given } from '../given.ts';
import type { Route, WireAnswer } from '../wire.ts';
import type { TrackingConsent } from './consent.ts';
import type { Persistence } from './storage.ts';

export interface BrowserOptions {
  /** Address of the Onym server, such as `https://onym.example.com`. */
  readonly baseUrl: string;
  /** Default `production`. */
  readonly environment?: string | undefined;
  /** Whether calls may be sent, unless the user has answered before (`configure`). Default `granted`. */
  readonly trackingConsent?: TrackingConsent | undefined;
  /** Default `localStorage+cookie`; where a browser refuses it, the next that works. */
  readonly persistence?: Persistence | undefined;
  /** Tracks `$pageview` at the start and whenever the URL changes. Default true. */
  readonly autoPageViews?: boolean | undefined;
  /** Version of your application, sent with each event as `$release`. */
  readonly release?: string | undefined;
  /** Hears of everything that went wrong; nothing is ever thrown into the page. Default: a console warning. */
  readonly onError?: OnError | undefined;
  /** Hears the verdict of each call, `refused` and `held` with their reason. */
  readonly onVerdict?: ((call: SentCall, answer: WireAnswer) => void) | undefined;
  /** How long events wait for others to travel with; identify and alias never do. Default 1,000. */
  readonly flushIntervalMs?: number | undefined;
  /** Default 10,000. */
  readonly requestTimeoutMs?: number | undefined;
}

/** What `configure` may change while running. */
export type Changes = {
  readonly [Name in Exclude<keyof BrowserOptions, 'baseUrl' | 'environment' | 'flushIntervalMs' | 'requestTimeoutMs'>]?:
    | BrowserOptions[Name]
    | undefined;
};

export interface SentCall {
  readonly route: Route;
  /** As it was sent, but for integers beyond 2^53: here they are the nearest number. */
  readonly payload: Readonly<Record<string, unknown>>;
}

type Optional = 'release' | 'onError' | 'onVerdict';

export type Settings = Given<Required<Omit<BrowserOptions, Optional>>> & Pick<BrowserOptions, Optional>;

export function settingsOf(options: BrowserOptions): Settings {
  return {
    environment: 'production',
    trackingConsent: 'granted',
    persistence: 'localStorage+cookie',
    autoPageViews: true,
    flushIntervalMs: 1_000,
    requestTimeoutMs: 10_000,
    ...given(options),
  };
}
