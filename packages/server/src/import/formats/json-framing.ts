import { open } from 'node:fs/promises';
import { parseFileJson } from './json-text.ts';

/** How JSON objects follow each other: a line each, or in some other way; `wrapped`: in a list within an object. */
export type Framing = 'lines' | 'strung' | 'wrapped';

/** Enough for the first row of any honest file. */
const lookedAtBytes = 1024 * 1024;

/** What APIs say beside a page of rows. */
const pageFields =
  '(?:next|previous|prev|count|page|page_size|per_page|limit|offset|total|total_count|session_id|status|ok|success|error|has_more|hasMore|cursor|next_cursor|computed_at|api_key|writeKey|sentAt|sent_at|historical_migration|object|url)';
const scalar = '(?:"(?:[^"\\\\]|\\\\.)*"|-?[\\d.eE+-]+|true|false|null)';
const wrapper = new RegExp(
  `^\\s*\\{\\s*(?:"${pageFields}"\\s*:\\s*${scalar}\\s*,\\s*)*"(?:results|data|batch|events|rows|items|records|persons|people|users|profiles)"\\s*:\\s*\\[\\s*[\\{\\]]`,
);

export async function framingOf(path: string): Promise<Framing> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(lookedAtBytes);
    const { bytesRead } = await file.read(buffer, 0, lookedAtBytes, 0);
    return framingOfHead(buffer.subarray(0, bytesRead), bytesRead === lookedAtBytes);
  } finally {
    await file.close();
  }
}

export function framingOfHead(head: Buffer, isCut: boolean): Framing {
  const text = head.toString('utf8').replace(/^\uFEFF/, '');
  if (/^\s*\[/.test(text)) return 'strung';
  if (wrapper.test(text)) return 'wrapped';
  const start = text.search(/\S/);
  const newline = text.indexOf('\n', start);
  if (newline === -1 && isCut) return 'strung';
  const line = text.slice(start, newline === -1 ? text.length : newline).trim();
  if (isJson(line)) return 'lines';
  // More than one row on the first line, or a row that goes on below it. Else the line is broken, and costs itself alone.
  return /\}\s*,?\s*\{/.test(line) || /[{[,:]$/.test(line) ? 'strung' : 'lines';
}

function isJson(text: string): boolean {
  try {
    parseFileJson(Buffer.from(text));
    return true;
  } catch {
    return false;
  }
}
