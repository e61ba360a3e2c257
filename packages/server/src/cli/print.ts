import { stringifyExact } from '../exact-json/stringify.ts';

/** A table with a header, columns padded to their widest cell. Colour only where a person reads it. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd();
  return [bold(line(header)), ...rows.map(line)].join('\n');
}

export function bold(text: string): string {
  return process.stdout.isTTY && process.env.NO_COLOR === undefined ? `\u001b[1m${text}\u001b[22m` : text;
}

export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

export function printJson(value: unknown): void {
  print(stringifyExact(value, 2));
}
