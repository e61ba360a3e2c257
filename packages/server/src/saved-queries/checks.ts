import { hasOnlyWholeCharacters } from '../characters.ts';
import { OnymError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Chart, Draft } from './types.ts';

/** What may be saved. All throw OnymError with what is wrong. The SQL may be wrong: that is told when it runs. */

/** As it is kept. */
export function checkDraft({ name, sql, chart }: Draft): Draft {
  return { name: nameOf(name), sql: sqlOf(sql), chart: chart && chartOf(chart) };
}

function nameOf(name: string): string {
  const trimmed = name.trim();
  if (trimmed === '' || Buffer.byteLength(trimmed) > limits.savedQueryNameBytesMax) {
    throw invalid(`A saved query needs a name of 1 to ${limits.savedQueryNameBytesMax} bytes.`);
  }
  if (/\p{Cc}/u.test(trimmed)) throw invalid("A saved query's name is one line, without control characters.");
  checkText(trimmed, 'name');
  return trimmed;
}

function sqlOf(sql: string): string {
  if (sql.trim() === '') throw invalid('There is no statement to save. Give it as sql.');
  if (Buffer.byteLength(sql) > limits.sqlBytesMax) {
    throw new OnymError('payload-too-large', `The statement is longer than ${limits.sqlBytesMax} bytes. Shorten it.`);
  }
  checkText(sql, 'sql');
  return sql;
}

function chartOf({ kind, x, y }: Chart): Chart {
  if (kind === 'table') return { kind, x: null, y: [] };
  if (x === null || y.length === 0) throw invalid(`A ${kind} chart needs a column for x, and at least one for y.`);
  for (const column of [x, ...y]) checkText(column, 'chart');
  return { kind, x, y };
}

function checkText(text: string, field: string): void {
  if (!text.includes('\0') && hasOnlyWholeCharacters(text)) return;
  throw invalid(`${field} holds NUL or half a surrogate pair. Remove it.`);
}

const invalid = (message: string): OnymError => new OnymError('invalid-payload', message);
