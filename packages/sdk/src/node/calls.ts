import { OnymError } from '../errors.ts';
import { type Id, optionalId, requireDistinctId, textOfId } from '../identifiers.ts';
import { uuid } from '../uuid.ts';
import { version } from '../version.ts';
import type { AliasPayload, IdentifyPayload, Properties, Timestamp, TrackPayload } from '../wire.ts';

// What callers give, and what is sent of it. Optional ids and fields that are '' count as not given.

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
  readonly distinctId?: Id | undefined;
  /** Who it was before being identified. With `distinctId`: evidence that both are one person. */
  readonly anonymousId?: Id | null | undefined;
  readonly deviceId?: Id | undefined;
  readonly sessionId?: Id | undefined;
  readonly properties?: Properties | undefined;
  /** Names the event: the same one is counted once. Default: a random one, so that a retry counts once. */
  readonly uuid?: Id | undefined;
}

export interface IdentifyCall extends CommonCall {
  readonly distinctId: Id;
  /** Who the user was until now: that history becomes theirs. */
  readonly anonymousId?: Id | null | undefined;
  /** null removes a trait. */
  readonly traits?: Properties | undefined;
  /** Traits that count only where the profile has no value; null is nothing here. */
  readonly traitsOnce?: Properties | undefined;
}

/** `aliasId` joins `distinctId`, whose name stays. `newUserId` is another name of `aliasId`. */
export type AliasCall = CommonCall & { readonly distinctId: Id } & (
    | { readonly aliasId: Id; readonly newUserId?: undefined }
    | { readonly newUserId: Id; readonly aliasId?: undefined }
  );

interface EnvironmentOption {
  readonly environment?: string | undefined;
}

/** A link by its `seq`; what connects two ids; or what connects a set of ids with the rest of their identity. */
export type SplitCall = EnvironmentOption &
  (
    | { readonly link: number }
    | { readonly distinctId: Id; readonly from: Id }
    | { readonly distinctIds: readonly Id[] }
  );

const library = { name: 'onym-node', version } as const;

function common({ environment, timestamp, batch }: CommonCall, ofClient: string) {
  return {
    environment: environment || ofClient,
    // Made here and not by the server, so that a retry is the same call. 0 is a moment.
    timestamp: timestamp === '' ? new Date() : (timestamp ?? new Date()),
    ...(batch && { batch }),
  };
}

/** `environment`: of calls that name none. */
export function trackPayload(call: TrackCall, environment: string): TrackPayload {
  const { event, properties } = call;
  if (typeof event !== 'string' || event === '') {
    throw new OnymError('invalid-payload', 'track needs { event }, the name of what happened.');
  }
  const distinctId = optionalId(call.distinctId, 'distinctId');
  const anonymousId = optionalId(call.anonymousId, 'anonymousId');
  const deviceId = optionalId(call.deviceId, 'deviceId');
  const sessionId = optionalId(call.sessionId, 'sessionId');
  if (!distinctId && !anonymousId && !deviceId) {
    throw new OnymError('invalid-payload', 'The event names nobody. Give distinctId, anonymousId or deviceId.');
  }
  return {
    uuid: optionalId(call.uuid, 'uuid') ?? uuid(),
    event,
    ...common(call, environment),
    ...(distinctId && { distinct_id: distinctId }),
    ...(anonymousId && { anonymous_id: anonymousId }),
    ...(deviceId && { device_id: deviceId }),
    ...(sessionId && { session_id: sessionId }),
    properties: { $lib: library.name, $lib_version: library.version, ...properties },
  };
}

export function identifyPayload(call: IdentifyCall, environment: string): IdentifyPayload {
  const { traits, traitsOnce } = call;
  const anonymousId = optionalId(call.anonymousId, 'anonymousId');
  return {
    distinct_id: requireDistinctId(call.distinctId, 'distinctId'),
    ...(anonymousId && { anonymous_id: anonymousId }),
    ...common(call, environment),
    ...(traits && { traits }),
    ...(traitsOnce && { traits_once: traitsOnce }),
    context: { library },
  };
}

export function aliasPayload(call: AliasCall, environment: string): AliasPayload {
  const isAliasId = call.newUserId === undefined || optionalId(call.aliasId, 'aliasId') !== undefined;
  const field = isAliasId ? 'aliasId' : 'newUserId';
  return {
    distinct_id: requireDistinctId(call.distinctId, 'distinctId'),
    alias_id: requireDistinctId(call[field], field),
    ...common(call, environment),
    context: { library },
  };
}

interface AnySplit extends EnvironmentOption {
  readonly link?: number;
  readonly distinctId?: Id;
  readonly from?: Id;
  readonly distinctIds?: readonly Id[];
}

/** What is undefined is not sent. That one of the three ways was given, and no more, is for the server to say. */
export function splitBody(call: SplitCall, environment: string): object {
  const { link, distinctId, from, distinctIds }: AnySplit = call;
  return {
    environment: call.environment || environment,
    link,
    distinct_id: optionalId(distinctId, 'distinctId'),
    from: optionalId(from, 'from'),
    distinct_ids: distinctIds?.map((id) => textOfId(id, 'distinctIds')),
  };
}
