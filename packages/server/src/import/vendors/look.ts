import type { JsonObject } from '../../ingest/json-values.ts';
import { isObject } from '../../ingest/json-values.ts';
import { objectCell, optionalId } from '../cells.ts';
import { plainName } from '../columns.ts';
import type { Cells } from '../types.ts';

/**
 * A way to look into rows by the vendor's own names, however the file spells them: `messageId` or `message_id`, an object, JSON of it,
 * or a column for each of its members (`properties.plan`).
 */
export interface Look {
  readonly columns: readonly string[];
  has(...names: readonly string[]): boolean;
  /** A cell, or a member of an object by its path: `properties.time`. */
  value(cells: Cells, path: string): unknown;
  /** An id; null where there is none, or a word for that. */
  id(cells: Cells, path: string): string | null;
  /** Null where there is none. */
  object(cells: Cells, path: string): JsonObject | null;
}

export function lookInto(columns: readonly string[]): Look {
  const byName = new Map<string, string>();
  for (const column of columns) if (!byName.has(plainName(column))) byName.set(plainName(column), column);
  const membersOf = new Map<string, [column: string, key: string][]>();

  const cell = (cells: Cells, name: string): unknown =>
    Object.hasOwn(cells, name) ? cells[name] : cells[byName.get(name) ?? name];

  /** Columns that hold a member each of the object at a path. */
  function members(path: string): readonly [column: string, key: string][] {
    let found = membersOf.get(path);
    if (found === undefined) {
      found = columns.flatMap((column) => {
        const key = column.slice(path.length + 1);
        return column.startsWith(`${path}.`) && key !== '' ? [[column, key] as [string, string]] : [];
      });
      membersOf.set(path, found);
    }
    return found;
  }

  function value(cells: Cells, path: string): unknown {
    const whole = cell(cells, path);
    if (whole !== undefined) return whole;
    const dot = path.indexOf('.');
    if (dot === -1) return undefined;
    const outer = objectCell(cell(cells, path.slice(0, dot)), path.slice(0, dot));
    return outer === null ? undefined : within(outer, path.slice(dot + 1));
  }

  return {
    columns,
    has: (...names) => names.every((name) => byName.has(name)),
    value,
    id: (cells, path) => optionalId(value(cells, path), path),
    object(cells, path) {
      const own = objectCell(value(cells, path), path);
      const spread = members(path);
      if (spread.length === 0) return own;
      const object: JsonObject = { ...own };
      for (const [column, key] of spread) {
        const member = cells[column];
        if (member !== null && member !== undefined && key !== '__proto__') object[key] = member;
      }
      return object;
    },
  };
}

/** Keys may hold dots themselves: the longest that is there goes first. */
function within(object: JsonObject, path: string): unknown {
  if (Object.hasOwn(object, path)) return object[path];
  const dot = path.indexOf('.');
  const inner = dot === -1 ? undefined : object[path.slice(0, dot)];
  return isObject(inner) ? within(inner, path.slice(dot + 1)) : undefined;
}
