import { randomUUID } from 'node:crypto';
import { OnymError } from '../../errors.ts';
import { parseJson } from '../../http/body.ts';
import { isObject } from '../../ingest/json-values.ts';
import { limits } from '../../limits.ts';
import type { SourceRow } from '../types.ts';

/** Enough of a bad row to find it by. */
const shownMax = 500;

/** All JSON of files is read here: rows, and cells that hold it as text. Throws OnymError. */
export function parseFileJson(bytes: Buffer): unknown {
  const value = parseJson(bytes);
  return roundedNumber.test(bytes.toString('latin1')) ? withRoundedIds(value, bytes.toString('utf8')) : value;
}

/** A number in exponent form where a value stands. Read, it can't be told from an integer. */
const roundedNumber = /[:[,]\s*-?\d+(?:\.\d+)?[eE][+-]?\d/;
const textOrRounded = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?[eE][+-]?\d+/g;
const idKey = /(?:^|[_$.])(?:ids?|alias|primary|secondary)$|Ids?$/;

/** Numbers in exponent form that stand for ids as the texts they were written as, so that they are refused as such texts are. */
function withRoundedIds(value: unknown, text: string): unknown {
  const mark = `#${randomUUID()}#`;
  const marked = parseJson(
    Buffer.from(text.replace(textOrRounded, (token) => (token.startsWith('"') ? token : `"${mark}${token}"`))),
  );
  return merged(value, marked, { mark, isId: false, levels: limits.jsonDepthMax });
}

interface Place {
  readonly mark: string;
  readonly isId: boolean;
  /** Below them no id is looked for; what is nested so deep is refused. */
  readonly levels: number;
}

function merged(value: unknown, marked: unknown, { mark, isId, levels }: Place): unknown {
  if (typeof marked === 'string' && marked.startsWith(mark)) return isId ? marked.slice(mark.length) : value;
  if (levels === 0) return value;
  const inner = { mark, levels: levels - 1 };
  if (Array.isArray(value)) {
    return value.map((one, index) => merged(one, (marked as unknown[])[index], { ...inner, isId }));
  }
  if (!isObject(value) || Object.isFrozen(value)) return value;
  for (const key in value) {
    value[key] = merged(value[key], (marked as Record<string, unknown>)[key], { ...inner, isId: idKey.test(key) });
  }
  return value;
}

/** The row that a piece of JSON stands for. */
export function jsonRow(bytes: Buffer, line: number, isWhole = true): SourceRow {
  try {
    const value = parseFileJson(bytes);
    if (isObject(value)) return { line, cells: value };
    return badRow(bytes, line, 'The row is not a JSON object.');
  } catch (error) {
    if (!(error instanceof OnymError)) throw error;
    return badRow(bytes, line, reasonOf(error, isWhole));
  }
}

export const badRow = (bytes: Buffer, line: number, problem: string): SourceRow => ({
  line,
  problem,
  text: bytes.subarray(0, shownMax).toString('utf8'),
});

export function tooLongRow(bytes: Buffer, line: number, rowBytesMax: number): SourceRow {
  return badRow(bytes, line, `The row is longer than ${rowBytesMax} bytes.`);
}

function reasonOf({ message }: OnymError, isWhole: boolean): string {
  if (message.includes('UTF-8')) return 'The row is not UTF-8.';
  if (message.includes('nested')) return 'The row is nested too deeply.';
  return isWhole
    ? 'The row is not valid JSON, or the file ends in the middle of it.'
    : 'The file ends in the middle of this row.';
}
