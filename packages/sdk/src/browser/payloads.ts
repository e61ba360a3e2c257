import { version } from '../version.ts';
import type { AliasPayload, IdentifyPayload, Properties, Timestamp, TrackPayload } from '../wire.ts';
import type { CallOptions, IdentifyOptions } from './client.ts';
import type { Settings } from './options.ts';
import { cleanUrl } from './page-view.ts';
import type { Place } from './platform.ts';
import type { State } from './state.ts';

/** When and where a call was made. */
export interface Moment {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly place: Place | null;
}

/** What a payload is made from, beside its call's own arguments. */
export interface Context {
  readonly settings: Settings;
  readonly state: State;
  readonly moment: Moment;
}

const library = { name: 'onym-js', version } as const;

/** The user id with the anonymous id it took over, in every payload: if the identify is lost, any other call heals it. */
function common({ settings, state, moment }: Context, timestamp: Timestamp | undefined) {
  return {
    environment: settings.environment,
    timestamp: timestamp ?? new Date(moment.now),
    distinct_id: state.distinctId,
    anonymous_id: state.anonymousId,
    device_id: state.deviceId,
  };
}

export function trackPayload(
  context: Context,
  uuid: string,
  event: string,
  properties?: Properties,
  options?: CallOptions,
): TrackPayload {
  const { settings, state, moment } = context;
  return {
    uuid,
    event,
    ...common(context, options?.timestamp),
    session_id: state.sessionId,
    properties: {
      $lib: library.name,
      $lib_version: library.version,
      ...(settings.release && { $release: settings.release }),
      ...(moment.place && { $url: cleanUrl(moment.place.url) }),
      ...properties,
    },
  };
}

export function identifyPayload(context: Context, traits?: Properties, options?: IdentifyOptions): IdentifyPayload {
  return {
    ...common(context, options?.timestamp),
    ...(traits && { traits }),
    ...(options?.traitsOnce && { traits_once: options.traitsOnce }),
    context: { library },
  };
}

export function aliasPayload(context: Context, aliasId: string, options?: CallOptions): AliasPayload {
  return { ...common(context, options?.timestamp), alias_id: aliasId, context: { library } };
}
