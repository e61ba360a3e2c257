import type { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import type { ClickHouseClient } from '@clickhouse/client';
import type { Settings } from '../engine.ts';

export interface Answer {
  readonly stream: Readable;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What ClickHouse says is wrong, as it says it: the client's own error ends at the first capitals in brackets. */
class ServerError extends Error {
  override readonly name = 'ServerError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const codeHeader = 'x-clickhouse-exception-code';

/** Sends a statement, with a body of rows where it has one. Throws what the server says is wrong, with its number as `code`. */
export async function ask(
  client: ClickHouseClient,
  query: string,
  { settings = {}, values }: { readonly settings?: Settings; readonly values?: Readable } = {},
): Promise<Answer> {
  const answer = await client.exec({
    query,
    ...(values === undefined ? {} : { values }),
    clickhouse_settings: settings,
    ignore_error_response: true,
  });
  const { stream, response_headers: headers, http_status_code: status = 0 } = answer;
  if (status < 400 && headers[codeHeader] === undefined) return { stream, headers };
  const message = (await text(stream)).trim();
  const code = Number(headers[codeHeader] ?? /^Code: (\d+)\./.exec(message)?.[1] ?? Number.NaN);
  if (Number.isInteger(code)) throw new ServerError(code, bare(message));
  throw new Error(`HTTP ${status}: ${message}`);
}

const head = /^(?:Code: \d+\. |DB::Exception: |Received from \S+\. |There was an error on \S+: )+/;
const foot = /(?:\s*\((?:[A-Z][A-Z\d_]{2,}|version [^()]*(?:\([^()]*\))?)\)\.?)+$/;

/** Without what each node that handed it on has put around it: numbers, addresses, names of errors, versions. */
const bare = (message: string): string =>
  message
    .replace(head, '')
    .replace(/,? Stack trace:[\s\S]*$/, '')
    .replace(foot, '');

export async function command(client: ClickHouseClient, sql: string): Promise<void> {
  await buffer((await ask(client, sql)).stream);
}

export async function lines(client: ClickHouseClient, sql: string): Promise<string[]> {
  const { stream } = await ask(client, sql);
  return (await text(stream)).split('\n').filter((line) => line !== '');
}

export async function rows<Row>(client: ClickHouseClient, sql: string): Promise<Row[]> {
  return (await lines(client, `${sql}\nFORMAT JSONEachRow`)).map((line) => JSON.parse(line) as Row);
}
