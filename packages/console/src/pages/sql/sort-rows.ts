import type { Column } from '../../api/ask-sql.ts';
import { isNumber } from '../../components/chart/columns.ts';

export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

type Row = Readonly<Record<string, unknown>>;

/** Rows in the order of a column; nulls at the end, whichever way. The same column again turns it around. */
export function sortRows(rows: readonly Row[], columns: readonly Column[], sort: Sort | null): readonly Row[] {
  const column = columns.find(({ name }) => name === sort?.column);
  if (sort === null || column === undefined) return rows;
  const { name } = column;
  const compare = isNumber(column)
    ? (a: unknown, b: unknown) => (a as number) - Number(b as number)
    : (a: unknown, b: unknown) => (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0);
  const way = sort.descending ? -1 : 1;
  return [...rows].sort(({ [name]: a }, { [name]: b }) => {
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return way * Number(compare(isNumber(column) ? Number(a) : a, b));
  });
}

export const nextSort = (now: Sort | null, column: string): Sort => ({
  column,
  descending: now?.column === column && !now.descending,
});
