import { baseOf } from '../base-url.ts';
import { ApiError, OnymError } from '../errors.ts';
import { type Id, textOfId } from '../identifiers.ts';
import { jsonOf } from '../json.ts';
import { queryTimeoutMs, resolveIdsMax, shutdownTimeoutMs } from '../limits.ts';
import type { Route, WireAnswer } from '../wire.ts';
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
import {
  type AliasCall,
  aliasPayload,
  type IdentifyCall,
  identifyPayload,
  type SplitCall,
  splitBody,
  type TrackCall,
  trackPayload,
} from './calls.ts';
import { camelCased } from './camel-case.ts';
import { type NodeOptions, type NodeSettings, nodeSettingsOf } from './options.ts';
import { createTransport, type Transport } from './transport.ts';

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

/** A value for a `{name:Type}` of a statement. Integers go as numbers or bigints, Dates as DateTime or DateTime64. */
export type QueryParameter = string | number | bigint | boolean | null | Date | readonly QueryParameter[];

export interface QueryOptions extends ReadOptions {
  /** Values for the parameters that the statement names with their types: `{id:String}`. Whatever they hold, they are values. */
  readonly params?: Readonly<Record<string, QueryParameter>> | undefined;
  /** How long to wait for the rows. Default 45,000: the server itself gives up before. */
  readonly timeoutMs?: number | undefined;
}

export interface IdentityOptions extends AsOfOptions {
  /** How to read the id. Without it a UUID is read first as an identity_id, then as a distinct_id. */
  readonly by?: 'distinct_id' | 'identity_id' | undefined;
}

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
    return this.#call('track', () => trackPayload(call, this.#settings.environment), options);
  }

  /** The user is `distinctId`; what was done as `anonymousId` becomes theirs. */
  identify(call: IdentifyCall, options: PreviewOptions = {}): Promise<Answer> {
    return this.#call('identify', () => identifyPayload(call, this.#settings.environment), options);
  }

  /** The two are one person, under the name of `distinctId`. */
  alias(call: AliasCall, options: PreviewOptions = {}): Promise<Answer> {
    return this.#call('alias', () => aliasPayload(call, this.#settings.environment), options);
  }

  /** Whose each identifier is, by its text; one that was never linked is its own. */
  async resolve(distinctIds: readonly Id[], options: AsOfOptions = {}): Promise<Map<string, ResolvedIdentity>> {
    const ids = distinctIds.map((id) => textOfId(id, 'distinctIds'));
    const found = new Map<string, ResolvedIdentity>();
    for (let from = 0; from < ids.length; from += resolveIdsMax) {
      const body = { ...this.#read(options), distinct_ids: ids.slice(from, from + resolveIdsMax) };
      const { identities } = (await this.#transport.post('/v1/resolve', { body: JSON.stringify(body) })) as {
        identities: Record<string, unknown>;
      };
      // In the order asked: an object puts those that look like numbers first.
      for (const id of body.distinct_ids) found.set(id, camelCased(identities[id]) as ResolvedIdentity);
    }
    return found;
  }

  /** The person that an identifier (or identity_id) belongs to, or null for one that nobody has sent. */
  async identity(id: Id, options: IdentityOptions = {}): Promise<Identity | null> {
    const query = { ...this.#read(options), by: options.by };
    try {
      return camelCased(await this.#transport.get(`/v1/identities/${inPath(id)}`, query)) as Identity;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'not-found') return null;
      throw error;
    }
  }

  /** Why two identifiers are one person, or why not. */
  async explain(a: Id, b: Id, options: ReadOptions = {}): Promise<Explanation> {
    const query = { ...this.#read(options), a: textOfId(a, 'a'), b: textOfId(b, 'b') };
    return camelCased(await this.#transport.get('/v1/explain', query)) as Explanation;
  }

  /**
   * Takes a merge back: a link by its `seq`; whatever connects two identifiers, at the smallest cut; or all that connects a set of
   * identifiers with the rest of their identity.
   */
  async split(call: SplitCall, options: PreviewOptions = {}): Promise<SplitAnswer> {
    const body = JSON.stringify(splitBody(call, this.#settings.environment));
    const wire = await this.#transport.post('/v1/split', { body, query: queryOf(options) });
    return answerOf(wire as WireAnswer) as SplitAnswer;
  }

  /** Read-only SQL over `events`, `identities`, `identifiers` and `links`. What varies belongs into `params`, not into the text. */
  async query<Row = Record<string, unknown>>(sql: string, options: QueryOptions = {}): Promise<QueryResult<Row>> {
    const body = textOf(() => ({ ...this.#read(options), sql, params: options.params }));
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

  #read({ environment, asOf, asOfSeq }: AsOfOptions) {
    return {
      environment: environment || this.#settings.environment,
      ...(asOf !== undefined && { as_of: asOf instanceof Date ? asOf.toISOString() : asOf }),
      ...(asOfSeq !== undefined && { as_of_seq: asOfSeq }),
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
  if (baseUrl !== undefined && !/^https?:\/\/[^@]+$/.test(baseOf(baseUrl))) {
    throw new OnymError('invalid-options', 'baseUrl is no address such as https://onym.example.com, without a user.');
  }
}

function inPath(id: Id): string {
  const text = textOfId(id, 'id');
  if (text === '.' || text === '..') {
    throw new OnymError('reserved-distinct-id', `No address can hold the id "${text}": it names nobody.`);
  }
  try {
    return encodeURIComponent(text);
  } catch (error) {
    throw new OnymError('invalid-distinct-id', 'The id holds half a character (a lone surrogate).', error);
  }
}

function textOf(payload: () => object): string {
  try {
    return jsonOf(payload());
  } catch (error) {
    if (error instanceof OnymError) throw error;
    throw new OnymError('invalid-payload', `The call can't be written as JSON. ${(error as Error).message}`, error);
  }
}

function queryOf({ sync, dryRun }: PreviewOptions): { sync?: true; dry_run?: true } {
  return { ...(sync && { sync }), ...(dryRun && { dry_run: dryRun }) };
}
