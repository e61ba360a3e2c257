import type { OnError } from '../delivery.ts';
import { given } from '../given.ts';

export interface NodeOptions {
  /** A secret key (`sk_…`) may do what its scopes say, everything by default; a publishable one may track, identify and alias. */
  readonly apiKey: string | undefined;
  /** Address of the Onym server. Default `http://127.0.0.1:7700`. */
  readonly baseUrl?: string | undefined;
  /** Default `production`. */
  readonly environment?: string | undefined;
  /**
   * Sends calls in arrays, in the order they were made, in the background; what waits when the process ends of itself is sent before.
   * Default false: each call is a request.
   */
  readonly batching?: boolean;
  /** Batching: how long a call waits for others to travel with. Default 1,000. */
  readonly flushIntervalMs?: number;
  /** Batching: calls of one request, at most 1,000. Default 100. */
  readonly batchItemsMax?: number;
  /** Batching: calls that may wait; more are rejected with `queue-full`. Default 10,000. */
  readonly waitingCallsMax?: number;
  /** Default 10,000. */
  readonly requestTimeoutMs?: number;
  /** How often a request is sent again that had no answer, or 408, 429 or 5xx. Default 3. */
  readonly retriesMax?: number;
  /** Batching: hears of each call that failed, besides its own promise. Default: a console warning. */
  readonly onError?: OnError;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
}

export type NodeSettings = { readonly [Name in keyof NodeOptions]-?: Exclude<NodeOptions[Name], undefined> };

export function nodeSettingsOf(options: NodeOptions): NodeSettings {
  return {
    baseUrl: 'http://127.0.0.1:7700',
    environment: 'production',
    batching: false,
    flushIntervalMs: 1_000,
    batchItemsMax: 100,
    waitingCallsMax: 10_000,
    requestTimeoutMs: 10_000,
    retriesMax: 3,
    onError: (error) => console.warn(`[onym] ${error.message}`),
    fetch: (input, init) => fetch(input, init),
    ...given(options),
  } as NodeSettings;
}
