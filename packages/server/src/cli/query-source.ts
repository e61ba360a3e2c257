import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parseExact } from '../exact-json/parse.ts';
import { RequestError } from './transport.ts';

/** The statement: as it was typed, of a file, or of standard input where it is `-`. Throws RequestError unless there is exactly one. */
export async function statementOf(sql: string | undefined, file: string | undefined): Promise<string> {
  if (sql !== undefined && file !== undefined)
    throw new RequestError('A statement and --file are both given. Give one.', null);
  if (file !== undefined && file !== '-') return fromFile(file);
  if (sql === undefined && file === undefined)
    throw new RequestError(
      "What is asked? Give a statement, --file, or - for standard input: onym query 'SELECT …'",
      null,
    );
  if (sql !== undefined && sql !== '-') return sql;
  if (process.stdin.isTTY) process.stderr.write('Reading the statement from standard input; Ctrl-D ends it.\n');
  return text(process.stdin);
}

function fromFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new RequestError(`${file} can not be read: ${(error as Error).message}`, null, error);
  }
}

/** `name=value`, a text; or `name:=value`, JSON, for lists and null. Throws RequestError for anything else. */
export function parametersOf(given: readonly string[]): Record<string, unknown> {
  const parameters: Record<string, unknown> = Object.create(null);
  for (const each of given) {
    const [, name, colon, value = ''] = /^(\w+)(:?)=(.*)$/s.exec(each) ?? [];
    if (name === undefined)
      throw new RequestError(`--param ${JSON.stringify(each)} is not name=value, nor name:=JSON.`, null);
    if (name in parameters) throw new RequestError(`--param ${name} is given twice.`, null);
    parameters[name] = colon === ':' ? jsonOf(name, value) : value;
  }
  return parameters;
}

function jsonOf(name: string, value: string): unknown {
  try {
    return parseExact(value);
  } catch (error) {
    throw new RequestError(
      `--param ${name}:=… is no JSON. Write lists as '${name}:=["a","b"]', texts as ${name}=a.`,
      null,
      error,
    );
  }
}
