import { createReadStream, type Stats, statSync } from 'node:fs';
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import type { Counts, ImportEvent } from '../import/types.ts';
import { vendors } from '../import/vendors/tables.ts';
import { limits } from '../limits.ts';
import { jsonLines } from './json-lines.ts';
import { exitCode, type ReadOptions, readOptions } from './options.ts';
import { print, printJson, printNote, shown, table } from './print.ts';
import { progressBar } from './progress-bar.ts';
import { openRejectedFile } from './rejected-file.ts';
import { spoolStandardInput } from './standard-input.ts';
import { RequestError, withTransport } from './transport.ts';

interface ImportCliOptions extends ReadOptions {
  readonly kind?: string;
  readonly from?: string;
  readonly format?: string;
  readonly batch?: string;
  readonly dryRun?: boolean;
  readonly restart?: boolean;
  readonly delimiter?: string;
  readonly primary?: string;
  readonly secondary?: string;
  readonly secondaryPrefix?: string;
  readonly anonymous?: string;
  readonly event?: string;
  readonly timestamp?: string;
  readonly trait?: string[];
  readonly traits?: string;
  readonly rejected?: string;
}

type Started = Extract<ImportEvent, { type: 'started' }>;
type Done = Extract<ImportEvent, { type: 'done' }>;

export function importCommand(program: Command): void {
  readOptions(
    program
      .command('import')
      .argument('<file>', 'CSV, NDJSON, JSON or Parquet; gzip, Zstandard or plain; - for standard input'),
  )
    .description('import people and events from a file, a vendor’s export or one of your own, as one batch')
    .option('--dry-run', 'say what the import would do, down to the row; write nothing')
    .option('--batch <name>', 'name of the batch, for onym revert; made of the file’s name and contents unless given')
    .addOption(
      new Option('--kind <kind>', 'what each row is, unless the columns tell').choices(['alias', 'identify', 'event']),
    )
    .addOption(new Option('--from <vendor>', 'whose export the file is, unless its shape tells').choices(vendors))
    .addOption(new Option('--format <format>', 'unless the file tells').choices(['csv', 'ndjson', 'json', 'parquet']))
    .option('--primary <column>', 'the id that keeps its name')
    .option('--secondary <column>', 'the other id of an alias pair')
    .option('--secondary-prefix <prefix>', 'put before each secondary id that does not begin with it, such as legacy:')
    .option('--anonymous <column>', 'the anonymous id')
    .option('--event <column>', 'the name of the event')
    .option('--timestamp <column>', 'when it happened; now: the rows have no time of their own')
    .option(
      '--trait <column>',
      'a trait: column, column=key, with :number, :boolean or :json behind it; may repeat',
      (column: string, before: string[] = []) => [...before, column],
    )
    .option('--traits <columns>', "several of them, separated by commas; '*': every column that has no other meaning")
    .option('--delimiter <character>', 'of a CSV file, unless its header tells')
    .option('--restart', 'begin at the first row again')
    .option('--rejected <file>', 'where rows go that joined nothing; <file>.rejected.ndjson unless given')
    .addHelpText('after', help)
    .action(importGiven);
}

const help = `
Run the same command again after it was interrupted: it goes on where it stopped. onym revert --batch takes an import back.
Exits with 1 when rows were invalid, refused or held; they are in the file of rejected rows.

Examples:
  onym import ids.csv --primary new_id --secondary old_id --secondary-prefix legacy: --dry-run
  onym import people.ndjson --kind identify --trait plan --trait seats:number
  onym import posthog-persons.jsonl.gz
  zcat archive/*.gz | onym import - --from segment`;

async function importGiven(file: string, options: ImportCliOptions): Promise<void> {
  if (file !== '-') return importFile(file, options);
  if (process.stdin.isTTY) process.stderr.write('Reading standard input; Ctrl-D ends it.\n');
  const spooled = await spoolStandardInput();
  try {
    await importFile(spooled.path, options, 'stdin');
  } finally {
    spooled.remove();
  }
}

/** `name`: what the file is called, in the batch and where its rejected rows go. */
async function importFile(file: string, options: ImportCliOptions, name = file): Promise<void> {
  const size = sizeOf(file);
  const rejected = await openRejectedFile({
    path: options.rejected ?? `${name}.rejected.ndjson`,
    source: file,
    isDryRun: options.dryRun ?? false,
  });
  const bar = progressBar(size);
  let done: Done | null = null;
  let kind = '';
  try {
    const newDirectory = options.dryRun ? 'for this' : 'to stay';
    await withTransport(
      { ...options, newDirectory },
      async (transport) => {
        const bytes = createReadStream(file);
        const answer = await transport.stream('POST', `/v1/import?${queryOf(name, options)}`, {
          type: 'application/octet-stream',
          bytes,
          length: size,
        });
        for await (const event of jsonLines<Line>(answer, wentAway)) {
          if (event.type === 'started') {
            await rejected.begin(event);
            bar.begin(event.bytes);
            kind = event.mapping.kind ?? '';
            if (!options.json) print(startedText(event));
          } else if (event.type === 'rejected') {
            const { type: _, ...row } = event;
            rejected.add(row);
          } else if (event.type === 'progress') bar.show(event);
          else if (event.type === 'done') done = event;
          else throw new RequestError(event.message, null);
        }
      },
      'change',
    );
  } finally {
    bar.end();
    await rejected.close(done !== null);
  }
  const aside = rejected.setAside();
  if (aside !== null) printNote(`The rejected rows of an earlier import are in ${shown(aside)} now.`);
  finish(done, kind, rejected.written(), options);
}

function finish(done: Done | null, kind: string, rejectedFile: string | null, options: ImportCliOptions): void {
  if (done === null) throw new RequestError(wentAway, null);
  const { type: _, ...summary } = done;
  if (options.json) printJson({ ...summary, rejected_file: rejectedFile });
  else print(summaryText(done, kind, rejectedFile));
  const { invalid, refused, held } = done.counts;
  process.exitCode = invalid + refused + held === 0 ? exitCode.ok : exitCode.no;
}

function sizeOf(file: string): number {
  let stats: Stats;
  try {
    stats = statSync(file);
  } catch (error) {
    throw new RequestError(`${file} can not be read: ${(error as Error).message}`, null, error);
  }
  if (stats.isDirectory()) throw new RequestError(`${file} is a directory. Give a file.`, null);
  return stats.size;
}

/** Flags that the route has under the same name. */
const sameNames = [
  'kind',
  'from',
  'format',
  'batch',
  'delimiter',
  'primary',
  'secondary',
  'anonymous',
  'event',
  'timestamp',
  'traits',
] as const satisfies readonly (keyof ImportCliOptions)[];

function queryOf(file: string, options: ImportCliOptions): URLSearchParams {
  const query = new URLSearchParams({ environment: options.environment, file_name: basename(file) });
  for (const name of sameNames) if (options[name] !== undefined) query.set(name, options[name]);
  if (options.secondaryPrefix !== undefined) query.set('secondary_prefix', options.secondaryPrefix);
  for (const trait of options.trait ?? []) query.append('trait', trait);
  if (options.dryRun) query.set('dry_run', 'true');
  if (options.restart) query.set('restart', 'true');
  return query;
}

type Line = ImportEvent | { readonly type: 'error'; readonly message: string };

const wentAway = 'The server went away. Run the same command again: it goes on where it stopped.';

function startedText(event: Started): string {
  const { kind, ...columns } = event.mapping;
  const lines = [
    shown(event.recognised),
    `Batch ${shown(event.batch)}${event.dry_run ? '. Dry run: nothing is written' : ''}:`,
    ...listedColumns(Object.entries(columns)),
  ];
  if (event.ignored_columns.length > 0) {
    const hint = kind === 'identify' || kind === 'event' ? " (--traits '*' takes all of them)" : '';
    lines.push(`  not used: ${shown(ignoredText(event))}${hint}`);
  }
  if (event.resumed_after_line > 0 && event.resumed_after_line < Number.MAX_SAFE_INTEGER) {
    lines.push(`An earlier run stopped after line ${event.resumed_after_line}; going on from there.`);
  }
  return `${lines.join('\n')}\n\n`;
}

function listedColumns(columns: readonly (readonly [string, string])[]): string[] {
  const { importColumnsListedMax: listedMax } = limits;
  const lines = columns.slice(0, listedMax).map(([column, meaning]) => `  ${shown(column)}: ${shown(meaning)}`);
  return columns.length > listedMax ? [...lines, `  and ${columns.length - listedMax} more`] : lines;
}

function ignoredText({ ignored_columns: named, more_ignored_columns: more }: Started): string {
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function summaryText(done: Done, kind: string, rejectedFile: string | null): string {
  const verdicts = ['applied', 'unchanged', 'refused', 'held', 'invalid'] as const satisfies readonly (keyof Counts)[];
  const lines = [
    done.finished_before ? 'This file was imported in this batch before; nothing was done now. It came to:' : '',
    table(
      ['', 'rows'],
      [...verdicts.map((verdict) => [verdict, String(done.counts[verdict])]), ['total', String(done.rows)]],
    ),
  ];
  const reasons = Object.entries(done.reasons).map(([reason, count]) => [reason, String(count)]);
  if (reasons.length > 0) lines.push('', table(['reason', 'rows'], reasons));
  const skipped = Object.entries(done.skipped).map(([reason, count]) => [reason, String(count)]);
  if (skipped.length > 0) {
    lines.push('', 'Skipped, for they join nothing where the file comes from:', table(['', 'rows'], skipped));
  }
  const links = Object.entries(done.links).map(([verdict, count]) => `${count} ${verdict}`);
  if (links.length > 0) lines.push('', `Links that the events carried: ${links.join(', ')}.`);
  const largest = done.largest_identities ?? [];
  if (largest.length > 0) {
    const rows = largest.map(({ canonical_id, identifiers }) => [canonical_id, String(identifiers)]);
    lines.push('', table(['largest identities', 'identifiers'], rows));
  }
  for (const warning of done.warnings) lines.push('', `Note: ${shown(warning)}`);
  if (rejectedFile !== null) lines.push('', `Rows that joined nothing, with the reasons: ${shown(rejectedFile)}`);
  // A revert takes evidence back; separations are lifted one by one.
  const back = kind === 'separations' ? 'onym lift <a> <b>, for each pair' : `onym revert --batch ${shown(done.batch)}`;
  if (!done.dry_run) lines.push('', `To take it back: ${back}`);
  return lines.filter((line, index) => index > 0 || line !== '').join('\n');
}
