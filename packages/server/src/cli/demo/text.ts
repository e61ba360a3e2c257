/** The first eight digits tell the visitors of a demonstration apart. */
export function shortened(id: string): string {
  return id.replace(/^((?:anonymous|device)-[0-9a-f]{8})-[0-9a-f-]{27}$/, '$1…').replace(/^([ps]k_.{6}).+$/, '$1…');
}

/** A value as one would write it in a program. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return `'${shortened(value).replaceAll("'", "\\'")}'`;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).map(([key, inner]) => `${key}: ${literal(inner)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

export function callText(method: string, args: readonly unknown[]): string {
  return `onym.${method}(${args.map(literal).join(', ')})`;
}

/** Lines of at most `width`, broken at spaces; those after the first begin with `indent`. */
export function wrapped(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** Cells padded to the widest of their column. */
export function aligned(rows: readonly (readonly string[])[]): string[][] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(width(column))));
}
