import type { Tally } from './types.ts';

/** How far a batch has come. It holds no identifier. */
export interface Progress {
  readonly fingerprint: string;
  readonly fileName: string | null;
  /** Everything up to this line is done. */
  readonly line: number;
  readonly tally: Tally;
  /** The ledger's head before the import began, and after its last chunk. */
  readonly headBefore: number;
  readonly head: number;
  /** `reverted`: was taken back since; the next run begins anew. */
  readonly state: 'running' | 'done' | 'reverted';
}

/** Of all batches, on whichever node they were imported. */
export interface ImportProgress {
  find(environment: string, batch: string): Promise<Progress | null>;
  /** Durable when it resolves. */
  save(environment: string, batch: string, progress: Progress, now: number): Promise<void>;
  /** Nothing of a batch that was never imported. */
  reverted(environment: string, batch: string): Promise<void>;
  close(): Promise<void>;
}

/** Progress as SQL has it. */
export interface ProgressRow {
  readonly fingerprint: string;
  readonly file_name: string | null;
  readonly line: number;
  readonly tally: string;
  readonly head_before: number;
  readonly head: number;
  readonly state: Progress['state'];
}

export const progressOf = (row: ProgressRow): Progress => ({
  fingerprint: row.fingerprint,
  fileName: row.file_name,
  line: row.line,
  tally: JSON.parse(row.tally),
  headBefore: row.head_before,
  head: row.head,
  state: row.state,
});
