import type { Sql, Statement } from './connection.ts';

/** Of a table, in order: types as PostgreSQL names them. */
export type Columns = Readonly<Record<string, string>>;

/** A statement over many rows: an array for each column. */
export interface Many<Row = unknown> extends Statement<Row> {
  readonly columns: readonly string[];
  readonly types: Columns;
}

/** `same`: columns of which all rows have one value, given before the arrays. */
export function insertInto<Row = unknown>(
  table: string,
  types: Columns,
  { same = {}, rest = '' }: { same?: Columns; rest?: string } = {},
): Many<Row> {
  const columns = Object.keys(types);
  const given = Object.values(same).map((type, index) => `$${index + 1}::${type}, `);
  return {
    name: `insert_${given.length > 0 ? 'own_' : ''}${table}`,
    text: `INSERT INTO ${table} (${[...Object.keys(same), ...columns].join(', ')})
      SELECT ${given.join('')}w.* FROM ${unnested(types, given.length + 1)} AS w ${rest}`,
    columns,
    types,
  };
}

/** `set` and `where` name the rows `w`, and values before them $1 to $n. */
export function updateOf(name: string, types: Columns, before: number, textOf: (rows: string) => string): Many {
  const columns = Object.keys(types);
  return {
    name,
    text: textOf(`${unnested(types, before + 1)} AS w(${columns.map(quoted).join(', ')})`),
    columns,
    types,
  };
}

const unnested = (types: Columns, from: number): string =>
  `unnest(${Object.values(types)
    .map((type, index) => `$${from + index}::${type}[]`)
    .join(', ')})`;

const quoted = (column: string): string => `"${column}"`;

/** A statement with its values, made and not yet sent; null: there is nothing to write. */
export interface WriteOfRows<Row = unknown> {
  readonly statement: Statement<Row>;
  readonly values: readonly unknown[] | null;
}

/** `before`: the values before the columns' arrays. */
export const writeOf = <Row>(
  many: Many<Row>,
  before: readonly unknown[],
  rows: readonly object[],
): WriteOfRows<Row> => ({
  statement: many,
  values: rows.length === 0 ? null : [...before, ...columnsOf(many, rows)],
});

export const send = async <Row>(sql: Sql, { statement, values }: WriteOfRows<Row>): Promise<Row[]> =>
  values === null ? [] : sql.rows(statement, values);

export const writeRows = <Row>(
  sql: Sql,
  many: Many<Row>,
  before: readonly unknown[],
  rows: readonly object[],
): Promise<Row[]> => send(sql, writeOf(many, before, rows));

const columnsOf = ({ types }: Many, rows: readonly object[]): unknown[] =>
  Object.entries(types).map(([column, type]) => {
    const values = rows.map((row) => (row as Record<string, unknown>)[column]);
    return numbers.has(type) ? `{${values.map((value) => value ?? 'NULL').join(',')}}` : values;
  });

/** The driver would write them in quotes, one by one, and PostgreSQL take these off again. */
const numbers: ReadonlySet<string> = new Set(['smallint', 'integer', 'bigint']);
