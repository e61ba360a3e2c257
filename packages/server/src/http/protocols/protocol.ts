import type { Settings } from '@onym/core';
import type { FastifyContextConfig, FastifyRequest } from 'fastify';
import type { OnymError } from '../../errors.ts';
import type { JsonObject } from '../../ingest/json-values.ts';
import type { KnownNames } from '../../ingest/known-names.ts';
import type { ItemContext } from '../../ingest/read-call.ts';
import type { Call, CallAnswer, IngestOptions, TrackAnswer } from '../../ingest/types.ts';
import type { IngestScope } from '../../keys/types.ts';

/** A way in which applications say the calls: Onym's own, or a vendor's. Another one is a file beside this and its place in app.ts. */
export type Protocol = readonly ProtocolRoute[];

export interface ProtocolRoute {
  readonly url: string;
  readonly schema: object;
  /** What a key needs before its body is read (see `needs`); null where the key comes otherwise, by `secretOf`. */
  readonly scope: IngestScope | null;
  /** Asked once the body is there; null where it holds no key. */
  readonly secretOf?: (request: FastifyRequest) => string | null;
  readonly config?: FastifyContextConfig;
  /** Throws OnymError for what the key may not ask. */
  optionsOf(request: FastifyRequest): IngestOptions;
  /** Throws OnymError for a body that says no calls. */
  read(body: unknown): Said;
}

/** What a request says: calls, of one kind or mixed, and how it wants to be answered. */
export interface Said {
  /** As they were sent; what is rejected is kept like this. Gives up those that are needed no more. */
  readonly items: unknown[];
  /** How the item is read. Throws the OnymError of one that is no call. */
  readerOf(item: unknown): CallReader;
  /** One per item, in order. Throws the OnymError that is the answer to the whole. */
  write(submitted: readonly Submitted[], isReader: boolean): Reply;
}

/** How an item becomes a call. */
export interface CallReader {
  /** Also the scope that its key needs. */
  readonly name: IngestScope;
  readonly fields: KnownNames;
  /** Throws the item's OnymError. */
  read(item: JsonObject, environment: string, settings: Settings, context: ItemContext): Call;
}

/** What became of an item: its call is durable and answered, or it was turned down. */
export type Submitted = Taken | { readonly error: OnymError };

export interface Taken {
  readonly environment: string;
  readonly answer: Exclude<CallAnswer, { error: unknown }>;
}

export interface Reply {
  readonly status: number;
  /** JSON. */
  readonly text: string;
}

export function isTrackAnswer(answer: Taken['answer']): answer is TrackAnswer {
  return 'link' in answer;
}
