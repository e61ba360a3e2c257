import type { SavedQuery } from './types.ts';

/** What stands where an id of an erased person stood. */
const instead = 'erased';

/** Comments, texts and quoted names of a statement: what a quotation mark in one of them means depends on which it is. */
const parts =
  /--[^\n]*|#[! ][^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|\$(\w*)\$[\s\S]*?(?:\$\1\$|$)|"(?:[^"\\]|\\[\s\S]|"")*(?:"|$)|`(?:[^`\\]|\\[\s\S]|``)*(?:`|$)/g;

/**
 * The query without these ids: texts of its SQL that are one, wildcards and anchors around it aside, comments that hold one, words of its name
 * that are one. Null where it holds none. Traits that somebody wrote into a statement are not known for what they are.
 */
export function withoutIds<Query extends Pick<SavedQuery, 'name' | 'sql'>>(
  query: Query,
  ids: ReadonlySet<string>,
): Query | null {
  const sql = query.sql.replace(parts, (part) => {
    if (/^(?:--|#|\/\*)/.test(part)) return holdsOne(part, ids) ? ' ' : part;
    if (/^["`]/.test(part)) return part;
    return isOne(textOf(part), ids) ? `'${instead}'` : part;
  });
  const name = query.name.replace(/\S+/g, (word) => (isOne(word, ids) ? instead : word));
  return sql === query.sql && name === query.name ? null : { ...query, name, sql };
}

const isOne = (text: string, ids: ReadonlySet<string>): boolean =>
  ids.has(text) || ids.has(text.replace(/^[%^"'([]+|[%$"')\],.:;?]+$/g, ''));

function holdsOne(text: string, ids: ReadonlySet<string>): boolean {
  for (const id of ids) if (text.includes(id)) return true;
  return false;
}

function textOf(literal: string): string {
  const heredoc = /^\$\w*\$/.exec(literal)?.[0];
  if (heredoc !== undefined) return literal.slice(heredoc.length, -heredoc.length);
  return literal.replace(/^'|'$/g, '').replace(/\\([\s\S])|''/g, (_, escaped: string | undefined) => escaped ?? "'");
}
