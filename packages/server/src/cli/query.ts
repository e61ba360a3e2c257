import { type Command, Option } from 'commander';
import { parseExact } from '../exact-json/parse.ts';
import { stringifyExact } from '../exact-json/stringify.ts';
import { type ReadOptions, readOptions } from './options.ts';
import { print, table } from './print.ts';
import { withTransport } from './transport.ts';

export function queryCommand(program: Command): void {
  readOptions(program.command('query').argument('<sql>', 'a SELECT over events, identities, identifiers and links'))
    .description('run read-only SQL')
    .addOption(new Option('--format <format>', 'print the rows in this format').choices(['json', 'ndjson', 'csv']))
    .addHelpText('after', "\nExample:\n  onym query 'SELECT identity_id, count() FROM events GROUP BY 1'")
    .action(async (sql: string, options: ReadOptions & { format?: string }) => {
      const format = options.format ?? 'json';
      const body = { environment: options.environment, sql, format };
      const answer = await withTransport(options, (transport) => transport.request('POST', '/v1/query', body));
      print(options.json || options.format !== undefined ? answer : asTable(answer));
    });
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
