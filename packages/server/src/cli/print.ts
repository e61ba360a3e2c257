import { pipeline } from 'node:stream/promises';
import { stringifyExact } from '../exact-json/stringify.ts';
import { mapCells } from './csv-cells.ts';

/** The one way to the operator's terminal: whatever else the command line writes goes to a file, or to a program, as it is. */

/**
 * What a terminal acts on, and what shows as something else than it is: control characters, line and paragraph separators, and marks of
 * the direction of writing. Names and properties come from whoever has a publishable key.
 */
const unsafe = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;
const shortForms: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const escapeCode = '\u001b';
const styled = (on: number, off: number) => (text: string) => `${escapeCode}[${on}m${text}${escapeCode}[${off}m`;
/** What may be put around text where there is colour. No other code gets out. */
export const styles = {
  bold: styled(1, 22),
  dim: styled(2, 22),
  red: styled(31, 39),
  green: styled(32, 39),
  yellow: styled(33, 39),
  cyan: styled(36, 39),
} as const;
const ownCodes = new Set(Object.values(styles).flatMap((style) => style(' ').split(' ')));
const unsafeOrCode = new RegExp(`${escapeCode}\\[\\d+m|${unsafe.source}`, 'gu');

const codeOf = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A value in a line of text: it begins no line of its own either. */
export function shown(value: string): string {
  return value.replace(unsafe, (character) => shortForms[character] ?? codeOf(character));
}

/** As one line. */
export const inOneLine = (text: string): string => text.trim().replace(/\s*\n\s*/g, ' ');

type Output = NodeJS.WriteStream;

export const hasColour = (output: Output = process.stdout): boolean =>
  output.isTTY && process.env.NO_COLOR === undefined;

export function bold(text: string): string {
  return hasColour() ? styles.bold(text) : text;
}

/** What it prints as, newlines of the text itself included. */
function safe(text: string, output: Output): string {
  return text.replace(unsafeOrCode, (match) =>
    match === '\n' || (ownCodes.has(match) && hasColour(output)) ? match : shown(match),
  );
}

const endedLine = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);

export function print(text: string): void {
  write(endedLine(text));
}

/** Without a newline of its own. */
export function write(text: string): void {
  process.stdout.write(safe(text, process.stdout));
}

/** What is not a result goes to standard error. */
export function printNote(text: string): void {
  writeNote(endedLine(text));
}

export function writeNote(text: string): void {
  process.stderr.write(safe(text, process.stderr));
}

/** In place of what was overwritten last. */
export function overwriteNote(text: string): void {
  process.stderr.write(`\r${escapeCode}[K${safe(text, process.stderr)}`);
}

/** A table with a header, columns padded to their widest cell. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const [titles, ...cells] = [header, ...rows].map((row) => row.map(shown)) as [string[], ...string[][]];
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd();
  return [bold(line(titles)), ...cells.map(line)].join('\n');
}

/** The same JSON for a program and for a person: what is unsafe in it is escaped as JSON escapes. */
export function printJson(value: unknown): void {
  process.stdout.write(`${jsonEscaped(stringifyExact(value, 2))}\n`);
}

/** As `printJson`, in one line. */
export function printJsonLine(value: unknown): void {
  process.stdout.write(`${jsonEscaped(stringifyExact(value))}\n`);
}

/** In JSON text what is unsafe stands within strings, but for the whitespace between tokens. */
const jsonEscaped = (text: string): string =>
  text.replace(unsafe, (character) => (character === '\n' ? character : character === '\t' ? '  ' : codeOf(character)));

/** Where a log goes that a person watches, one JSON object a line: held back until `release`, so that a greeting comes first. */
export function watchedLog() {
  let held: string[] | null = [];
  const write = (line: string): void => {
    if (held === null) process.stdout.write(jsonEscaped(line));
    else held.push(line);
  };
  return {
    write,
    release(): void {
      const lines = held ?? [];
      held = null;
      lines.forEach(write);
    },
  };
}

export type RowFormat = 'json' | 'ndjson' | 'csv' | 'parquet' | 'arrow';

/** Rows as the server made them, byte for byte, for a file or a program; on a terminal, with what is unsafe escaped. */
export async function printRows(rows: AsyncIterable<Uint8Array>, format: RowFormat): Promise<void> {
  await pipeline(process.stdout.isTTY ? escapedRows(rows, format) : rows, process.stdout, { end: false });
}

async function* escapedRows(rows: AsyncIterable<Uint8Array>, format: RowFormat): AsyncGenerator<string | Uint8Array> {
  if (format === 'csv') return yield* mapCells(rows, shown);
  const decoder = new TextDecoder();
  for await (const chunk of rows) yield jsonEscaped(decoder.decode(chunk, { stream: true }));
  yield jsonEscaped(decoder.decode());
}
