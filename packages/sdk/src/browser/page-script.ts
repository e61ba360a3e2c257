import { type BrowserClient, createOnym } from './client.ts';
import { browserPlatform } from './platform.ts';

/** A call that the page made before this script was there: what, with which arguments, when and where. */
type Waiting = [name: keyof BrowserClient, given: never[], now: number, url: string];

declare global {
  interface Window {
    onym?: Partial<BrowserClient> & { q?: Waiting[] };
  }
}

/** What `/onym.js` runs: the page's client takes the place of the snippet that queued calls (docs/sdk.md), and makes them as of their moment. */
const waiting = window.onym ? window.onym.q : [];
// A second copy of the script leaves the first one's client alone.
if (waiting) {
  const platform = browserPlatform();
  const client: BrowserClient = createOnym(platform);
  window.onym = client;
  for (const [name, given, now, url] of waiting) {
    platform.now = () => now;
    platform.place = () => ({ ...browserPlatform().place()!, url });
    (client[name] as (...given: never[]) => void)(...given);
  }
  Object.assign(platform, browserPlatform());
}
