/** Cut in the middle: ids made one after the other begin alike, and their ends tell them apart. */
export function shortened(id: string): string {
  return id
    .replace(/^((?:anonymous|device)-[0-9a-f]{4})[0-9a-f-]{28}([0-9a-f]{4})$/, '$1…$2')
    .replace(/^([ps]k_.{6}).+$/, '$1…');
}

/** A value as one would write it in a program. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return `'${shortened(value).replaceAll("'", "\\'")}'`;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).map(([key, inner]) => `${keyText(key)}: ${literal(inner)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

const keyText = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : literal(key));

export function callText(method: string, args: readonly unknown[]): string {
  return `onym.${method}(${args.map(literal).join(', ')})`;
}

/** Lines of at most `width`, broken at spaces. */
export function wrapped(text: string, width: number): string[] {
  return filled(text.split(' '), width);
}

/** As `wrapped`, but broken after commas alone: a field stays with its name. */
export function wrappedCode(code: string, width: number): string[] {
  return filled(code.split(/(?<=,) /), width);
}

function filled(parts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + part.length > width) lines.push(part);
    else lines[lines.length - 1] = `${last} ${part}`;
  }
  return lines;
}

export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** Cells padded to the widest of their column. */
export function aligned(rows: readonly (readonly string[])[]): string[][] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(width(column))));
}
