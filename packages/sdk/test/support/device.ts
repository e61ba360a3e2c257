import {
  type BrowserClient,
  type BrowserOptions,
  createOnym,
  type OnymError,
  type SentCall,
  type WireAnswer,
} from '@onym/sdk';
import {
  type SimulatedBrowser,
  type SimulatedBrowserOptions,
  type SimulatedPage,
  simulatedBrowser,
} from '@onym/sdk/testing';
import { type Clock, manualClock } from './clock.ts';
import { type FakeServer, fakeServer } from './fake-server.ts';

/** One browser with one page, its clock and its server. */
export interface Device {
  readonly client: BrowserClient;
  readonly page: SimulatedPage;
  readonly browser: SimulatedBrowser;
  readonly clock: Clock;
  readonly server: FakeServer;
  /** What `onError` heard. */
  readonly errors: OnymError[];
  readonly verdicts: { readonly call: SentCall; readonly answer: WireAnswer }[];
  /** `init` with what most tests want: no page views by themselves. */
  init(options?: Partial<BrowserOptions>): () => void;
  /** Another page of the same browser. */
  tab(url?: string): Device;
  /** Routes and event names of what the server accepted, in order. */
  accepted(): string[];
}

export const apiKey = 'pk_test_12345';
export const baseUrl = 'https://onym.example';
export const homeUrl = 'https://shop.example/';

export function device(options: Omit<SimulatedBrowserOptions, 'now' | 'setTimer' | 'fetch'> = {}): Device {
  const clock = manualClock();
  const server = fakeServer();
  let count = 0;
  // Ids that a reader of a failure can tell apart.
  const uuid = () => `00000000-0000-4000-a000-${String(++count).padStart(12, '0')}`;
  const browser = simulatedBrowser({ uuid, random: () => 0.5, ...clock, fetch: server.fetch, ...options });

  function tab(url = homeUrl): Device {
    const page = browser.open(url);
    const client = createOnym(page.platform);
    const errors: OnymError[] = [];
    const verdicts: { call: SentCall; answer: WireAnswer }[] = [];
    return {
      client,
      page,
      browser,
      clock,
      server,
      errors,
      verdicts,
      tab,
      init: (more) =>
        client.init(apiKey, {
          baseUrl,
          autoPageViews: false,
          onError: (error) => void errors.push(error),
          onVerdict: (call, answer) => void verdicts.push({ call, answer }),
          ...more,
        }),
      accepted: () => server.accepted.map(({ route, payload }) => (route === 'track' ? payload.event : route)),
    };
  }
  return tab();
}
