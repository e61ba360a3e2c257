import { type Command, Option } from 'commander';
import { parseExact } from '../exact-json/parse.ts';
import { stringifyExact } from '../exact-json/stringify.ts';
import { type ReadOptions, readOptions } from './options.ts';
import { print, printRows, type RowFormat, table } from './print.ts';
import { csvOnly, excelSafe, excelSafeOption } from './spreadsheet.ts';
import { RequestError, withTransport } from './transport.ts';

interface QueryCliOptions extends ReadOptions {
  readonly format?: RowFormat;
  readonly excelSafe?: boolean;
}

export function queryCommand(program: Command): void {
  readOptions(program.command('query').argument('<sql>', 'a SELECT over events, identities, identifiers and links'))
    .description('run read-only SQL')
    .addOption(new Option('--format <format>', 'print the rows in this format').choices(['json', 'ndjson', 'csv']))
    .addOption(excelSafeOption())
    .addHelpText('after', "\nExample:\n  onym query 'SELECT identity_id, count() FROM events GROUP BY 1'")
    .action(async (sql: string, options: QueryCliOptions) => {
      csvOnly(options);
      if (options.json && (options.format ?? 'json') !== 'json')
        throw new RequestError(`--json and --format ${options.format} ask for two forms. Give one of them.`, null);
      const format = options.format ?? 'json';
      const body = { environment: options.environment, sql, format };
      const answer = await withTransport(options, (transport) => transport.request('POST', '/v1/query', body));
      if (!options.json && options.format === undefined) print(asTable(answer));
      else await printRows(options.excelSafe ? excelSafe(bytesOf(answer)) : bytesOf(answer), format);
    });
}

async function* bytesOf(answer: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(answer.endsWith('\n') ? answer : `${answer}\n`);
}

function asTable(answer: string): string {
  const { meta, data } = parseExact(answer) as { meta: { name: string }[]; data: Record<string, unknown>[] };
  const columns = meta.map(({ name }) => name);
  const rows = data.map((row) => columns.map((column) => cell(row[column])));
  const count = data.length === 1 ? '1 row' : `${data.length} rows`;
  return `${table(columns, rows)}\n(${count})`;
}

function cell(value: unknown): string {
  return typeof value === 'object' && value !== null ? stringifyExact(value) : String(value ?? '');
}
