import { ApiError, OnymError } from '../errors.ts';
import { requireDistinctId } from '../identifiers.ts';
import { uuid } from '../uuid.ts';
import { version } from '../version.ts';
import type { AliasPayload, IdentifyPayload, Properties, Route, Timestamp, TrackPayload, WireAnswer } from '../wire.ts';
import {
  type Answer,
  answerOf,
  type Explanation,
  type Identity,
  type QueryResult,
  type ResolvedIdentity,
  type SplitAnswer,
} from './answers.ts';
import { type Batcher, createBatcher } from './batcher.ts';
import { camelCased } from './camel-case.ts';
import { type NodeOptions, type NodeSettings, nodeSettingsOf } from './options.ts';
import { createTransport, type Transport } from './transport.ts';

interface CommonCall {
  /** Default: that of the client. */
  readonly environment?: string | undefined;
  /** Default: now. */
  readonly timestamp?: Timestamp | undefined;
  /** Names a batch that the call belongs to, so that it can be reverted as one. */
  readonly batch?: string | undefined;
}

export interface TrackCall extends CommonCall {
  readonly event: string;
  /** Who did it; or else `anonymousId` or `deviceId`. */
  readonly distinctId?: string | undefined;
  /** Who it was before being identified. With `distinctId`: evidence that both are one person. */
  readonly anonymousId?: string | null | undefined;
  readonly deviceId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly properties?: Properties | undefined;
  /** Names the event: the same one is counted once. Default: a random one, so that a retry counts once. */
  readonly uuid?: string | undefined;
}

export interface IdentifyCall extends CommonCall {
  readonly distinctId: string;
  /** Who the user was until now: that history becomes theirs. */
  readonly anonymousId?: string | null | undefined;
  readonly traits?: Properties | undefined;
  /** Traits that count only where the profile has no value. */
  readonly traitsOnce?: Properties | undefined;
}

/** `aliasId` joins `distinctId`, whose name stays. `newUserId` is another name of `aliasId`. */
export type AliasCall = CommonCall & { readonly distinctId: string } & (
    | { readonly aliasId: string; readonly newUserId?: undefined }
    | { readonly newUserId: string; readonly aliasId?: undefined }
  );

export interface SendOptions {
  /** Answer only once the next query of anyone sees the call. */
  readonly sync?: boolean | undefined;
}

export interface PreviewOptions extends SendOptions {
  /** Answer what would happen, with its `blastRadius`, and write nothing. Needs a secret key. */
  readonly dryRun?: boolean | undefined;
}

export interface ShutdownOptions {
  /** After this, what was not sent is rejected. Default 30,000. */
  readonly timeoutMs?: number | undefined;
}

export interface ReadOptions {
  readonly environment?: string | undefined;
}

export interface AsOfOptions extends ReadOptions {
  /** As of this received time: a Date or ISO 8601. */
  readonly asOf?: Date | string | undefined;
  /** As of this ledger row. */
  readonly asOfSeq?: number | undefined;
}

export interface QueryOptions extends ReadOptions {
  /** How long to wait for the rows. Default 45,000: the server itself gives up before. */
  readonly timeoutMs?: number | undefined;
}

export interface IdentityOptions extends AsOfOptions {
  /** How to read the id. Without it a UUID is read first as an identity_id, then as a distinct_id. */
  readonly by?: 'distinct_id' | 'identity_id' | undefined;
}

export type SplitCall =
  | { readonly link: number; readonly environment?: string | undefined }
  | { readonly distinctId: string; readonly from: string; readonly environment?: string | undefined };

const library = { name: 'onym-node', version } as const;

const queryTimeoutMs = 45_000;
const shutdownTimeoutMs = 30_000;

/** Ids of one request; more are asked in several. */
const resolveIdsMax = 10_000;

/**
 * The client of a server. Each call resolves with its verdict. Rejects with an OnymError: `reserved-distinct-id` and the like before
 * anything is sent, an ApiError for the server's own no, a NetworkError when there was no answer after all retries.
 */
export class Onym {
  readonly #settings: NodeSettings;
  readonly #transport: Transport;
  readonly #batcher: Batcher | null;

  constructor(options: NodeOptions) {
    checkOptions(options);
    this.#settings = nodeSettingsOf(options);
    this.#transport = createTransport(this.#settings);
    this.#batcher = this.#settings.batching ? createBatcher(this.#transport, this.#settings) : null;
  }

  /** Something happened. */
  track(call: TrackCall, options: SendOptions = {}): Promise<Answer> {
    return this.#call('track', () => this.#trackPayload(call), options);
  }

  /** The user is `distinctId`; what was done as `anonymousId` becomes theirs. */
  identify(call: IdentifyCall, options: PreviewOptions = {}): Promise<Answer> {
    return this.#call('identify', () => this.#identifyPayload(call), options);
  }

  /** The two are one person, under the name of `distinctId`. */
  alias(call: AliasCall, options: PreviewOptions = {}): Promise<Answer> {
    return this.#call('alias', () => this.#aliasPayload(call), options);
  }

  /** Whose each identifier is; one that was never linked is its own. */
  async resolve(distinctIds: readonly string[], options: AsOfOptions = {}): Promise<Map<string, ResolvedIdentity>> {
    const found = new Map<string, ResolvedIdentity>();
    for (let from = 0; from < distinctIds.length; from += resolveIdsMax) {
      const body = { ...this.#read(options), distinct_ids: distinctIds.slice(from, from + resolveIdsMax) };
      const { identities } = (await this.#transport.post('/v1/resolve', { body: JSON.stringify(body) })) as {
        identities: Record<string, unknown>;
      };
      // In the order asked: an object puts those that look like numbers first.
      for (const id of body.distinct_ids) found.set(id, camelCased(identities[id]) as ResolvedIdentity);
    }
    return found;
  }

  /** The person that an identifier (or identity_id) belongs to, or null for one that nobody has sent. */
  async identity(id: string, options: IdentityOptions = {}): Promise<Identity | null> {
    const query = { ...this.#read(options), by: options.by };
    try {
      return camelCased(await this.#transport.get(`/v1/identities/${inPath(id)}`, query)) as Identity;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'not-found') return null;
      throw error;
    }
  }

  /** Why two identifiers are one person, or why not. */
  async explain(a: string, b: string, options: ReadOptions = {}): Promise<Explanation> {
    return camelCased(await this.#transport.get('/v1/explain', { ...this.#read(options), a, b })) as Explanation;
  }

  /** Takes a merge back: a link by its `seq`, or whatever connects two identifiers, at the smallest cut. */
  async split(call: SplitCall, options: PreviewOptions = {}): Promise<SplitAnswer> {
    const what = 'link' in call ? { link: call.link } : { distinct_id: call.distinctId, from: call.from };
    const body = JSON.stringify({ environment: call.environment ?? this.#settings.environment, ...what });
    const wire = await this.#transport.post('/v1/split', { body, query: queryOf(options) });
    return answerOf(wire as WireAnswer) as SplitAnswer;
  }

  /** Read-only SQL over `events`, `identities`, `identifiers` and `links`. */
  async query<Row = Record<string, unknown>>(sql: string, options: QueryOptions = {}): Promise<QueryResult<Row>> {
    const body = JSON.stringify({ ...this.#read(options), sql });
    const asking = { body, timeoutMs: options.timeoutMs ?? queryTimeoutMs, isRepeatable: false };
    const { data, meta } = (await this.#transport.post('/v1/query', asking)) as {
      data: Row[];
      meta: QueryResult<Row>['columns'];
    };
    return { rows: data, columns: meta };
  }

  /** Batching: resolves when every call made so far was answered, or none can be sent now. Never rejects. */
  async flush(): Promise<void> {
    await this.#batcher?.flush();
  }

  /** Batching: sends what waits, and rejects what can't be sent and what is called later. Call it before the process ends. */
  async shutdown({ timeoutMs = shutdownTimeoutMs }: ShutdownOptions = {}): Promise<void> {
    await this.#batcher?.shutdown(timeoutMs);
  }

  #common({ environment = this.#settings.environment, timestamp = new Date(), batch }: CommonCall) {
    return { environment, timestamp, ...(batch && { batch }) };
  }

  #read({ environment = this.#settings.environment, asOf, asOfSeq }: AsOfOptions) {
    return {
      environment,
      ...(asOf !== undefined && { as_of: asOf instanceof Date ? asOf.toISOString() : asOf }),
      ...(asOfSeq !== undefined && { as_of_seq: asOfSeq }),
    };
  }

  #trackPayload(call: TrackCall): TrackPayload {
    const { event, distinctId, anonymousId, deviceId, sessionId, properties } = call;
    if (typeof event !== 'string' || event === '') {
      throw new OnymError('invalid-payload', 'track needs { event }, the name of what happened.');
    }
    if (!distinctId && !anonymousId && !deviceId) {
      throw new OnymError('invalid-payload', 'The event names nobody. Give distinctId, anonymousId or deviceId.');
    }
    return {
      uuid: call.uuid ?? uuid(),
      event,
      ...this.#common(call),
      ...(distinctId && { distinct_id: distinctId }),
      ...(anonymousId && { anonymous_id: anonymousId }),
      ...(deviceId && { device_id: deviceId }),
      ...(sessionId && { session_id: sessionId }),
      properties: { $lib: library.name, $lib_version: library.version, ...properties },
    };
  }

  #identifyPayload(call: IdentifyCall): IdentifyPayload {
    const { distinctId, anonymousId, traits, traitsOnce } = call;
    return {
      distinct_id: requireDistinctId(distinctId, 'distinctId'),
      ...(anonymousId && { anonymous_id: anonymousId }),
      ...this.#common(call),
      ...(traits && { traits }),
      ...(traitsOnce && { traits_once: traitsOnce }),
      context: { library },
    };
  }

  #aliasPayload(call: AliasCall): AliasPayload {
    const { distinctId, aliasId, newUserId } = call;
    return {
      distinct_id: requireDistinctId(distinctId, 'distinctId'),
      alias_id:
        aliasId === undefined ? requireDistinctId(newUserId, 'newUserId') : requireDistinctId(aliasId, 'aliasId'),
      ...this.#common(call),
      context: { library },
    };
  }

  #call(route: Route, payload: () => object, options: PreviewOptions): Promise<Answer> {
    const answer = this.#send(route, payload, options);
    // In the background nobody may be waiting: a failure is told here, and must not end the process as an unhandled rejection.
    if (this.#batcher !== null) answer.catch(this.#settings.onError).catch(() => {});
    return answer;
  }

  async #send(route: Route, payload: () => object, options: PreviewOptions): Promise<Answer> {
    const body = textOf(payload);
    const query = queryOf(options);
    if (this.#batcher !== null) {
      if (Object.keys(query).length === 0) return answerOf(await this.#batcher.add(route, body));
      // Not before those that were made before it.
      await this.#batcher.flush();
    }
    return answerOf((await this.#transport.post(`/${route}`, { body, query })) as WireAnswer);
  }
}

function checkOptions(options: NodeOptions): void {
  // What a header can't hold would be reported with the header, which is the key.
  if (!/^[\x21-\x7e]+$/.test(options?.apiKey ?? '')) {
    throw new OnymError('invalid-options', 'new Onym needs { apiKey }, as `onym keys` printed it, without blanks.');
  }
  const { baseUrl } = options;
  if (baseUrl !== undefined && !/^https?:\/\/[^@]+$/.test(baseUrl)) {
    throw new OnymError('invalid-options', 'baseUrl is no address such as https://onym.example.com, without a user.');
  }
}

function inPath(id: string): string {
  try {
    return encodeURIComponent(id);
  } catch (error) {
    throw new OnymError('invalid-distinct-id', 'The id holds half a character (a lone surrogate).', error);
  }
}

function textOf(payload: () => object): string {
  try {
    return JSON.stringify(payload());
  } catch (error) {
    if (error instanceof OnymError) throw error;
    throw new OnymError('invalid-payload', `The call can't be written as JSON. ${(error as Error).message}`, error);
  }
}

function queryOf({ sync, dryRun }: PreviewOptions): { sync?: true; dry_run?: true } {
  return { ...(sync && { sync }), ...(dryRun && { dry_run: dryRun }) };
}
