import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { defaultSettings } from '@onym/core';
import { afterAll } from 'vitest';
import { OnymError } from '../../src/errors.ts';
import type { Call } from '../../src/import/calls.ts';
import { itemsOf, type RowContext } from '../../src/import/calls.ts';
import { recognise } from '../../src/import/recognise.ts';
import type { ImportOptions } from '../../src/import/types.ts';
import { receive } from '../../src/import/upload.ts';

/** Reads files as an import does, without a server behind it: what they are, and which calls their rows are. */

const directory = mkdtempSync(join(tmpdir(), 'onym-reading-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

export const now = Date.parse('2026-11-27T12:00:00Z');

const context: RowContext = {
  now,
  key: 'tests',
  public: false,
  small: false,
  namesByContent: false,
  newUuid: () => '00000000-0000-7000-8000-000000000001',
  environment: 'production',
  settings: defaultSettings,
  source: { key: 'tests', lib: 'onym-import', batch: 'tests', public: false },
  batch: 'tests',
};

export interface Invalid {
  readonly line: number;
  readonly error_code: string;
  readonly message: string;
}

export interface Read {
  /** The first that is said. */
  readonly sentence: string;
  readonly format: string;
  readonly words: Readonly<Record<string, string>>;
  readonly ignored: readonly string[];
  /** Of each good row, in order. */
  readonly rows: readonly (readonly Call[])[];
  readonly invalid: readonly Invalid[];
}

/** Throws what an import would answer before its first row. */
export async function read(file: string | Buffer, options: Partial<ImportOptions> = {}): Promise<Read> {
  const bytes = Buffer.from(file as string);
  // In small pieces, as they come over a network.
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 61) pieces.push(bytes.subarray(at, at + 61));
  const upload = await receive(Readable.from(pieces), directory, 64 * 1024 * 1024);
  try {
    const all: ImportOptions = { dryRun: false, restart: false, key: 'tests', ...options };
    const recognised = await recognise(upload, all);
    const reading = recognised.read();
    const rows: Call[][] = [];
    const invalid: Invalid[] = [];
    for await (const batch of recognised.rows.read()) {
      for (const row of batch.rows) {
        const { line } = row;
        if ('problem' in row) {
          invalid.push({ line, error_code: 'malformed-row', message: row.problem });
          continue;
        }
        try {
          const calls = reading.calls(row.cells);
          itemsOf(calls, line, context);
          rows.push(calls);
        } catch (error) {
          if (!(error instanceof OnymError)) throw error;
          invalid.push({ line, error_code: error.code, message: error.message });
        }
      }
    }
    const { sentence, words, ignored } = recognised;
    return { sentence, format: recognised.rows.format, words, ignored, rows, invalid };
  } finally {
    upload.remove();
  }
}

/** The first call of each row, for files whose rows are one call each. */
export const items = ({ rows }: Read): unknown[] => rows.map(([call]) => call?.item);

/** One JSON object a line. */
export const ndjson = (...rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
