import { queryClient } from '../../api/query-client.ts';
import { headOf } from './file-head.ts';
import { importQuery } from './import-address.ts';
import { ended, heard, newRun, type Run } from './run.ts';
import { type Sample, sampleOf } from './sample.ts';
import { sendFile } from './send-file.ts';
import { asRecognised, type Reading, type Started } from './types.ts';

/** The file that is being imported. In the query cache, so that who looks at another page meanwhile finds it again. */
export interface Work {
  readonly file: File;
  readonly reading: Reading;
  /** Null where the browser can't read the file; undefined until it has. */
  readonly sample: Sample | null | undefined;
  /** What the server said last that the file is, also while it is read in another way. */
  readonly recognised: Started | null;
  readonly dryRun: Run | null;
  readonly import: Run | null;
  /** Ends what is under way. */
  readonly stop: () => void;
}

const workKey = (environment: string) => ['import', environment] as const;
// It is kept for as long as the page, looked at or not.
queryClient.setQueryDefaults(['import'], { gcTime: Number.POSITIVE_INFINITY });

const tellEveryMs = 100;
const nothingToStop = () => {};

export const workOf = (environment: string): Work | undefined =>
  queryClient.getQueryData<Work | null>(workKey(environment)) ?? undefined;

const put = (environment: string, work: Work | null): void =>
  void queryClient.setQueryData<Work | null>(workKey(environment), work);

/** Changes the work on a file, unless it has been let go, or another one taken up. */
function change(environment: string, file: File, by: Partial<Work>): boolean {
  const work = workOf(environment);
  if (work?.file !== file) return false;
  put(environment, { ...work, ...by });
  return true;
}

/** Takes up a file: looks into its beginning, and has the server judge it on a copy. */
export function takeUp(environment: string, file: File): void {
  workOf(environment)?.stop();
  put(environment, {
    file,
    reading: asRecognised,
    sample: undefined,
    recognised: null,
    dryRun: null,
    import: null,
    stop: nothingToStop,
  });
  void look(environment, file, '');
  void pass(environment, 'dryRun');
}

/** Reads the same file in another way, from its beginning. */
export function readAs(environment: string, by: Partial<Reading>): void {
  const work = workOf(environment);
  if (work === undefined) return;
  work.stop();
  const reading = { ...work.reading, ...by };
  put(environment, { ...work, reading, import: null, stop: nothingToStop });
  if (reading.delimiter !== work.reading.delimiter) void look(environment, work.file, reading.delimiter);
  void pass(environment, 'dryRun');
}

/** What the import will be taken back under. It changes nothing of what the rows are. */
export function nameBatch(environment: string, batch: string): void {
  const work = workOf(environment);
  if (work !== undefined) change(environment, work.file, { reading: { ...work.reading, batch } });
}

/** Leaves an import that ended early, to read the file in another way. */
export const backToReading = (environment: string, file: File): void =>
  void change(environment, file, { import: null });

export function letGo(environment: string): void {
  workOf(environment)?.stop();
  put(environment, null);
}

async function look(environment: string, file: File, delimiter: string): Promise<void> {
  const head = await headOf(file).catch(() => null);
  change(environment, file, { sample: head === null ? null : sampleOf(head.text, head.isWhole, delimiter) });
}

/** One pass over the file: a dry run, or the import. Resolves once it has ended, however it did. */
export async function pass(
  environment: string,
  which: 'dryRun' | 'import',
  { restart = false }: { readonly restart?: boolean } = {},
): Promise<Run | null> {
  const work = workOf(environment);
  if (work === undefined) return null;
  const { file, reading } = work;
  const control = new AbortController();
  const isDryRun = which === 'dryRun';
  const query = importQuery({ environment, fileName: file.name, reading, dryRun: isDryRun, restart });
  let run = newRun;
  // What was stopped for another pass says nothing any more.
  const tell = () => {
    const by = { [which]: run, ...(run.started !== null && { recognised: run.started }) };
    if (workOf(environment)?.stop === stop && change(environment, file, by)) return;
    control.abort();
  };
  const stop = () => control.abort();
  change(environment, file, { [which]: run, stop });
  let told = 0;
  try {
    for await (const lines of sendFile(file, query, control.signal)) {
      const before = run.phase;
      run = heard(run, lines);
      if (run.phase === before && performance.now() - told < tellEveryMs) continue;
      told = performance.now();
      tell();
    }
  } catch (error) {
    run = ended(run, error);
  }
  tell();
  return run;
}
