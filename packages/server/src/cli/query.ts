import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { stringifyExact } from '../exact-json/stringify.ts';
import { type ReadOptions, readOptions } from './options.ts';
import { compressionOf, writeRows } from './output-file.ts';
import { print, printRows } from './print.ts';
import { parametersOf, statementOf } from './query-source.ts';
import { resultText, type TextFormat } from './result-text.ts';
import { csvOnly, excelSafe, excelSafeOption } from './spreadsheet.ts';
import { terminalWidth } from './terminal-table.ts';
import { RequestError, withTransport } from './transport.ts';

const formats = ['table', 'markdown', 'json', 'ndjson', 'csv', 'parquet', 'arrow'] as const;
type Format = (typeof formats)[number];

interface QueryCliOptions extends ReadOptions {
  readonly file?: string;
  readonly param?: string[];
  readonly format?: Format;
  readonly output?: string;
  readonly excelSafe?: boolean;
}

export function queryCommand(program: Command): void {
  readOptions(
    program
      .command('query')
      .argument('[sql]', 'a SELECT over events, identities, identifiers and links; - for standard input'),
  )
    .description('run read-only SQL')
    .option('-f, --file <file>', 'read the statement from this file')
    .option(
      '--param <name=value>',
      'value of {name:Type} in the statement; name:=JSON for lists and null; may repeat',
      (each: string, before: string[] = []) => [...before, each],
    )
    .addOption(
      new Option('--format <format>', 'form of the rows; as the name of --output says, else table').choices(formats),
    )
    .option('-o, --output <file>', 'write to this file; .gz and .zst are compressed')
    .addOption(excelSafeOption())
    .addHelpText('after', help)
    .action(async (sql: string | undefined, options: QueryCliOptions) => {
      const format = formatFor(options);
      const body = {
        environment: options.environment,
        sql: await statementOf(sql, options.file),
        params: parametersOf(options.param ?? []),
        format: isText(format) ? 'json' : format,
      };
      const bytes = Buffer.from(stringifyExact(body));
      const sent = { type: 'application/json', bytes: Readable.from([bytes]), length: bytes.length };
      await withTransport(options, async (transport) => {
        const rows = await transport.stream('POST', '/v1/query', sent);
        await hand(options.excelSafe ? excelSafe(rows) : rows, format, options.output);
      });
    });
}

const help = `
Examples:
  onym query 'SELECT identity_id, count() FROM events GROUP BY 1'
  onym query 'SELECT event, timestamp FROM events WHERE distinct_id = {id:String}' --param id=user_1
  onym query 'SELECT count() FROM events WHERE event IN {names:Array(String)}' --param 'names:=["signup","purchase"]'
  onym query -f weekly.sql -o weekly.csv.gz
  onym query - --format markdown < weekly.sql`;

const isText = (format: Format): format is TextFormat => format === 'table' || format === 'markdown';

/** Throws RequestError for options that contradict each other. */
function formatFor(options: QueryCliOptions): Format {
  const format = options.json ? (options.format ?? 'json') : (options.format ?? formatOf(options.output));
  csvOnly({ ...options, format });
  if (options.json && format !== 'json')
    throw new RequestError(`--json and --format ${format} ask for two forms. Give one of them.`, null);
  if (/^(?:parquet|arrow)$/.test(format) && options.output === undefined && process.stdout.isTTY)
    throw new RequestError(`${format} is nothing for a terminal: give --output, or pipe it.`, null);
  return format;
}

const endings: Readonly<Record<string, Format>> = { md: 'markdown', jsonl: 'ndjson' };

/** As the file's name says. */
function formatOf(output: string | undefined): Format {
  const ending = /\.(\w+)$/.exec(compressionOf(output ?? '').plainName)?.[1]?.toLowerCase() ?? '';
  return endings[ending] ?? formats.find((format) => format === ending) ?? 'table';
}

async function hand(rows: AsyncIterable<Uint8Array>, format: Format, output: string | undefined): Promise<void> {
  if (isText(format)) {
    const answer = (await buffer(rows)).toString('utf8');
    if (output === undefined) print(resultText(answer, format, terminalWidth()));
    else await writeRows(Readable.from([Buffer.from(`${resultText(answer, format, null)}\n`)]), output);
    return;
  }
  if (output !== undefined) return writeRows(rows, output);
  await printRows(rows, format);
}
