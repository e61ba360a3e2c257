import type { AliasOperation, IdentifyOperation, Settings, Source } from '@onym/core';
import { OnymError } from '../errors.ts';
import { isWrittenNumber, numberOf, parseForeign } from '../exact-json/parse.ts';
import type { TrackItem } from '../http/services.ts';
import { idText } from '../ingest/distinct-ids.ts';
import { isObject, type JsonObject } from '../ingest/json-values.ts';
import { type ItemContext, readAlias, readIdentify, readTrack } from '../ingest/validate.ts';
import { messageUuid } from '../node-id.ts';
import type { Field, Mapping, MemberType } from './mapping.ts';
import type { Cells } from './types.ts';

export type ImportItem = AliasOperation | IdentifyOperation | TrackItem;

export interface RowContext extends ItemContext {
  readonly environment: string;
  readonly settings: Settings;
  readonly source: Source;
  readonly batch: string;
}

const idFields: readonly Field[] = ['distinct_id', 'alias_id', 'anonymous_id', 'device_id', 'session_id', 'uuid'];

/** What a row asks for, under the rules of the HTTP calls. Throws the row's OnymError. */
export function readRow(mapping: Mapping, cells: Cells, line: number, context: RowContext): ImportItem {
  const item = itemOf(mapping, cells);
  const { source } = context;
  switch (mapping.kind) {
    case 'alias':
      return { ...readAlias(item, context.settings, context), kind: 'import', source };
    case 'identify':
      return { ...readIdentify(item, context.settings, context), source };
    case 'event': {
      const read = readTrack(item, context.environment, context.settings, context);
      // A row is the same event however often its file is sent in this batch.
      const uuid = read.explicitUuid
        ? read.event.uuid
        : messageUuid(context.environment, `import:${context.batch}:${line}`);
      return {
        ...read,
        event: { ...read.event, uuid },
        evidence: read.evidence === null ? null : { ...read.evidence, source },
      };
    }
  }
}

function itemOf(mapping: Mapping, cells: Cells): JsonObject {
  const item: JsonObject = {};
  for (const field in mapping.fields) {
    const name = field as Field;
    const value = cells[mapping.fields[name]!];
    if (value === null || value === undefined) continue;
    if (idFields.includes(name)) item[name] = idText(value);
    else if (name === 'timestamp') item[name] = timestampOf(value);
    else if (name === 'event') item[name] = value;
    else item[name] = jsonCell(value, mapping.fields[name]!);
  }
  const { secondaryPrefix: prefix } = mapping;
  if (prefix !== '' && typeof item.alias_id === 'string' && !item.alias_id.startsWith(prefix)) {
    item.alias_id = prefix + item.alias_id;
  }
  if (mapping.members.length > 0) addMembers(item, mapping, cells);
  return item;
}

function addMembers(item: JsonObject, { kind, members }: Mapping, cells: Cells): void {
  const field = kind === 'event' ? 'properties' : 'traits';
  const object: JsonObject = isObject(item[field]) ? { ...item[field] } : {};
  for (const { column, key, type } of members) {
    const value = cells[column];
    if (value === null || value === undefined || key === '__proto__') continue;
    object[key] = memberValue(value, type, column);
  }
  item[field] = object;
}

function timestampOf(value: unknown): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'not a date' : value.toISOString();
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}

function jsonCell(value: unknown, column: string): unknown {
  return typeof value === 'string' ? parsed(value, column) : plainJson(value);
}

function parsed(text: string, column: string): unknown {
  try {
    return parseForeign(text);
  } catch (error) {
    throw new OnymError('invalid-payload', `${column} is not valid JSON.`, { cause: error });
  }
}

/** Of a Parquet file: dates have no place in JSON, and its integers of 64 bits are all bigints. */
function plainJson(value: unknown): unknown {
  if (typeof value === 'bigint') return numberOf(String(value));
  if (isWrittenNumber(value)) return Number(value.written);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.map(plainJson);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, plainJson);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plainJson(member)]));
}

function memberValue(value: unknown, type: MemberType, column: string): unknown {
  if (typeof value !== 'string' || type === 'as-is') return plainJson(value);
  if (type === 'json') return parsed(value, column);
  const wanted = type === 'number' ? /^\s*-?\d+(\.\d+)?([eE][+-]?\d+)?\s*$/ : /^\s*(true|false)\s*$/i;
  if (!wanted.test(value)) throw new OnymError('invalid-payload', `${column} is not a ${type}.`);
  return type === 'number' ? numberOf(value.trim()) : value.trim().toLowerCase() === 'true';
}
