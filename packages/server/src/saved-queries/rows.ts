import type { Chart, SavedQuery } from './types.ts';

/** A saved query as SQL has it. */
export interface SavedQueryRow {
  readonly environment: string;
  readonly id: string;
  readonly name: string;
  readonly sql: string;
  /** JSON, or null. */
  readonly chart: string | null;
  readonly version: number;
  readonly saved_by: string;
  readonly saved_at: number;
}

export const savedQueryOf = ({ chart, saved_by, saved_at, ...row }: SavedQueryRow): SavedQuery => ({
  ...row,
  chart: chart === null ? null : (JSON.parse(chart) as Chart),
  savedBy: saved_by,
  savedAt: saved_at,
});

export const rowOf = ({ chart, savedBy, savedAt, ...query }: SavedQuery): SavedQueryRow => ({
  ...query,
  chart: chart === null ? null : JSON.stringify(chart),
  saved_by: savedBy,
  saved_at: savedAt,
});
