import type { AliasOperation, IdentifyOperation, Settings, Source } from '@onym/core';
import { OnymError } from '../errors.ts';
import { isObject, type JsonObject } from '../ingest/json-values.ts';
import { type ItemContext, readAlias, readIdentify, readTrack } from '../ingest/read-call.ts';
import type { CallName, TrackItem } from '../ingest/types.ts';
import { messageUuid } from '../node-id.ts';
import { isOddNumber } from './formats/json-text.ts';

/** What an application would have sent; a row may stand for several. */
export interface Call {
  readonly call: CallName;
  /** As the body of the HTTP call. */
  readonly item: JsonObject;
  /** Traits that came along with something else, and would be said again and again: only what differs is sent. */
  readonly isSnapshot?: boolean;
}

export interface ImportedEvent extends TrackItem {
  /** It has no name of its own: it is the same event however often its file is sent in this batch. */
  readonly isNamedByRow: boolean;
}

export type ImportItem = AliasOperation | IdentifyOperation | ImportedEvent;

export interface RowContext extends ItemContext {
  readonly environment: string;
  readonly settings: Settings;
  readonly source: Source;
  readonly batch: string;
}

/** Under the rules of the HTTP calls. Throws the OnymError of the first call that breaks them: a row is taken whole or not at all. */
export function itemsOf(calls: readonly Call[], line: number, context: RowContext): ImportItem[] {
  return calls.flatMap((call) => {
    try {
      return [itemOf(call, line, context)];
    } catch (error) {
      // What an event says of somebody who is nobody costs the event nothing.
      if (call.isSnapshot === true && error instanceof OnymError && error.code === 'reserved-distinct-id') return [];
      throw error;
    }
  });
}

function itemOf({ call, item }: Call, line: number, context: RowContext): ImportItem {
  const { source } = context;
  switch (call) {
    case 'alias':
      return { ...readAlias(item, context.settings, context), kind: 'import', source };
    case 'identify':
      return { ...readIdentify(item, context.settings, context), source };
    case 'track': {
      const read = readTrack(withPlainNumbers(item), context.environment, context.settings, context);
      const isNamedByRow = !read.explicitUuid;
      const uuid = isNamedByRow ? messageUuid(context.environment, `import:${context.batch}:${line}`) : read.event.uuid;
      return {
        ...read,
        event: { ...read.event, uuid },
        explicitUuid: true,
        isNamedByRow,
        evidence: read.evidence === null ? null : { ...read.evidence, source },
      };
    }
  }
}

/** What might have been an id among the properties, and is none, is the number that it is. */
function withPlainNumbers(item: JsonObject): JsonObject {
  const { properties } = item;
  if (!isObject(properties) || !Object.values(properties).some(isOddNumber)) return item;
  const plain = Object.entries(properties).map(([key, value]) => [
    key,
    isOddNumber(value) ? Number(value.written) : value,
  ]);
  return { ...item, properties: Object.fromEntries(plain) };
}
