import type { Millis } from '@onym/core';
import type { Sessions } from '../keys/sessions.ts';
import type { KeyStore } from '../keys/types.ts';
import type { LiveStreams } from './live-streams.ts';
import type { HttpMetrics } from './metrics.ts';
import type { RateLimits } from './rate-limits.ts';
import type { Services } from './services.ts';

/** What every group of routes is made with. The clock and the ids are arguments. */
export interface RouteContext {
  readonly services: Services;
  readonly keys: KeyStore;
  readonly sessions: Sessions;
  readonly metrics: HttpMetrics;
  readonly rates: RateLimits;
  readonly now: () => Millis;
  readonly newUuid: () => string;
  readonly live: LiveStreams;
  /** Aborted when the server begins to stop: what would go on for long ends then. */
  readonly stopping: AbortSignal;
}
