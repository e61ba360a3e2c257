import { randomUUID } from 'node:crypto';
import { closeSync, createWriteStream, openSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isatty } from 'node:tty';

/**
 * The event engine takes what it finds in standard input for rows of its next insert, and fails, or takes what was meant for others: the
 * lines that a shell loop reads, for instance. To be called before it opens, by commands that read nothing there.
 */
export function leaveStandardInput(): void {
  // A terminal it leaves alone.
  if (isatty(0)) return;
  const nothing = openSync('/dev/null', 'r');
  if (nothing === 0) return;
  closeSync(0);
  // The lowest number that is free.
  openSync('/dev/null', 'r');
  closeSync(nothing);
}

export interface Spooled {
  readonly path: string;
  readonly bytes: number;
  remove(): void;
}

/** Standard input to its end, as a file: the engine then finds it empty. */
export async function spoolStandardInput(): Promise<Spooled> {
  const path = join(tmpdir(), `onym-stdin-${randomUUID()}`);
  const remove = () => rmSync(path, { force: true });
  try {
    await pipeline(process.stdin, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    return { path, bytes: statSync(path).size, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
