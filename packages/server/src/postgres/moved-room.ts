import type { Postgres } from './postgres.ts';

/** A row of a table, by the names of its columns. */
export type MovedRow = Readonly<Record<string, unknown>>;

/** A table whose rows go from a SQLite file to PostgreSQL. */
export interface MovedTable {
  readonly table: string;
  /** The table of the file, or a query in brackets; unless given, of the same name. `beside` names it `source`. */
  readonly from?: string;
  /** Columns of it by which its rows are ordered, and that no two share. */
  readonly key: readonly string[];
  /** What is selected beside its columns. */
  readonly beside?: string;
  /** The row there, with each of its columns. Unless given, as it is. */
  readonly rowOf?: (row: MovedRow) => MovedRow;
  /** The rows that the table is made with go. */
  readonly replaces?: true;
}

/** What a room keeps in a file of an embedded server, and in PostgreSQL where nodes share it. */
export interface MovedRoom {
  /** Another for each room; a move remembers by it how far it has come. */
  readonly name: string;
  /** Makes the tables. */
  prepare(postgres: Postgres): Promise<void>;
  /** In the order in which they are filled. */
  readonly tables: readonly MovedTable[];
  /** Run once, when all rows are there: sequences, and what is counted. */
  readonly finish: readonly string[];
}
