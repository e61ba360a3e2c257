const delimiters = [',', ';', '\t', '|'];

/** What Excel writes, and obeys, as the first line of a file: `sep=;`. */
const separatorLine = /^\s*"?sep=(.)"?\s*$/i;

export function separatorOf(line: string): string | null {
  return separatorLine.exec(line)?.[1] ?? null;
}

export function guessDelimiter(header: string): string {
  const plain = header.replace(/"(?:[^"]|"")*"/g, '');
  const counted = delimiters.map((delimiter) => ({ delimiter, count: plain.split(delimiter).length }));
  return counted.reduce((best, next) => (next.count > best.count ? next : best)).delimiter;
}

/**
 * Lines end with LF or CRLF, or, in files of old Macs, with CR alone: as the first one does. Null while the text at hand does not
 * tell.
 */
export function lineEndOf(text: string, ended: boolean): '\n' | '\r' | null {
  const newline = text.indexOf('\n');
  const carriageReturn = text.indexOf('\r');
  if (carriageReturn !== -1 && (newline === -1 || carriageReturn < newline - 1)) {
    if (carriageReturn + 1 < text.length || ended) return '\r';
    return null;
  }
  return newline !== -1 || ended ? '\n' : null;
}

/** Blanks around a cell are no part of it. */
export function trimmed(cell: string): string {
  return isBlank(cell.charCodeAt(0)) || isBlank(cell.charCodeAt(cell.length - 1)) ? cell.trim() : cell;
}

/** The place after the blanks at `from`; a delimiter that is one itself, such as a tab, ends them. */
export function afterBlanks(text: string, from: number, delimiter: string, lineEnd: string): number {
  let at = from;
  while (at < text.length && isBlank(text.charCodeAt(at)) && text[at] !== delimiter && text[at] !== lineEnd) at++;
  return at;
}

/** Space, tab, no-break space, byte order mark, and CR before LF. A line feed is one only where lines end with CR. */
function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13 || code === 0xa0 || code === 0xfeff;
}
