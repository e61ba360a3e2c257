import { shown, table } from './print.ts';

const gapWidth = 2;
/** Narrower columns say nothing. */
const columnWidthMin = 10;

/**
 * A table that fits a terminal of so many columns (null: no terminal, nothing is cut): the widest columns give way first, and a cell that
 * is cut ends in `…`. With too many columns each row is a block of its own, a line a column.
 */
export function fittedTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  terminalWidth: number | null,
): string {
  if (terminalWidth === null) return table(header, rows);
  const cells = [header, ...rows].map((row) => row.map(shown));
  const natural = header.map((_, column) =>
    cells.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0),
  );
  const room = terminalWidth - gapWidth * (header.length - 1);
  if (sum(natural.map((width) => Math.min(width, columnWidthMin))) > room) return blocks(cells, terminalWidth);
  const widths = narrowed(natural, room);
  const [titles, ...lines] = cells.map((row) => row.map((cell, column) => cut(cell, widths[column]!)));
  return table(titles!, lines);
}

/** Takes from the widest until they fit. */
function narrowed(natural: readonly number[], room: number): number[] {
  const widest = natural.toSorted((a, b) => b - a);
  if (sum(natural) <= room) return [...natural];
  // The width that all wider columns are cut to: what the narrower ones leave, shared out.
  for (let count = 1; count <= widest.length; count++) {
    const left = room - sum(widest.slice(count));
    const limit = Math.floor(left / count);
    if (limit >= (widest[count] ?? 0)) return natural.map((width) => Math.min(width, limit));
  }
  return [...natural];
}

function blocks([titles, ...rows]: readonly (readonly string[])[], terminalWidth: number): string {
  const nameWidth = Math.min(
    titles!.reduce((widest, title) => Math.max(widest, title.length), 0),
    Math.floor(terminalWidth / 2),
  );
  const valueWidth = Math.max(terminalWidth - nameWidth - gapWidth, 1);
  const line = (title: string, value: string) =>
    `${cut(title, nameWidth).padEnd(nameWidth + gapWidth)}${cut(value, valueWidth)}`.trimEnd();
  return rows
    .map((row, index) =>
      [`row ${index + 1}`, ...titles!.map((title, column) => line(title, row[column] ?? ''))].join('\n'),
    )
    .join('\n\n');
}

const cut = (text: string, width: number): string => {
  if (text.length <= width) return text;
  // Not through the middle of a character.
  const kept = text.slice(0, width - 1).replace(/[\ud800-\udbff]$/, '');
  return `${kept}…`;
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

export const terminalWidth = (): number | null => (process.stdout.isTTY ? process.stdout.columns || 80 : null);
