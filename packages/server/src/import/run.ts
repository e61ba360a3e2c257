import { limits } from '../limits.ts';
import type { RowContext } from './calls.ts';
import { listed } from './columns.ts';
import type { Progress } from './progress.ts';
import { readerOf } from './reader.ts';
import type { Reading } from './reading.ts';
import { bounded, recognise } from './recognise.ts';
import { inOrderOf } from './tables/in-order.ts';
import type { Target } from './target.ts';
import type { ImportEvent, ImportOptions, RowAnswer, SourceRow, Tally } from './types.ts';
import type { Upload } from './upload.ts';
import { work } from './work.ts';

export interface Run {
  readonly upload: Upload;
  readonly options: ImportOptions;
  readonly batch: string;
  readonly context: (batch: string) => RowContext;
  openTarget(): Promise<Target>;
  /** Whether the ledger's rows up to this one say nothing of anybody. */
  isEmptyUpTo(seq: number): Promise<boolean>;
  /** A file of this run's own, to be removed by who makes it. */
  scratchFile(): string;
  /** What an earlier run has done; null to begin anew. */
  earlier(reading: Reading): Promise<Progress | null>;
  save(progress: Omit<Progress, 'fingerprint' | 'fileName'>, reading: Reading): Promise<void>;
  /** The verdict that a ledger row of this batch gave, or null when the row is not of this batch. */
  verdictOf(seq: number): Promise<RowAnswer['verdict'] | null>;
  /** Asked between chunks: throws where the run has to end. */
  readonly goOn: () => void;
  readonly now: () => number;
}

export const emptyTally = (): Tally => ({
  rows: 0,
  counts: { applied: 0, unchanged: 0, refused: 0, held: 0, invalid: 0 },
  reasons: {},
  links: {},
  skipped: {},
});

/** Says what the file is, judges it chunk by chunk, and notes each chunk once it is durable. */
export async function* run(asked: Run): AsyncGenerator<ImportEvent> {
  const { upload, options, batch } = asked;
  const file = await recognise(upload, options);
  const { format } = file.rows;
  const reading = file.read();
  const earlier = await asked.earlier(reading);
  const isDone = earlier?.state === 'done';
  const ignored = bounded(file.ignored);
  yield {
    type: 'started',
    batch,
    format,
    bytes: upload.bytes,
    dry_run: options.dryRun,
    recognised: file.sentence,
    mapping: file.words,
    ignored_columns: ignored.named,
    more_ignored_columns: ignored.more,
    resumed_after_line: earlier?.line ?? 0,
  };
  const warnings = (format === 'csv' || format === 'ndjson') && !upload.endsWithNewline ? [cutWarning] : [];
  const newcomers = createNewcomers(file.columns, file.hasAllColumns);
  const target = await asked.openTarget();
  try {
    const headBefore = earlier?.headBefore ?? (await target.head());
    let tally = { ...emptyTally(), ...earlier?.tally };
    if (!isDone) {
      const guarded = !(await asked.isEmptyUpTo(headBefore));
      const rows = file.rows.read();
      tally = yield* work({
        asked,
        reading,
        reader: readerOf(reading, file.columns, asked.context(batch), { guarded }),
        rows: reading.table === 'links' ? inOrderOf('seq', rows, asked.scratchFile()) : rows,
        target,
        earlier,
        headBefore,
        tally,
        see: newcomers.see,
      });
    }
    const late = [...newcomers.columns, ...[...reading.noted.unused].filter((path) => !file.ignored.includes(path))];
    yield {
      type: 'done',
      ok: true,
      batch,
      dry_run: options.dryRun,
      finished_before: isDone,
      ...tally,
      largest_identities: await target.largest(headBefore),
      warnings: late.length === 0 ? warnings : [...warnings, lateWarning(late)],
    };
  } finally {
    await target.close();
  }
}

const cutWarning =
  'The file does not end with a newline: if it was cut off, its last row may hold half an id. Compare it with the source.';

const lateWarning = (names: readonly string[]): string =>
  `These came up only later in the file, and were not used: ${listed(names)}.`;

/** Columns that come up behind the part of the file that was looked at. */
function createNewcomers(known: ReadonlySet<string>, areAll: boolean) {
  const columns = new Set<string>();
  return {
    columns,
    see(row: SourceRow): void {
      if (areAll || !('cells' in row)) return;
      for (const name in row.cells) {
        if (!known.has(name) && columns.size < limits.importColumnsMax) columns.add(name);
      }
    },
  };
}
