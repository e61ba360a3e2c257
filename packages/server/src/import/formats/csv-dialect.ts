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
 * Lines end with LF or CRLF, or, in files of old Macs, with CR alone: as the first one does, outside of quotes. Null while the text at hand
 * does not tell.
 */
export function lineEndOf(text: string, ended: boolean): '\n' | '\r' | null {
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') isQuoted = !isQuoted && !isLetter.test(text[at - 1] ?? '');
    else if (isQuoted) continue;
    else if (character === '\n') return '\n';
    else if (character === '\r') {
      if (at + 1 === text.length && !ended) return null;
      return text[at + 1] === '\n' ? '\n' : '\r';
    }
  }
  return ended ? '\n' : null;
}

/** Behind one, a quote is a character like others. */
const isLetter = /[\p{L}\p{N}]/u;

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
