import type { Committed } from '../identity/types.ts';

export type ImportFormat = 'csv' | 'ndjson' | 'parquet';
export type ImportKind = 'alias' | 'identify' | 'event';

/**
 * A row of a file by column name, or why there is none. Lines count from 1; a Parquet file's rows do. `order` is its place where rows are
 * not read in the order of the file.
 */
export type SourceRow = { readonly line: number; readonly order?: number } & (
  | { readonly cells: Cells }
  | { readonly problem: string; readonly text: string }
);

export type Cells = Readonly<Record<string, unknown>>;

export interface RowBatch {
  readonly rows: readonly SourceRow[];
  /** How far the file is read. */
  readonly bytes: number;
}

export interface ColumnFlags {
  readonly kind?: ImportKind;
  readonly primary?: string;
  readonly secondary?: string;
  readonly secondaryPrefix?: string;
  readonly anonymous?: string;
  readonly event?: string;
  readonly timestamp?: string;
  /** `column`, `column=key`, each with `:number`, `:boolean` or `:json` behind it where the text is to be read as one. */
  readonly traits?: readonly string[];
}

export interface ImportOptions extends ColumnFlags {
  readonly format?: ImportFormat;
  readonly contentType?: string;
  readonly delimiter?: string;
  /** Names the batch; made from the file's name and contents when absent. */
  readonly batch?: string;
  readonly fileName?: string;
  readonly dryRun: boolean;
  /** Begin at the first row again, whatever an earlier run of the batch has done. */
  readonly restart: boolean;
  /** Name of the key that asks. */
  readonly key: string;
}

export interface Counts {
  applied: number;
  unchanged: number;
  refused: number;
  held: number;
  invalid: number;
}

/** Rows answered so far; those skipped because an earlier run did them are in it. */
export interface Tally {
  rows: number;
  counts: Counts;
  /** Of refused, held and invalid rows, by reason or error code; and of unchanged ones that something else must come before. */
  reasons: Record<string, number>;
  /** Of events: what became of the link evidence they carried. */
  links: Record<string, number>;
  /** Rows of an export that join nothing, as they did not where it comes from, by the reason. */
  skipped: Record<string, number>;
}

/** A row that joined or recorded nothing, with the reason. */
export interface Rejection {
  readonly line: number;
  readonly verdict: 'invalid' | 'refused' | 'held';
  /** An error code of an invalid row, else the reason. */
  readonly error_code: string;
  readonly message: string;
  readonly row: unknown;
}

export interface LargestIdentity {
  readonly canonical_id: string;
  readonly identifiers: number;
}

/** What an import says while it runs: `started` first, `done` last. It throws where it can not go on. */
export type ImportEvent =
  | {
      readonly type: 'started';
      readonly batch: string;
      readonly format: ImportFormat;
      readonly bytes: number;
      readonly dry_run: boolean;
      /** What each column is taken for, in words. */
      readonly mapping: Readonly<Record<string, string>>;
      readonly ignored_columns: readonly string[];
      /** The line after which an earlier run of the batch stopped; 0 for none. */
      readonly resumed_after_line: number;
    }
  | ({ readonly type: 'rejected' } & Rejection)
  | { readonly type: 'progress'; readonly rows: number; readonly bytes: number; readonly counts: Counts }
  | ({
      readonly type: 'done';
      readonly ok: true;
      readonly batch: string;
      readonly dry_run: boolean;
      /** True when an earlier run had finished this very batch: nothing was done now. */
      readonly finished_before: boolean;
      /** Not told to who may not read. */
      readonly largest_identities?: readonly LargestIdentity[];
      readonly warnings: readonly string[];
    } & Tally);

/** What is known of one answered row. */
export interface RowAnswer {
  readonly verdict: Committed['verdict'];
  readonly reason: string | null;
  readonly seq: number | null;
  readonly recorded: boolean;
}
