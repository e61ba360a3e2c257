import type { Millis } from '@onym/core';
import type { KeyStore } from '../keys/types.ts';
import type { LiveStreams } from './live-streams.ts';
import type { HttpMetrics } from './metrics.ts';
import type { Services } from './services.ts';

/** What every group of routes is made with. The clock and the ids are arguments. */
export interface RouteContext {
  readonly services: Services;
  readonly keys: KeyStore;
  readonly metrics: HttpMetrics;
  readonly now: () => Millis;
  readonly newUuid: () => string;
  readonly live: LiveStreams;
}
