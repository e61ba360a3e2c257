import type { RawPlace } from '../events/types.ts';

/** Values of a key's columns, in their order. */
export type RowPlace = readonly (string | number)[];

/** How far the rows of a table have come. */
export interface TableProgress {
  readonly rows: number;
  /** Of the last row that is there. */
  readonly place: RowPlace | null;
  readonly done: boolean;
}

/** How far the events of an environment have come. */
export interface EventsProgress {
  readonly rows: number;
  /** Of the last event that is there. */
  readonly place: RawPlace | null;
  /** Where the insert under way ends, which is recorded before it begins: after a crash the very same rows are sent, under the same name. */
  readonly underWay: RawPlace | null;
  readonly done: boolean;
}

/** What of a move is done, by name of its parts. */
export interface Done {
  readonly tables: Readonly<Record<string, TableProgress>>;
  readonly events: Readonly<Record<string, EventsProgress>>;
  /** Rooms that have everything and are ready for use. */
  readonly rooms: readonly string[];
}

export const nothingDone: Done = { tables: {}, events: {}, rooms: [] };

export interface MovedDirectory {
  readonly id: string;
  /** Where it is, for people. */
  readonly origin: string;
}

/** What the target remembers of a move. */
export interface MoveRecord {
  readonly isEnded: boolean;
  /** Of the moment. */
  done(): Done;
  /** What is done from now on. Throws ConfigError where another process moves the same directory, or a copy of it. */
  advance(next: Done): Promise<void>;
  end(now: number): Promise<void>;
}

/** One part of a move, piece by piece. */
export interface Copy {
  readonly what: string;
  readonly rows: number;
  /** Those that are there already. */
  rowsDone(): number;
  /** Copies a piece of what is missing, durably; false once nothing is. */
  next(): Promise<boolean>;
}

export interface MovedCopy extends Copy {
  /** Tables that have not as many rows there as here. */
  compare(): Promise<readonly { readonly table: string; readonly here: number; readonly there: number }[]>;
  close(): void;
}

/** The database of what nodes share, as a move fills it. */
export interface MoveTarget {
  /** Of a move of this very directory; null where none was begun. Throws ConfigError where the database holds anything else. */
  find(): Promise<MoveRecord | null>;
  begin(now: number): Promise<MoveRecord>;
  /** What a directory keeps in files, to be copied one after the other. */
  rooms(record: MoveRecord): Promise<readonly MovedCopy[]>;
}
