import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../config-error.ts';

/** What a move leaves in the directory that it moves. */
export interface MoveMark {
  /** Of the move: the target knows the directory by it. */
  readonly id: string;
  readonly state: 'moving' | 'moved';
  /** Where to, for people. */
  readonly postgres: string;
  readonly clickhouse: string;
  /** When it was last written. */
  readonly at: string;
}

const nameOfMark = 'moved.json';
const markFile = (path: string): string => join(path, nameOfMark);

export function readMoveMark(path: string): MoveMark | null {
  try {
    return JSON.parse(readFileSync(markFile(path), 'utf8')) as MoveMark;
  } catch (error) {
    // No directory at all is said by those who open it.
    if (/^(?:ENOENT|ENOTDIR|ELOOP|ENAMETOOLONG)$/.test((error as { code?: string }).code ?? '')) return null;
    throw new ConfigError(`${markFile(path)} can't be read: ${(error as Error).message}.`);
  }
}

/** Durable when it returns. */
export function writeMoveMark(path: string, mark: MoveMark): void {
  const next = `${markFile(path)}.next`;
  writeFileSync(next, `${JSON.stringify(mark, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(next, markFile(path));
}

/**
 * Throws ConfigError where serving the directory would show what is no longer, or not yet, what counts. `shared`: what nodes share is on
 * servers, so that nothing of the directory but its journal is used.
 */
export function checkMoved(path: string, { shared }: { readonly shared: boolean }): void {
  const mark = readMoveMark(path);
  if (mark === null) return;
  const where = `PostgreSQL ${mark.postgres} and ClickHouse ${mark.clickhouse}`;
  if (mark.state === 'moving') {
    throw new ConfigError(
      `A move of ${path} to ${where} has not ended. Run the same onym migrate again: it goes on where it was. To give it up, remove ${markFile(path)}; nothing here has changed.`,
    );
  }
  if (shared) return;
  throw new ConfigError(
    `${path} was moved to ${where} on ${mark.at.slice(0, 10)}, and calls since then are there. Serve it there, with ONYM_POSTGRES_URL and ONYM_CLICKHOUSE_URL. To use what was left here all the same, remove ${markFile(path)}.`,
  );
}
