import {
  accessSync,
  closeSync,
  constants,
  createReadStream,
  existsSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseExact } from '../exact-json/parse.ts';
import { stringifyExact } from '../exact-json/stringify.ts';
import type { Rejection } from '../import/types.ts';
import { RequestError } from './transport.ts';

/** One JSON object a line: line, verdict, error_code, message, row, batch. */
type Row = Rejection & { readonly batch?: string };

export interface RejectedFile {
  /** A run of the server begins, at the first row or after one that an earlier run of this batch has come to. */
  begin(run: { batch: string; resumed_after_line: number }): Promise<void>;
  add(row: Rejection): void;
  /** `isWhole`: the run came to its end. One that did not has said only part of what is true. */
  close(isWhole: boolean): Promise<void>;
  /** The file's name; null when no row was rejected. */
  written(): string | null;
  /** Where the rows of another batch went that were in the file; null when there were none. */
  setAside(): string | null;
}

export interface RejectedFileOptions {
  readonly path: string;
  /** What is imported, which must not be written over. */
  readonly source: string;
  readonly isDryRun: boolean;
}

/**
 * Rows go into a file beside it, and take its place when there is nothing more in it that they do not say. A file without rows is not left
 * behind. Throws RequestError when the file can't be written, or is another's.
 */
export async function openRejectedFile({ path, source, isDryRun }: RejectedFileOptions): Promise<RejectedFile> {
  // A dry run must not touch what an import left.
  const file = isDryRun ? path.replace(/(\.ndjson)?$/, '.dry-run$1') : path;
  // Of this process: another import may write to the same file meanwhile.
  const part = `${file}.${process.pid}.part`;
  if (resolve(file) === resolve(source)) throw unwritable(file, 'it is the file that is imported');
  await checkWritable(file);

  let batch = '';
  let afterLine = 0;
  let isUntouched = true;
  let isOthers = false;
  let aside: string | null = null;
  let descriptor: number | null = null;
  let count = 0;

  function write(row: Row): void {
    // At once: what the server has said is not said again to a process that was killed.
    descriptor ??= openToWrite(part);
    count++;
    writeLine(descriptor, part, row);
  }

  function release(): void {
    if (descriptor !== null) closeSync(descriptor);
    descriptor = null;
  }

  /** What is there is still true of the batch it names. */
  async function moveAside(): Promise<void> {
    aside = freeName(file, (await firstRow(file))?.batch ?? 'earlier');
    renameSync(file, aside);
  }

  /** A run that was killed has left its rows where they were written. */
  async function recover(): Promise<void> {
    for (const left of partsOfTheDead(file)) {
      if (isDryRun) {
        rmSync(left, { force: true });
        continue;
      }
      const [its, old] = [await firstRow(left), await firstRow(file)];
      if (old !== null && its?.batch !== old.batch) await moveAside();
      await merge(left, file);
    }
  }

  /** Files of an earlier version do not name their batch: who goes on goes on with that one. */
  async function holdsAnotherBatch(isGoingOn: boolean): Promise<boolean> {
    const old = await firstRow(file);
    return !isDryRun && old !== null && (old.batch ?? (isGoingOn ? batch : null)) !== batch;
  }

  return {
    async begin(run) {
      batch = run.batch;
      await recover();
      afterLine = run.resumed_after_line;
      if (afterLine >= Number.MAX_SAFE_INTEGER) {
        isOthers = await holdsAnotherBatch(true);
        return;
      }
      isUntouched = false;
      if (afterLine === 0 || (await holdsAnotherBatch(true))) return;
      // What can't be read is found again by reading; the rest is not said again.
      for await (const row of rowsOf(file)) {
        if (kindOf(row) === 'judged' && row.line <= afterLine) write({ ...row, batch });
      }
    },

    add: (row) => write({ ...row, batch }),

    async close(isWhole) {
      release();
      if (isUntouched || (count === 0 && !isWhole)) return;
      if (isDryRun && !isWhole) return rmSync(part);
      if (await holdsAnotherBatch(afterLine > 0)) await moveAside();
      if (count === 0) rmSync(file, { force: true });
      else if (isWhole) renameSync(part, file);
      else await merge(part, file);
    },

    written() {
      if (isUntouched) return existsSync(file) && !isOthers ? file : null;
      return count === 0 ? null : file;
    },
    setAside: () => aside,
  };
}

function partsOfTheDead(file: string): string[] {
  const folder = dirname(file);
  const own = basename(file);
  return namesIn(folder)
    .filter((name) => name.startsWith(`${own}.`) && !isAlive(/^\.(\d+)\.part$/.exec(name.slice(own.length))?.[1]))
    .map((name) => join(folder, name));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Whether a process of this number runs; what is no number counts as one that does. */
function isAlive(pid: string | undefined): boolean {
  if (pid === undefined) return true;
  try {
    return process.kill(Number(pid), 0);
  } catch (error) {
    return (error as { code?: string }).code !== 'ESRCH';
  }
}

type Kind = 'invalid' | 'judged';

const kindOf = ({ verdict }: Row): Kind => (verdict === 'invalid' ? 'invalid' : 'judged');

/**
 * The rows of a run that did not come to its end, then those of the file that it had not come to. Each kind is in the order of the lines,
 * so that a crash on the way leaves what comes to the same.
 */
async function merge(part: string, file: string): Promise<void> {
  const last: Record<Kind, number> = { invalid: 0, judged: 0 };
  const merged = `${part}.merged`;
  const descriptor = openToWrite(merged);
  try {
    for await (const row of rowsOf(part)) {
      last[kindOf(row)] = row.line;
      writeLine(descriptor, merged, row);
    }
    for await (const row of rowsOf(file)) {
      if (row.line > last[kindOf(row)]) writeLine(descriptor, merged, row);
    }
  } finally {
    closeSync(descriptor);
  }
  renameSync(merged, file);
  rmSync(part, { force: true });
}

function freeName(file: string, batch: string): string {
  const name = batch.replace(/[^\w.-]+/g, '_').slice(0, 100);
  for (let n = 1; ; n++) {
    const candidate = file.replace(/(\.ndjson)?$/, `.${name}${n === 1 ? '' : `.${n}`}$1`);
    if (!existsSync(candidate)) return candidate;
  }
}

async function* rowsOf(file: string): AsyncGenerator<Row> {
  if (!existsSync(file)) return;
  for await (const text of createInterface({ input: createReadStream(file) })) {
    const row = parsed(text);
    if (row !== null) yield row;
  }
}

async function firstRow(file: string): Promise<Row | null> {
  for await (const row of rowsOf(file)) return row;
  return null;
}

/** Null for a last line that a kill cut off. */
function parsed(text: string): Row | null {
  try {
    const row = parseExact(text) as unknown as Row;
    return typeof row.line === 'number' && typeof row.verdict === 'string' ? row : null;
  } catch {
    return null;
  }
}

async function checkWritable(file: string): Promise<void> {
  try {
    accessSync(dirname(file), constants.W_OK);
    if (!existsSync(file)) return;
    accessSync(file, constants.R_OK);
  } catch (error) {
    throw unwritable(file, (error as Error).message);
  }
  const stats = statSync(file);
  if (!stats.isFile()) throw unwritable(file, 'it is not a file');
  if (stats.size > 0 && (await firstRow(file)) === null) throw unwritable(file, 'what is in it are not rejected rows');
}

function openToWrite(file: string): number {
  try {
    return openSync(file, 'w', 0o600);
  } catch (error) {
    throw unwritable(file, (error as Error).message);
  }
}

function writeLine(descriptor: number, file: string, row: Row): void {
  const bytes = Buffer.from(`${stringifyExact(row)}\n`);
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
  } catch (error) {
    throw unwritable(file, (error as Error).message);
  }
}

const unwritable = (file: string, why: string): RequestError =>
  new RequestError(`Rejected rows can not be kept in ${file}: ${why}. Name another file with --rejected.`, null);
