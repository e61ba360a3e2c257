import type { Sql, Statement } from './connection.ts';

/** Of a table, in order: types as PostgreSQL names them. */
export type Columns = Readonly<Record<string, string>>;

/** A statement over many rows: an array for each column. */
export interface Many<Row = unknown> extends Statement<Row> {
  readonly columns: readonly string[];
}

export function insertInto<Row = unknown>(table: string, types: Columns, rest = ''): Many<Row> {
  const columns = Object.keys(types);
  return {
    name: `insert_${table}`,
    text: `INSERT INTO ${table} (${columns.join(', ')}) SELECT * FROM ${unnested(types, 1)} ${rest}`,
    columns,
  };
}

/** `set` and `where` name the rows `w`, and values before them $1 to $n. */
export function updateOf(name: string, types: Columns, before: number, textOf: (rows: string) => string): Many {
  const columns = Object.keys(types);
  return { name, text: textOf(`${unnested(types, before + 1)} AS w(${columns.map(quoted).join(', ')})`), columns };
}

const unnested = (types: Columns, from: number): string =>
  `unnest(${Object.values(types)
    .map((type, index) => `$${from + index}::${type}[]`)
    .join(', ')})`;

const quoted = (column: string): string => `"${column}"`;

/** `before`: the values before the columns' arrays. No rows, no statement. */
export async function writeRows<Row>(
  sql: Sql,
  many: Many<Row>,
  before: readonly unknown[],
  rows: readonly object[],
): Promise<Row[]> {
  return rows.length === 0 ? [] : sql.rows(many, [...before, ...columnsOf(many, rows)]);
}

const columnsOf = ({ columns }: Many, rows: readonly object[]): unknown[][] =>
  columns.map((column) => rows.map((row) => (row as Record<string, unknown>)[column]));
