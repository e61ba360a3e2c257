import { createInterface } from 'node:readline/promises';
import { type Command, Option } from 'commander';
import { eraseFile, idsOf, receiptedIds, receiptsFile } from './erase-file.ts';
import { exitCode, type ReadOptions, readOptions } from './options.ts';
import { writeRows } from './output-file.ts';
import { print, printJson, printNote, printRows, shown, table } from './print.ts';
import { RequestError, type Transport, withTransport } from './transport.ts';

interface Options extends ReadOptions {
  readonly by: string;
}

interface EraseOptions extends Options {
  readonly file?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

interface Answer {
  readonly seq: number | null;
  readonly receipt: Readonly<Record<string, string | number>>;
}

const byOption = () => new Option('--by <kind>', 'what <id> is').choices(['distinct_id', 'identity_id']);

/** erase and export-person: what a person may ask for. */
export function erasureCommands(program: Command): void {
  readOptions(program.command('erase').argument('[id]', 'an identifier of the person'))
    .description('erase a person, or many: every identifier with its events, traits, links and ledger entries')
    .addOption(byOption())
    .option('--file <ids.csv>', 'everybody whom the column distinct_id of this file names')
    .option('--dry-run', 'count what would go, erase nothing')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      '\nIt can not be taken back. Exits with 1 when the answer to the question is no.\nWith --file the receipts go to <ids.csv>.receipts.ndjson; run it again after an interruption, and it goes on with those that have none.',
    )
    .action(async (id: string | undefined, options: EraseOptions) => {
      if ((id === undefined) === (options.file === undefined))
        throw new RequestError('Give an id with --by, or --file.', null);
      const visit = options.dryRun ? 'read' : 'change';
      if (options.file !== undefined) return eraseAllOf(options.file, options, visit);
      if (options.by === undefined)
        throw new RequestError('Say with --by what the id is: distinct_id or identity_id.', null);
      return withTransport(options, (transport) => erase(transport, id!, options), visit);
    });
  readOptions(program.command('export-person').argument('<id>', 'an identifier of the person'))
    .description('write all that is held of a person, one JSON object a line')
    .addOption(byOption().makeOptionMandatory())
    .option('-o, --output <file>', 'write to this file instead of standard output')
    .action((id: string, options: Options & { output?: string }) =>
      withTransport(options, async (transport) => {
        const lines = await transport.stream('GET', pathOf(id, options, '/export'));
        if (options.output === undefined) await printRows(lines, 'ndjson');
        else await writeRows(lines, options.output);
      }),
    );
}

function pathOf(id: string, { environment, by }: Options, route: string, more: Record<string, string> = {}): string {
  return `/v1/identities/${encodeURIComponent(id)}${route}?${new URLSearchParams({ environment, by, ...more })}`;
}

async function erase(transport: Transport, id: string, options: EraseOptions) {
  const ask = async (more: Record<string, string>): Promise<Answer> =>
    JSON.parse(await transport.request('DELETE', pathOf(id, options, '', more)));
  const show = (answer: Answer, title: string) =>
    options.json ? printJson(answer) : print(`${title}\n${table(['what', 'how many'], countsOf(answer))}`);
  if (options.dryRun || !options.yes) {
    const preview = await ask({ dry_run: 'true' });
    if (options.dryRun || !options.json) show(preview, 'This would be erased:');
    if (options.dryRun) return;
    if (!(await isConfirmed(JSON.stringify(id)))) {
      process.exitCode = exitCode.no;
      return;
    }
  }
  const answer = await ask({});
  show(answer, `Erased. Receipt ${answer.receipt.id}, ledger row ${answer.seq}:`);
}

function countsOf({ receipt }: Answer): string[][] {
  const { id: _id, erased_at: _at, ...counts } = receipt;
  return Object.entries(counts).map(([what, count]) => [what.replace('_', ' '), String(count)]);
}

async function eraseAllOf(file: string, options: EraseOptions, visit: 'read' | 'change'): Promise<void> {
  if (options.by === 'identity_id') throw new RequestError('--file holds distinct_ids: leave --by out.', null);
  const receipted = options.dryRun ? new Set<string>() : receiptedIds(receiptsFile(file), options.environment);
  const all = await idsOf(file);
  const ids = all.filter((id) => !receipted.has(id));
  if (ids.length < all.length)
    printNote(`${all.length - ids.length} have a receipt already: going on with the others.`);
  if (ids.length === 0) return printNote('Nobody is left to erase.');
  if (!options.dryRun && !options.yes && !(await isConfirmed(`${ids.length} people`))) {
    process.exitCode = exitCode.no;
    return;
  }
  await withTransport(options, (transport) => eraseFile(transport, file, ids, options), visit);
}

async function isConfirmed(whom: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new RequestError('Give --yes to erase without being asked; nothing was erased.', null);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`Erase ${shown(whom)} for good? Type yes: `);
    return answer.trim().toLowerCase() === 'yes';
  } finally {
    terminal.close();
  }
}
