import type { Answered } from '@onym/core';

/** `ndjson`: a JSON object a line; `json`: objects strung together in another way, or a list of them. */
export type ImportFormat = 'csv' | 'ndjson' | 'json' | 'parquet';
export type ImportKind = 'alias' | 'identify' | 'event';
export type Vendor = 'posthog' | 'segment' | 'rudderstack' | 'mixpanel' | 'amplitude';

/**
 * A row of a file by column name, or why there is none. Lines count from 1; where many rows may share a line, as in Parquet and JSON, rows
 * do. `order` is its place where rows are not read in the order of the file.
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
  /** A column, or `now`. */
  readonly timestamp?: string;
  /**
   * `column`, `column=key`, each with `:number`, `:boolean` or `:json` behind it where the text is to be read as one; `*`: all that have no
   * other meaning.
   */
  readonly traits?: readonly string[];
}

export interface ImportOptions extends ColumnFlags {
  readonly format?: ImportFormat;
  /** Whose export the file is. */
  readonly from?: Vendor;
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
      /** What the file is, in a sentence or two. */
      readonly recognised: string;
      /** What each column is taken for, in words. */
      readonly mapping: Readonly<Record<string, string>>;
      /** What has no meaning here, at most importColumnsListedMax; `more_ignored_columns` counts the rest. */
      readonly ignored_columns: readonly string[];
      readonly more_ignored_columns: number;
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
  readonly verdict: Answered['verdict'];
  readonly reason: string | null;
  readonly seq: number | null;
  readonly recorded: boolean;
}
