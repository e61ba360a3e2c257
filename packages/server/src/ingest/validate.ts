import {
  type AliasOperation,
  type IdentifyOperation,
  isReserved,
  isTrackEvidence,
  type Json,
  type Millis,
  type Settings,
  type Source,
  type TraitInput,
} from '@onym/core';
import { OnymError } from '../errors.ts';
import type { TrackItem } from '../http/services.ts';
import { limits } from '../limits.ts';
import { messageUuid } from '../node-id.ts';
import {
  exceedsBytes,
  hasOnlyWholeCharacters,
  optionalDistinctIdOf,
  requiredDistinctIdOf,
  withWholeCharacters,
} from './distinct-ids.ts';
import { isObject, type JsonObject, jsonObjectOf } from './json-values.ts';
import { parseTimestamp, timestampForms } from './timestamps.ts';

/** Where an item names no environment. */
export const defaultEnvironment = 'production';

/** What an item's readers need to know beside the item. The clock and the ids are arguments. */
export interface ItemContext {
  readonly now: Millis;
  /** Name of the key that sent the request. */
  readonly key: string;
  /** True for a publishable key. */
  readonly public: boolean;
  /** True when the whole body is within propertiesBytesMax, so that no part of it need be measured. */
  readonly small: boolean;
  readonly newUuid: () => string;
}

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The item as an object, and the environment it names. Like all readers below, throws the item's OnymError. */
export function itemOf(value: unknown): JsonObject {
  if (isObject(value)) return value;
  throw new OnymError('invalid-payload', 'The item is not a JSON object. Send {"distinct_id": "…", …}.');
}

export function environmentOf(item: JsonObject): string {
  const environment = item.environment;
  if (environment === undefined || environment === null) return defaultEnvironment;
  if (typeof environment === 'string') return environment;
  throw new OnymError('invalid-payload', 'environment is not a string. Send its name, such as "production".');
}

/** DESIGN §4.1, track: reserved ids pass, are never link evidence, and are counted. */
export function readTrack(item: JsonObject, environment: string, settings: Settings, context: ItemContext): TrackItem {
  const distinctId = optionalDistinctIdOf(item.distinct_id, 'distinct_id');
  const anonymousId = optionalDistinctIdOf(item.anonymous_id, 'anonymous_id');
  const deviceId = optionalDistinctIdOf(item.device_id, 'device_id');
  const subject = distinctId ?? anonymousId ?? deviceId;
  if (subject === null) {
    throw new OnymError('invalid-payload', 'The event names nobody. Send distinct_id, anonymous_id or device_id.');
  }
  const event = nameOf(item.event);
  const sessionId = optionalTextOf(item.session_id, 'session_id', limits.distinctIdBytesMax);
  const timestamp = timestampOf(item.timestamp);
  const properties = jsonObjectOf(item.properties, 'properties', !context.small) ?? {};
  const messageId =
    optionalTextOf(item.uuid, 'uuid', limits.distinctIdBytesMax) ??
    optionalTextOf(item.message_id, 'message_id', limits.distinctIdBytesMax);
  const source = sourceOf(item, properties, context);
  const isEvidence = distinctId !== null && anonymousId !== null && isTrackEvidence(distinctId, anonymousId, settings);
  return {
    event: {
      uuid:
        messageId === null
          ? context.newUuid()
          : uuidForm.test(messageId)
            ? messageId.toLowerCase()
            : messageUuid(environment, messageId),
      timestamp: timestamp ?? context.now,
      received_at: context.now,
      event,
      properties,
      distinct_id: subject,
      anonymous_id: anonymousId,
      device_id: deviceId,
      session_id: sessionId,
    },
    explicitUuid: messageId !== null,
    evidence: isEvidence ? { op: 'track', distinctId, anonymousId, timestamp, source } : null,
    reserved:
      (!isEvidence &&
        ((distinctId !== null && isReserved(distinctId)) || (anonymousId !== null && isReserved(anonymousId)))) ||
      (deviceId !== null && isReserved(deviceId)),
    source,
  };
}

/**
 * A reserved anonymous_id beside a distinct_id passes: it is a verdict of the engine, and D's traits stand. Alone it is who the call is
 * about: it gets the traits, and nobody is made known.
 */
export function readIdentify(item: JsonObject, context: ItemContext): IdentifyOperation {
  const anonymousId = optionalDistinctIdOf(item.anonymous_id, 'anonymous_id');
  const isAnonymous = anonymousId !== null && optionalDistinctIdOf(item.distinct_id, 'distinct_id') === null;
  const distinctId = isAnonymous
    ? requiredDistinctIdOf(item.anonymous_id, 'anonymous_id')
    : requiredDistinctIdOf(item.distinct_id, 'distinct_id');
  const timestamp = timestampOf(item.timestamp);
  const traits: TraitInput[] = [];
  addTraits(traits, item.traits, false, context);
  addTraits(traits, item.traits_once, true, context);
  const source = sourceOf(item, item.properties, context);
  if (isAnonymous) return { op: 'identify', distinctId, anonymous: true, anonymousId: null, traits, timestamp, source };
  return { op: 'identify', distinctId, anonymousId, traits, timestamp, source };
}

export function readAlias(item: JsonObject, context: ItemContext): AliasOperation {
  const { alias_id: aliasId = null, new_user_id: newUserId = null } = item;
  if (aliasId !== null && newUserId !== null && aliasId !== newUserId) {
    throw new OnymError(
      'invalid-payload',
      'alias_id and new_user_id differ. They are two names of one field: send one of them.',
    );
  }
  const primary = requiredDistinctIdOf(item.distinct_id, 'distinct_id');
  const secondary =
    newUserId === null ? requiredDistinctIdOf(aliasId, 'alias_id') : requiredDistinctIdOf(newUserId, 'new_user_id');
  const timestamp = timestampOf(item.timestamp);
  const source = sourceOf(item, item.properties, context);
  return { op: 'alias', primary, secondary, kind: 'alias', timestamp, source };
}

function addTraits(traits: TraitInput[], value: unknown, once: boolean, context: ItemContext): void {
  const field = once ? 'traits_once' : 'traits';
  const object = jsonObjectOf(value, field, !context.small);
  if (object === null) return;
  for (const [key, trait] of Object.entries(object)) {
    if (key === '' || exceedsBytes(key, limits.traitKeyBytesMax) || key.includes('\u0000')) {
      throw new OnymError(
        'invalid-payload',
        `A key in ${field} is empty, holds NUL, or is longer than ${limits.traitKeyBytesMax} bytes. Rename it.`,
      );
    }
    traits.push({ key, value: trait as Json, once });
  }
  if (traits.length > limits.traitsPerCallMax) {
    throw new OnymError(
      'invalid-payload',
      `More than ${limits.traitsPerCallMax} traits in one call. Split them over several.`,
    );
  }
}

function timestampOf(value: unknown): Millis | null {
  if (value === undefined || value === null) return null;
  const timestamp = parseTimestamp(value);
  if (timestamp !== null) return timestamp;
  throw new OnymError('invalid-timestamp', `timestamp is not a moment from 1970 to 9999. Send ${timestampForms}.`);
}

function nameOf(value: unknown): string {
  if (typeof value !== 'string' || value === '') {
    throw new OnymError('invalid-payload', 'event is missing or not a string. Send the name of what happened.');
  }
  if (exceedsBytes(value, limits.eventNameBytesMax)) {
    throw new OnymError(
      'invalid-payload',
      `event is longer than ${limits.eventNameBytesMax} bytes. Move the detail into properties.`,
    );
  }
  return withWholeCharacters(value);
}

function optionalTextOf(value: unknown, field: string, bytesMax: number): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && value !== '' && !exceedsBytes(value, bytesMax)) {
    if (hasOnlyWholeCharacters(value) && !value.includes('\u0000')) return value;
  }
  throw new OnymError(
    'invalid-payload',
    `${field} is not a string of 1 to ${bytesMax} bytes without NUL. Correct it or leave it out.`,
  );
}

function sourceOf(item: JsonObject, properties: unknown, context: ItemContext): Source {
  const batch = optionalTextOf(item.batch, 'batch', limits.distinctIdBytesMax);
  return { key: context.key, lib: libOf(item, properties), batch, public: context.public };
}

/** A wrong `$lib` costs the call nothing: it is a hint for lint. */
export function libOf(item: JsonObject, properties: unknown): string | null {
  let lib = isObject(properties) ? properties.$lib : undefined;
  if (lib === undefined && isObject(item.context) && isObject(item.context.library)) lib = item.context.library.name;
  if (typeof lib !== 'string' || lib === '' || exceedsBytes(lib, limits.distinctIdBytesMax)) return null;
  return withWholeCharacters(lib).replaceAll('\u0000', '');
}
