import { limits } from '../../limits.ts';
import { type ShopCall, shopCalls } from './shop-data.ts';

export interface LoadOptions {
  readonly url: string;
  readonly secretKey: string;
  readonly events: number;
  readonly signal: AbortSignal;
  /** Told now and then how many events were sent. */
  progress(sent: number): void;
}

/** Requests with events under way at a time. */
const trackRequestsMax = 4;

/**
 * Sends the shop's calls as applications do, in arrays: identities one array after the other, so that the ledger is the same each time,
 * and events beside them, whose order is of no matter. Throws once `signal` is aborted.
 */
export async function loadShop({ url, secretKey, events, signal, progress }: LoadOptions): Promise<void> {
  const waiting: Record<ShopCall['route'], object[]> = { track: [], identify: [], alias: [] };
  const tracking = new Set<Promise<void>>();
  let sent = 0;

  async function post(route: ShopCall['route']): Promise<void> {
    const items = waiting[route].splice(0);
    if (items.length === 0) return;
    const response = await fetch(`${url}/${route}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(items),
      signal,
    });
    const answer = (await response.json()) as { accepted?: number; message?: string };
    if (answer.accepted !== items.length) throw new Error(`The server did not take all calls: ${answer.message ?? ''}`);
  }

  async function track(): Promise<void> {
    const { length } = waiting.track;
    while (tracking.size >= trackRequestsMax) await Promise.race(tracking);
    const request: Promise<void> = post('track').finally(() => tracking.delete(request));
    tracking.add(request);
    sent += length;
    progress(sent);
  }

  /** An alias names people that identify has made known. */
  async function identities(): Promise<void> {
    await post('identify');
    await post('alias');
  }

  for (const { route, item } of shopCalls(events)) {
    waiting[route].push(item);
    if (waiting[route].length < limits.itemsPerRequestMax) continue;
    if (route === 'track') await track();
    else await identities();
  }
  await track();
  await identities();
  await Promise.all(tracking);
}
