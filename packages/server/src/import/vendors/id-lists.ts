import { OnymError } from '../../errors.ts';
import { idText, isNothing, nothingError } from '../cells.ts';
import { parseFileJson } from '../formats/json-text.ts';
import type { Cells } from '../types.ts';

/** `distinct_ids`, or `distinct_ids.0`, `distinct_ids.1`, …; in their order. */
export function listColumns(columns: readonly string[], name: string): string[] {
  const numbered: [number, string][] = [];
  for (const column of columns) {
    const match = /^(.*?)(?:[._/](\d+)|\[(\d+)\])?$/s.exec(column.trim())!;
    if (match[1]!.toLowerCase() === name) numbered.push([Number(match[2] ?? match[3] ?? -1), column]);
  }
  return numbered.sort(([a], [b]) => a - b).map(([, column]) => column);
}

/** All ids of a row, each once, in their order; empty cells are none. Throws for what names nobody. */
export function idsOf(cells: Cells, columns: readonly string[]): string[] {
  const ids = new Set<string>();
  for (const column of columns) {
    for (const value of listOf(cells[column], column)) {
      const id = idText(value, column);
      if (id === null) continue;
      if (isNothing(id)) throw nothingError(column, id);
      ids.add(id);
    }
  }
  return [...ids];
}

/** A list, JSON of one, `{a,b}` as PostgreSQL writes arrays, `['a','b']` as ClickHouse and Python do, `a,b`, or one id alone. */
function listOf(value: unknown, column: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string') return [value];
  const text = value.trim();
  if (text.startsWith('[') && text.endsWith(']')) return jsonList(text) ?? quotedList(text, "'", column);
  if (text.startsWith('{') && text.endsWith('}')) return quotedList(text, '"', column);
  return text.split(',').map((part) => part.trim());
}

function jsonList(text: string): readonly unknown[] | null {
  try {
    const list = parseFileJson(Buffer.from(text));
    return Array.isArray(list) ? list : null;
  } catch {
    return null;
  }
}

/** Elements with or without quotes; within them a backslash stands before a quote. An element NULL is none. */
function quotedList(text: string, quote: string, column: string): string[] {
  const ids: string[] = [];
  const inner = text.slice(1, -1);
  const element = new RegExp(`\\s*(?:${quote}((?:[^${quote}\\\\]|\\\\.)*)${quote}|([^,${quote}]*?))\\s*(,|$)`, 'ys');
  while (element.lastIndex < inner.length) {
    const match = element.exec(inner);
    if (match === null) {
      throw new OnymError('invalid-payload', `${column} is no list that can be read. Write it as JSON: ["a", "b"].`);
    }
    const [, quoted, bare] = match;
    if (quoted !== undefined) ids.push(quoted.replace(/\\(.)/gs, '$1'));
    else if (bare !== '' && bare !== 'NULL') ids.push(bare!);
  }
  return ids;
}
