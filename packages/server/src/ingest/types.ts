import type {
  AliasOperation,
  Answered,
  IdentifyOperation,
  Json,
  Millis,
  OperationError,
  Source,
  TrackOperation,
} from '@onym/core';
import type { ErrorCode } from '../errors.ts';
import type { StoredEvent } from '../events/types.ts';

/** A call as it is understood: what is said of people, or an event. */
export type Call = IdentifyOperation | AliasOperation | TrackItem;

export function isEvent<Item extends object>(item: Item): item is Extract<Item, TrackItem> {
  return 'event' in item;
}

/** What the engine is to judge of a call: all of it, or the evidence that its event carries; null where there is none. */
export function operationOf(call: Call): IdentifyOperation | AliasOperation | TrackOperation | null {
  return isEvent(call) ? call.evidence : call;
}

/** What calls mean before the engine sees them, and what they are answered. */
export interface Ingest {
  /**
   * Calls of any kinds as one: an answer each, in order, once all are durable. What they say of people is judged in their order, whatever
   * events stand between; when it rejects, they may be sent again as they are.
   */
  submit(environment: string, calls: readonly Call[], options: IngestOptions): Promise<CallAnswer[]>;
}

export interface IngestOptions {
  /** Judge, write nothing. */
  readonly dryRun: boolean;
  /** Resolve only once the next query of anyone sees the call. */
  readonly sync: boolean;
}

/** To identify and alias. `blastRadius`: of a dry run, as it goes over the wire. */
export type IdentityAnswer = (Answered & { readonly blastRadius?: Json }) | OperationError;

export type CallAnswer = IdentityAnswer | TrackAnswer | Declined;

/** To a call that was not given to the engine as it is, or whose event nobody can keep. */
export interface Declined {
  readonly error: Extract<ErrorCode, 'review-queue-full' | 'event-refused'>;
  readonly message: string;
}

export interface TrackItem {
  readonly event: StoredEvent;
  /** True when the client (`uuid` or `message_id`) or the content names the event: the same one for the same distinct_id counts once. */
  readonly explicitUuid: boolean;
  /** To be committed before the event is journaled. */
  readonly evidence: TrackOperation | null;
  /** True when one of the ids is reserved: to be counted. */
  readonly reserved: boolean;
  /** The distinct_id as sent, where the event belongs to another id because this one is reserved. */
  readonly passedOver: string | null;
  readonly source: Source;
}

export interface TrackAnswer {
  /** Of the event: `unchanged` when its uuid was seen before. */
  readonly verdict: 'applied' | 'unchanged';
  /** Of the link evidence; null when the item had none. */
  readonly link: Answered | null;
}

/** As routes and fields name them. */
export type CallName = 'track' | 'identify' | 'alias';

export interface DeadLetter {
  /** `unknown`: the item did not say. */
  readonly call: CallName | 'unknown';
  /** As the item named it; null when it named none that exists. */
  readonly environment: string | null;
  /** Name of the key that sent it. */
  readonly key: string;
  readonly receivedAt: Millis;
  readonly errorCode: ErrorCode;
  readonly message: string;
  /** The item as JSON text, cut where it is very long. */
  readonly item: string;
}
