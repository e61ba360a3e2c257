import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Argument, type Command, Option } from 'commander';
import { type ReadOptions, readOptions } from './options.ts';
import { withTransport } from './transport.ts';

const tables = ['links', 'identities', 'identifiers', 'separations', 'events'];

export function exportCommand(program: Command): void {
  readOptions(program.command('export').addArgument(new Argument('<table>', 'what to export').choices(tables)))
    .description('write a whole table as NDJSON, CSV or Parquet')
    .addOption(new Option('--format <format>', 'form of the rows').choices(['ndjson', 'csv', 'parquet']))
    .option('-o, --output <file>', 'write to this file instead of standard output')
    .addHelpText(
      'after',
      '\nonym import knows these files again.\n\nExample:\n  onym export links --format parquet --output links.parquet',
    )
    .action(async (what: string, options: ReadOptions & { format?: string; output?: string }) => {
      const format = options.format ?? formatOf(options.output);
      const query = new URLSearchParams({ environment: options.environment, format });
      await withTransport(options, async (transport) => {
        const rows = await transport.stream('GET', `/v1/export/${what}?${query}`);
        if (options.output === undefined) await pipeline(rows, process.stdout, { end: false });
        else await toFile(rows, options.output);
      });
    });
}

/** As the file's name says. */
function formatOf(output: string | undefined): string {
  return /\.(csv|parquet)$/i.exec(output ?? '')?.[1]?.toLowerCase() ?? 'ndjson';
}

/** The file is there when it is whole. */
async function toFile(rows: AsyncIterable<Uint8Array>, output: string): Promise<void> {
  const part = `${output}.part`;
  try {
    await pipeline(rows, createWriteStream(part, { mode: 0o600 }));
    renameSync(part, output);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}
