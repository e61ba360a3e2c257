/** What `POST /v1/import` says while it works (docs/http.md, "Export and import"). */
export type ImportEvent =
  | ({ readonly type: 'started' } & Started)
  | ({ readonly type: 'rejected' } & Rejection)
  | ({ readonly type: 'progress' } & Progress)
  | ({ readonly type: 'done' } & Done)
  | { readonly type: 'error'; readonly error_code: string; readonly message: string };

export interface Started {
  readonly format: 'csv' | 'ndjson' | 'json' | 'parquet';
  readonly batch: string;
  readonly bytes: number;
  /** What the file is, in a sentence or two. */
  readonly recognised: string;
  /** What each column is taken for. Of a file of one's own, `kind` is among them. */
  readonly mapping: Readonly<Record<string, string>>;
  readonly ignored_columns: readonly string[];
  readonly more_ignored_columns: number;
  /** 0: it begins at the first row. */
  readonly resumed_after_line: number;
}

export interface Rejection {
  readonly line: number;
  readonly verdict: 'invalid' | 'refused' | 'held';
  readonly error_code: string;
  readonly message: string;
  /** JSON. */
  readonly row: string;
}

export const verdicts = ['applied', 'unchanged', 'refused', 'held', 'invalid'] as const;
export type Counts = Readonly<Record<(typeof verdicts)[number], number>>;

export interface Progress {
  readonly rows: number;
  /** Of the file, decompressed. */
  readonly bytes: number;
  readonly counts: Counts;
}

export interface Done {
  readonly batch: string;
  readonly finished_before: boolean;
  readonly rows: number;
  readonly counts: Counts;
  readonly reasons: Readonly<Record<string, number>>;
  readonly links: Readonly<Record<string, number>>;
  readonly skipped: Readonly<Record<string, number>>;
  /** Not told to keys that may not read. */
  readonly largest_identities?: readonly { readonly canonical_id: string; readonly identifiers: number }[];
  readonly warnings: readonly string[];
}

export type Kind = 'alias' | 'identify' | 'event';
export const kinds: readonly Kind[] = ['alias', 'identify', 'event'];
export type Vendor = 'posthog' | 'segment' | 'rudderstack' | 'mixpanel' | 'amplitude';
export const vendors: readonly Vendor[] = ['posthog', 'segment', 'rudderstack', 'mixpanel', 'amplitude'];

export type TraitType = 'as-is' | 'number' | 'boolean' | 'json';
export const traitTypes: readonly TraitType[] = ['as-is', 'number', 'boolean', 'json'];

/** How the file is to be read. An empty text: as the server recognises it. */
export interface Reading {
  readonly what: Kind | Vendor | '';
  readonly primary: string;
  readonly secondary: string;
  readonly secondaryPrefix: string;
  readonly anonymous: string;
  readonly event: string;
  /** A column, or `now`. */
  readonly timestamp: string;
  readonly delimiter: string;
  /** Columns that become traits, or properties of events: by column, the key and what the text is read as. */
  readonly traits: Readonly<Record<string, { readonly key: string; readonly type: TraitType }>>;
  readonly allTraits: boolean;
  readonly batch: string;
}

/** A column that a field of the reading names. */
export type ColumnField = 'primary' | 'secondary' | 'anonymous' | 'event' | 'timestamp';

export const asRecognised: Reading = {
  what: '',
  primary: '',
  secondary: '',
  secondaryPrefix: '',
  anonymous: '',
  event: '',
  timestamp: '',
  delimiter: '',
  traits: {},
  allTraits: false,
  batch: '',
};
