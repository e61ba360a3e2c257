import {
  type AliasOperation,
  type IdentifyOperation,
  isTrackEvidence,
  type Json,
  type Millis,
  type Settings,
  type Source,
  type TraitInput,
  type TraitKind,
} from '@onym/core';
import { exceedsBytes, hasOnlyWholeCharacters, withWholeCharacters } from '../characters.ts';
import { OnymError } from '../errors.ts';
import { isLossy } from '../events/json-column.ts';
import { limits } from '../limits.ts';
import { formsFor } from '../patterns.ts';
import { idText, isAbsent, optionalDistinctIdOf, requiredDistinctIdOf } from './distinct-ids.ts';
import { uuidOf } from './event-uuid.ts';
import { isObject, type JsonObject, jsonObjectOf, jsonTextOf } from './json-values.ts';
import { parseTimestamp, timestampForms } from './timestamps.ts';
import type { TrackItem } from './types.ts';

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
  /** Whether content may name an event that came without a uuid. The rows of a file may well be alike. */
  readonly namesByContent: boolean;
}

/** The item as an object, and the environment it names. Like all readers below, throws the item's OnymError. */
export function itemOf(value: unknown): JsonObject {
  if (isObject(value)) return value;
  throw new OnymError('invalid-payload', 'The item is not a JSON object. Send {"distinct_id": "…", …}.');
}

export function environmentOf(item: JsonObject): string {
  const environment = item.environment;
  if (isAbsent(environment)) return defaultEnvironment;
  if (typeof environment === 'string') return environment;
  throw new OnymError('invalid-payload', 'environment is not a string. Send its name, such as "production".');
}

/**
 * The event belongs to the first of its ids that names somebody. Reserved ones pass where there is no other, are never link evidence, and
 * are counted.
 */
export function readTrack(item: JsonObject, environment: string, settings: Settings, context: ItemContext): TrackItem {
  const distinctId = optionalDistinctIdOf(item.distinct_id, 'distinct_id');
  const anonymousId = optionalDistinctIdOf(item.anonymous_id, 'anonymous_id');
  const deviceId = optionalDistinctIdOf(item.device_id, 'device_id');
  const forms = formsFor(settings);
  const ids = [distinctId, anonymousId, deviceId].filter((id) => id !== null);
  const naming = ids.filter((id) => !forms.isReserved(id));
  const subject = naming[0] ?? ids[0] ?? blankIdOf(item);
  if (subject === null) {
    throw new OnymError('invalid-payload', 'The event names nobody. Send distinct_id, anonymous_id or device_id.');
  }
  const event = nameOf(item.event);
  const sessionId = optionalTextOf(idText(item.session_id), 'session_id', limits.distinctIdBytesMax);
  const sent = timestampOf(item.timestamp);
  const latest = context.now + limits.clockAheadMaxMs;
  const properties = jsonObjectOf(item.properties, 'properties') ?? {};
  const messageId =
    optionalTextOf(idText(item.uuid), 'uuid', limits.distinctIdBytesMax) ??
    optionalTextOf(idText(item.message_id), 'message_id', limits.distinctIdBytesMax);
  const source = sourceOf(item, properties, context);
  const isEvidence = distinctId !== null && anonymousId !== null && isTrackEvidence(distinctId, anonymousId, forms);
  const unnamed = {
    timestamp: Math.min(sent ?? context.now, latest),
    client_timestamp: sent !== null && sent > latest ? sent : null,
    received_at: context.now,
    event,
    properties: jsonTextOf(properties, 'properties'),
    lossy: isLossy(properties),
    distinct_id: subject,
    anonymous_id: anonymousId,
    device_id: deviceId,
    session_id: sessionId,
  };
  const content =
    context.namesByContent && sessionId !== null && sent !== null
      ? [distinctId, anonymousId, deviceId, sessionId, event, item.timestamp, properties]
      : null;
  const uuid = uuidOf(environment, messageId, content);
  return {
    event: { uuid: uuid ?? context.newUuid(), ...unnamed },
    explicitUuid: uuid !== null,
    evidence: isEvidence ? { op: 'track', distinctId, anonymousId, timestamp: sent, source } : null,
    reserved: naming.length < ids.length || ids.length === 0,
    passedOver: distinctId === subject ? null : distinctId,
    source,
  };
}

/** An empty id where the item has no other: the event is kept, though it names nobody. */
function blankIdOf({ distinct_id, anonymous_id, device_id }: JsonObject): '' | null {
  return distinct_id === '' || anonymous_id === '' || device_id === '' ? '' : null;
}

/**
 * A reserved anonymous_id beside a distinct_id passes: it is a verdict of the engine, and D's traits stand. Alone it is who the call is
 * about: it gets the traits, and nobody is made known.
 */
export function readIdentify(item: JsonObject, settings: Settings, context: ItemContext): IdentifyOperation {
  const forms = formsFor(settings);
  const anonymousId = optionalDistinctIdOf(item.anonymous_id, 'anonymous_id');
  const isAnonymous = anonymousId !== null && optionalDistinctIdOf(item.distinct_id, 'distinct_id') === null;
  const distinctId = isAnonymous
    ? requiredDistinctIdOf(item.anonymous_id, 'anonymous_id', forms)
    : requiredDistinctIdOf(item.distinct_id, 'distinct_id', forms);
  const timestamp = timestampOf(item.timestamp);
  const traits: TraitInput[] = [];
  addTraits(traits, item.traits, 'plain', context);
  addTraits(traits, item.traits_once, 'once', context);
  const source = sourceOf(item, item.properties, context);
  if (isAnonymous) return { op: 'identify', distinctId, anonymous: true, anonymousId: null, traits, timestamp, source };
  return { op: 'identify', distinctId, anonymousId, traits, timestamp, source };
}

export function readAlias(item: JsonObject, settings: Settings, context: ItemContext): AliasOperation {
  const forms = formsFor(settings);
  const aliasId = optionalDistinctIdOf(item.alias_id, 'alias_id');
  const newUserId = optionalDistinctIdOf(item.new_user_id, 'new_user_id');
  if (aliasId !== null && newUserId !== null && aliasId !== newUserId) {
    throw new OnymError(
      'invalid-payload',
      'alias_id and new_user_id differ. They are two names of one field: send one of them.',
    );
  }
  const primary = requiredDistinctIdOf(item.distinct_id, 'distinct_id', forms);
  // An empty one is worth its own message only where there is no other.
  const field = aliasId === null && (newUserId !== null || item.new_user_id === '') ? 'new_user_id' : 'alias_id';
  const secondary = requiredDistinctIdOf(item[field], field, forms);
  const timestamp = timestampOf(item.timestamp);
  const source = sourceOf(item, item.properties, context);
  return { op: 'alias', primary, secondary, kind: 'alias', timestamp, source };
}

function addTraits(traits: TraitInput[], value: unknown, kind: TraitKind, context: ItemContext): void {
  const field = kind === 'once' ? 'traits_once' : 'traits';
  const object = jsonObjectOf(value, field);
  if (object === null) return;
  if (!context.small) jsonTextOf(object, field);
  for (const [key, trait] of Object.entries(object)) {
    if (key === '' || exceedsBytes(key, limits.traitKeyBytesMax) || key.includes('\u0000')) {
      throw new OnymError(
        'invalid-payload',
        `A key in ${field} is empty, holds NUL, or is longer than ${limits.traitKeyBytesMax} bytes. Rename it.`,
      );
    }
    traits.push({ key, value: trait as Json, kind });
  }
  if (traits.length > limits.traitsPerCallMax) {
    throw new OnymError(
      'invalid-payload',
      `More than ${limits.traitsPerCallMax} traits in one call. Split them over several.`,
    );
  }
}

function timestampOf(value: unknown): Millis | null {
  if (isAbsent(value)) return null;
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
  if (isAbsent(value)) return null;
  if (typeof value === 'string' && !exceedsBytes(value, bytesMax)) {
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
