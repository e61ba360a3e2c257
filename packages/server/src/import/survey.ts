import { OnymError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Rows } from './formats/open-rows.ts';
import type { Cells, SourceRow } from './types.ts';

/** What a look at the file shows before anything is done with it. */
export interface Survey {
  /** Of all rows looked at. */
  readonly columns: readonly string[];
  /** The first of them that can be read. */
  readonly rows: readonly Cells[];
  /** Rows that are no blanks, those that can not be read included. */
  readonly count: number;
  /** False where there are more than that. */
  readonly isCounted: boolean;
  /** False where columns may come up that are not among them. */
  readonly hasAllColumns: boolean;
}

/**
 * Bounded in bytes, whatever the size of the file. Throws `invalid-payload` where no row can be read, but for a table of ours without rows,
 * whose header names `columnsOfEmpty`.
 */
export async function survey(rows: Rows, columnsOfEmpty: readonly string[] | null): Promise<Survey> {
  const columns = new Set<string>(rows.shape?.columns);
  const sample: Cells[] = [];
  let count = 0;
  let isWhole = true;
  let bad: SourceRow | null = null;
  let readBefore = 0;
  for await (const batch of rows.read()) {
    for (const row of batch.rows) {
      count++;
      if ('problem' in row) bad ??= row;
      else {
        for (const name in row.cells) if (columns.size < limits.importColumnsMax) columns.add(name);
        if (sample.length < limits.importSampleRowsMax && readBefore < limits.importSampleBytesMax)
          sample.push(row.cells);
      }
    }
    readBefore = batch.bytes;
    const isEnough = rows.shape !== null ? sample.length > 0 : batch.bytes >= limits.importSurveyBytesMax;
    if (!isEnough) continue;
    isWhole = false;
    break;
  }
  if (count === 0 && columnsOfEmpty !== null) {
    return { columns: columnsOfEmpty, rows: [], count, isCounted: true, hasAllColumns: true };
  }
  if (sample.length === 0)
    throw new OnymError('invalid-payload', `The file has no row that can be read. ${problemOf(bad)}`);
  const { shape } = rows;
  return {
    columns: [...columns],
    rows: sample,
    count: shape?.rows ?? count,
    isCounted: isWhole || shape !== null,
    // There may be more of them than are told apart.
    hasAllColumns: (isWhole || shape !== null) && columns.size < limits.importColumnsMax,
  };
}

const problemOf = (row: SourceRow | null): string =>
  row !== null && 'problem' in row ? `Line ${row.line}: ${row.problem}` : 'It has a header and no rows.';
