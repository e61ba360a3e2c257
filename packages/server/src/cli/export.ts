import { Argument, type Command, Option } from 'commander';
import { type ReadOptions, readOptions } from './options.ts';
import { compressionOf, writeRows } from './output-file.ts';
import { printRows, type RowFormat } from './print.ts';
import { csvOnly, excelSafe, excelSafeOption } from './spreadsheet.ts';
import { RequestError, withTransport } from './transport.ts';

interface ExportCliOptions extends ReadOptions {
  readonly format?: string;
  readonly output?: string;
  readonly excelSafe?: boolean;
}

const tables = ['links', 'identities', 'identifiers', 'separations', 'events'];

export function exportCommand(program: Command): void {
  readOptions(program.command('export').addArgument(new Argument('<table>', 'what to export').choices(tables)))
    .description('write a whole table as NDJSON, CSV or Parquet')
    .addOption(new Option('--format <format>', 'form of the rows').choices(['ndjson', 'csv', 'parquet']))
    .option('-o, --output <file>', 'write to this file instead of standard output; .gz and .zst are compressed')
    .addOption(excelSafeOption())
    .addHelpText(
      'after',
      '\nonym import knows these files again.\n\nExample:\n  onym export links --format parquet --output links.parquet',
    )
    .action(async (what: string, options: ExportCliOptions) => {
      const format = options.format ?? formatOf(options.output);
      csvOnly({ ...options, format });
      if (options.json && format !== 'ndjson')
        throw new RequestError(`--json and ${format} are two forms. Give one of them.`, null);
      if (format === 'parquet' && options.output === undefined && process.stdout.isTTY)
        throw new RequestError('Parquet is nothing for a terminal: give --output, or pipe it.', null);
      const query = new URLSearchParams({ environment: options.environment, format });
      await withTransport(options, async (transport) => {
        const sent = await transport.stream('GET', `/v1/export/${what}?${query}`);
        const rows = options.excelSafe ? excelSafe(sent) : sent;
        if (options.output === undefined) await printRows(rows, format as RowFormat);
        else await writeRows(rows, options.output);
      });
    });
}

/** As the file's name says. */
function formatOf(output: string | undefined): string {
  return /\.(csv|parquet)$/i.exec(compressionOf(output ?? '').plainName)?.[1]?.toLowerCase() ?? 'ndjson';
}
