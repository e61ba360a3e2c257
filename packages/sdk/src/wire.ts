/** What travels, as docs/http.md says it. Field names are the server's. */

export type Route = 'track' | 'identify' | 'alias';

/**
 * Any JSON object, an interface's too; values that JSON cannot hold are left out when it is sent. A bigint is sent as its digits; read,
 * an integer beyond 2^53 is a bigint.
 */
// biome-ignore lint/suspicious/noExplicitAny: with unknown, TypeScript takes no value of an interface type
export type Properties = Record<string, any>;

/** When something happened: a Date, ISO 8601, or a number of seconds (below 1e11) or milliseconds since 1970. */
export type Timestamp = Date | string | number;

interface CommonPayload {
  readonly environment: string;
  /** A Date becomes ISO 8601 as JSON. */
  readonly timestamp: Timestamp;
  readonly batch?: string;
}

interface WithLibrary {
  readonly context: { readonly library: { readonly name: string; readonly version: string } };
}

export interface TrackPayload extends CommonPayload {
  /** Names the event: sent again, it is counted once. */
  readonly uuid: string;
  readonly event: string;
  readonly distinct_id?: string;
  readonly anonymous_id?: string | null;
  readonly device_id?: string;
  readonly session_id?: string;
  readonly properties: Properties;
}

export interface IdentifyPayload extends CommonPayload, WithLibrary {
  readonly distinct_id: string;
  readonly anonymous_id?: string | null;
  readonly device_id?: string;
  readonly traits?: Properties;
  readonly traits_once?: Properties;
}

export interface AliasPayload extends CommonPayload, WithLibrary {
  readonly distinct_id: string;
  readonly alias_id: string;
  readonly anonymous_id?: string | null;
  readonly device_id?: string;
}

export interface PayloadByRoute {
  track: TrackPayload;
  identify: IdentifyPayload;
  alias: AliasPayload;
}

export type Verdict = 'applied' | 'unchanged' | 'refused' | 'held';

/** One call's answer as it travels. A publishable key sees no more than verdict, reason and seq. */
export interface WireAnswer {
  readonly ok: true;
  readonly verdict: Verdict;
  readonly reason?: string;
  readonly seq: number | null;
  readonly identity_id?: string;
  readonly canonical_id?: string;
  readonly link?: { readonly verdict: Verdict; readonly reason?: string; readonly seq: number | null };
  readonly blast_radius?: unknown;
}

/** Of an array. With not one good item `ok` is false and the status 422. */
export interface WireArrayAnswer {
  readonly ok: boolean;
  readonly rejected: readonly { readonly index: number; readonly error_code: string; readonly message: string }[];
  readonly results: readonly (WireAnswer | null)[];
}
