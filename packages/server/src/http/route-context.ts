import type { Millis } from '@onym/core';
import type { KeyStore } from '../keys/types.ts';
import type { HttpMetrics } from './metrics.ts';
import type { RateLimits } from './rate-limits.ts';
import type { Services } from './services.ts';

/** What every group of routes is made with. The clock and the ids are arguments. */
export interface RouteContext {
  readonly services: Services;
  readonly keys: KeyStore;
  readonly metrics: HttpMetrics;
  readonly rates: RateLimits;
  readonly now: () => Millis;
  readonly newUuid: () => string;
  /** Silence after which a live stream sends a comment, so that proxies keep it open. */
  readonly heartbeatIntervalMs: number;
  /** Aborted when the server begins to stop: live streams end then. */
  readonly stopping: AbortSignal;
}
