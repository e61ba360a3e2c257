import type { AliasOperation, IdentifyOperation, Seq, TrackOperation } from '@onym/core';
import { parseExact } from '../exact-json/parse.ts';
import { idText } from '../ingest/distinct-ids.ts';
import { isObject } from '../ingest/json-values.ts';
import { libOf } from '../ingest/read-call.ts';
import type { CallName, DeadLetter, TrackItem } from '../ingest/types.ts';
import { limits } from '../limits.ts';
import type { CallSite, Example, ExampleId } from './rules.ts';

/** Calls as examples of what is wrong with them. */

export function exampleOfOperation(
  operation: IdentifyOperation | AliasOperation | TrackOperation,
  time: number,
  seq: Seq | null = null,
): Example {
  const ids =
    operation.op === 'alias'
      ? { distinct_id: operation.primary, alias_id: operation.secondary }
      : {
          distinct_id: operation.distinctId,
          ...(operation.anonymousId === null ? {} : { anonymous_id: operation.anonymousId }),
        };
  return { call: operation.op, time, ids, ...(seq === null ? {} : { seq }) };
}

export function exampleOfTrack({ event, passedOver }: TrackItem): Example {
  const { anonymous_id, device_id } = event;
  const distinct_id = passedOver ?? event.distinct_id;
  return {
    call: 'track',
    time: event.received_at,
    ids: {
      distinct_id,
      ...(anonymous_id !== null && anonymous_id !== distinct_id && { anonymous_id }),
      ...(device_id !== null && device_id !== distinct_id && { device_id }),
    },
    uuid: event.uuid,
  };
}

const idFields: readonly (readonly [ExampleId, string])[] = [
  ['distinct_id', 'distinct_id'],
  ['alias_id', 'new_user_id'],
  ['alias_id', 'alias_id'],
  ['anonymous_id', 'anonymous_id'],
];

/** A rejected item is kept as text, cut where it is long: then neither its ids nor its `$lib` are known. */
/** One whose item said which call it is. */
export type RejectedCall = DeadLetter & { readonly call: CallName };

export function exampleOfLetter({ call, key, receivedAt, item: text }: RejectedCall): {
  site: CallSite;
  example: Example;
} {
  const item = objectOf(text);
  const ids: Partial<Record<ExampleId, string>> = {};
  for (const [name, field] of idFields) {
    const id = idText(item[field]);
    if (typeof id === 'string') ids[name] = id.slice(0, limits.distinctIdBytesMax);
  }
  return { site: { key, lib: libOf(item, item.properties) }, example: { call, time: receivedAt, ids } };
}

function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = parseExact(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
