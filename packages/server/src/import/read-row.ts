import { OnymError } from '../errors.ts';
import { numberOf } from '../exact-json/parse.ts';
import { isObject, type JsonObject } from '../ingest/json-values.ts';
import type { Call } from './calls.ts';
import { idText, isNothing, jsonCell, nothingError, objectCell, optionalId, prefixedId, requiredId } from './cells.ts';
import { isOddNumber } from './formats/json-text.ts';
import type { Field, Mapping, MemberType } from './mapping.ts';
import { type TimeForm, timeOf } from './times.ts';
import type { Cells } from './types.ts';

const subjects: readonly Field[] = ['distinct_id', 'anonymous_id', 'device_id'];

/** The call that a row is, by the columns it has; `noteForm` hears how its time is written. Throws the row's OnymError. */
export function callOf(mapping: Mapping, cells: Cells, noteForm: (form: TimeForm) => void): Call {
  const { kind } = mapping;
  const item = itemOf(mapping, cells, noteForm);
  if (kind === 'event') return { call: 'track', item: withSubject(item, mapping, cells) };
  return { call: kind, item };
}

function itemOf(mapping: Mapping, cells: Cells, noteForm: (form: TimeForm) => void): JsonObject {
  const item: JsonObject = {};
  for (const field in mapping.fields) {
    const name = field as Field;
    const column = mapping.fields[name]!;
    const value = fieldOf(name, cells[column], column, mapping);
    if (value !== null && value !== undefined) item[name] = value;
  }
  const moment = timeOf(cells, mapping.times);
  if (moment !== null) {
    item.timestamp = new Date(moment.at).toISOString();
    noteForm(moment.form);
  } else if (mapping.kind === 'event' && mapping.times.length > 0) throw noTime(mapping.times);
  if (mapping.members.length > 0) addMembers(item, mapping, cells);
  return item;
}

function fieldOf(field: Field, value: unknown, column: string, { kind, secondaryPrefix }: Mapping): unknown {
  switch (field) {
    case 'alias_id':
      return prefixedId(value, column, secondaryPrefix);
    case 'distinct_id':
      return kind === 'event' ? optionalId(value, column) : requiredId(value, column);
    case 'anonymous_id':
    case 'device_id':
    case 'session_id':
    case 'uuid':
      return optionalId(value, column);
    case 'event':
      return value;
    default:
      return objectCell(value, column);
  }
}

/** An event whose only id stands for no value is told so, and not that it has none. */
function withSubject(item: JsonObject, { fields }: Mapping, cells: Cells): JsonObject {
  if (subjects.some((field) => item[field] !== undefined)) return item;
  for (const field of subjects) {
    const column = fields[field];
    const text = column === undefined ? null : idText(cells[column], column);
    if (text !== null && isNothing(text)) throw nothingError(column!, text);
  }
  return item;
}

export function noTime(columns: readonly string[]): OnymError {
  const which = columns.length === 1 ? `${columns[0]} is empty` : `${columns.join(', ')} are empty`;
  return new OnymError(
    'invalid-timestamp',
    `The row does not say when it happened: ${which}. Fill it in, or import with --timestamp now where now is right.`,
  );
}

/** Of a trait: databases write `\\N` for no value. Other words for it may be values here. */
export const isNothingOrEmpty = (value: unknown): boolean => value === null || value === undefined || value === '\\N';

function addMembers(item: JsonObject, { kind, members }: Mapping, cells: Cells): void {
  const field = kind === 'event' ? 'properties' : 'traits';
  const object: JsonObject = isObject(item[field]) ? { ...item[field] } : {};
  for (const { column, key, type } of members) {
    const value = cells[column];
    if (isNothingOrEmpty(value) || key === '__proto__') continue;
    object[key] = memberValue(value, type, column);
  }
  item[field] = object;
}

export function memberValue(value: unknown, type: MemberType, column: string): unknown {
  if (isOddNumber(value)) return Number(value.written);
  if (typeof value !== 'string' || type === 'as-is') return value;
  if (type === 'json') return jsonCell(value, column);
  const wanted = type === 'number' ? /^\s*-?\d+(\.\d+)?([eE][+-]?\d+)?\s*$/ : /^\s*(true|false)\s*$/i;
  if (!wanted.test(value)) throw new OnymError('invalid-payload', `${column} is not a ${type}.`);
  return type === 'number' ? numberOf(value.trim()) : value.trim().toLowerCase() === 'true';
}
