import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { type Command, Option } from 'commander';
import { checkOwner } from '../disk/directory-owner.ts';
import { byteProgress } from './byte-progress.ts';
import { listenForInterruption } from './interruption.ts';
import { jsonLines } from './json-lines.ts';
import { exitCode, type ReadOptions } from './options.ts';
import { print, printJson, printNote, shown } from './print.ts';
import { readAgain, soundText } from './sound-backup.ts';
import { RequestError, withTransport } from './transport.ts';
import { describe, verifyEnvironment } from './verify.ts';

interface Options {
  readonly dataDir: string;
  readonly json?: boolean;
}

type Line =
  | { readonly type: 'started'; readonly resumed: boolean }
  | { readonly type: 'progress'; readonly what: string; readonly bytes: number; readonly bytes_max: number }
  | { readonly type: 'done'; readonly files: number; readonly bytes: number; readonly environments: readonly string[] }
  | { readonly type: 'error'; readonly message: string };

const wentAway = 'The server went away. Run the same command again: it goes on with what is missing.';

/** backup and restore: what an operator does on the machine of the server. */
export function backupCommands(program: Command): void {
  localOptions(program.command('backup').argument('<directory>', 'a new or empty directory, best on another disk'))
    .description('copy all that the server keeps into a directory, while it goes on')
    .addHelpText(
      'after',
      '\nThe user that runs the server writes the copy. Run the same command again after it was interrupted: it goes on with what is missing.\nExits with 1 when the copy is not sound.',
    )
    .action(backup);
  localOptions(program.command('restore').argument('<backup>', 'what onym backup has written'))
    .description('make a data directory of a backup, and verify it')
    .addHelpText(
      'after',
      '\nThe data directory must be new or empty. Run it as the user that runs the server.\nExits with 1 when the restored stores do not agree.',
    )
    .action(restoreInto);
}

function localOptions(command: Command): Command {
  return command
    .option('--json', 'print JSON for machines')
    .addOption(
      new Option('--data-dir <path>', 'data directory of the server').env('ONYM_DATA_DIR').default('./onym-data'),
    );
}

/** Of a command that has no environment and no other server. */
const readOptionsOf = ({ dataDir }: Options): ReadOptions => ({ environment: 'production', dataDir });

async function backup(given: string, options: Options): Promise<void> {
  const directory = resolve(given);
  const bar = byteProgress();
  let done: Extract<Line, { type: 'done' }> | null = null;
  try {
    await withTransport(readOptionsOf(options), async (transport) => {
      const body = Buffer.from(JSON.stringify({ directory }));
      const answer = await transport.stream('POST', '/v1/backup', {
        type: 'application/json',
        bytes: Readable.from([body]),
        length: body.length,
      });
      for await (const line of jsonLines<Line>(answer, wentAway)) {
        if (line.type === 'started' && line.resumed) printNote('Going on with what an earlier run has copied.');
        else if (line.type === 'progress') bar.show(`Copying ${shown(line.what)}`, line.bytes, line.bytes_max);
        else if (line.type === 'done') done = line;
        else if (line.type === 'error') throw new RequestError(line.message, null);
      }
    });
  } finally {
    bar.end();
  }
  if (done === null) throw new RequestError(wentAway, null);
  const checked = await readAgain(directory);
  const { type: _, ...summary } = done as Extract<Line, { type: 'done' }>;
  if (options.json) printJson({ ...summary, faults: checked.faults });
  else print(`${shown(directory)}: ${summary.environments.map(shown).join(', ')}; ${soundText(checked)}`);
  process.exitCode = checked.faults.length === 0 ? exitCode.ok : exitCode.no;
}

async function restoreInto(given: string, options: Options): Promise<void> {
  const dataDir = resolve(options.dataDir);
  checkOwner(dataDir);
  const interruption = listenForInterruption(['SIGINT', 'SIGTERM'], () => process.exit(exitCode.failed));
  const bar = byteProgress();
  // Only here: the engines take a moment to load.
  const { restore } = await import('../backup/restore.ts');
  try {
    const { environments, began_at } = await restore(resolve(given), dataDir, {
      signal: interruption.signal,
      report: ({ what, bytes, bytes_max }) =>
        bar.show(what === 'checked' ? 'Reading the backup' : 'Copying', bytes, bytes_max),
    });
    bar.end();
    const results = [];
    for (const { name } of environments) {
      results.push({ environment: name, ...(await verifyEnvironment(dataDir, name, { isOwn: true })) });
    }
    if (options.json) printJson({ data_dir: dataDir, began_at, environments: results });
    else {
      print(`${shown(dataDir)} holds what was there at ${began_at}.`);
      for (const result of results) print(describe(result.environment, result));
    }
    process.exitCode = results.every(({ differences }) => differences.length === 0) ? exitCode.ok : exitCode.no;
  } catch (error) {
    bar.end();
    if (!interruption.signal.aborted) throw error;
    throw new RequestError('Stopped before its end. Run the same command again: it begins anew.', null);
  } finally {
    interruption.end();
  }
}
