import { once } from 'node:events';
import { createReadStream, createWriteStream, existsSync, renameSync, rmSync, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseExact } from '../exact-json/parse.ts';
import { stringifyExact } from '../exact-json/stringify.ts';
import type { Rejection } from '../import/types.ts';

export interface RejectedFile {
  /** Keeps of an earlier run's file what the server does not say again: what was refused or held up to that line. */
  begin(resumedAfterLine: number): Promise<void>;
  add(row: Rejection): Promise<void>;
  close(): Promise<void>;
  /** The file's name; null when no row was rejected. */
  written(): string | null;
}

/** One JSON object a line: line, verdict, error_code, message, row. A file without rows is not left behind. */
export function openRejectedFile(path: string, isDryRun: boolean): RejectedFile {
  // A dry run must not touch what an import left.
  const file = isDryRun ? path.replace(/(\.ndjson)?$/, '.dry-run$1') : path;
  let stream: WriteStream | null = null;
  let count = 0;

  async function write(text: string): Promise<void> {
    stream ??= createWriteStream(`${file}.part`, { mode: 0o600 });
    count++;
    if (!stream.write(`${text}\n`)) await once(stream, 'drain');
  }

  async function keep(old: string, upToLine: number): Promise<void> {
    for await (const text of createInterface({ input: createReadStream(old) })) {
      const row = parsed(text);
      if (row !== null && row.verdict !== 'invalid' && row.line <= upToLine) await write(text);
    }
  }

  return {
    async begin(resumedAfterLine) {
      const old = [`${file}.part`, file].find((name) => existsSync(name));
      if (old === undefined) return;
      const aside = `${file}.old`;
      renameSync(old, aside);
      if (resumedAfterLine > 0) await keep(aside, resumedAfterLine);
      rmSync(aside);
      rmSync(file, { force: true });
    },
    add: (row) => write(stringifyExact(row)),
    async close() {
      if (stream === null) return;
      stream.end();
      await once(stream, 'close');
      renameSync(`${file}.part`, file);
    },
    written: () => (count === 0 ? null : file),
  };
}

/** Null for a last line that a kill cut off. */
function parsed(text: string): Rejection | null {
  try {
    return parseExact(text) as Rejection;
  } catch {
    return null;
  }
}
