import type { Json, Millis, Operation, OperationError, Source, TrackOperation } from '@onym/core';
import type { ErrorCode } from '../errors.ts';
import type { StoredEvent } from '../events/types.ts';
import type { Committed } from '../identity/types.ts';

/** What calls mean before the engine sees them, and what they are answered. */
export interface Ingest {
  /** Calls of any kinds, in their order, as one: an answer each, once all are durable. */
  submit(environment: string, operations: readonly Operation[], options: IngestOptions): Promise<Answer[]>;
  /** One answer per item, in order, once events and evidence are durable. */
  track(environment: string, items: readonly TrackItem[], options: { readonly sync: boolean }): Promise<TrackAnswer[]>;
}

export interface IngestOptions {
  /** Judge, write nothing. */
  readonly dryRun: boolean;
  /** Resolve only once the next query of anyone sees the call. */
  readonly sync: boolean;
}

/** `blastRadius`: of a dry run, as it goes over the wire. */
export type Answer = (Committed & { readonly blastRadius?: Json }) | OperationError;

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
  readonly link: Committed | null;
}

export interface DeadLetter {
  readonly call: 'track' | 'identify' | 'alias';
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
