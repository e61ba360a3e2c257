import { resolve } from 'node:path';
import { Argument, type Command, Option } from 'commander';
import { checkOwner } from '../disk/directory-owner.ts';
import { print, printJson } from './print.ts';

/** As mend.ts has them, which takes the engines with it. */
const parts = ['keys', 'journal', 'events', 'map'] as const;

export function mendCommand(program: Command): void {
  program
    .command('mend')
    .addArgument(new Argument('<part>', 'what is damaged').choices(parts))
    .description('go on with what is left of a part of the data directory, where there is no backup to restore')
    .option('--json', 'print JSON for machines')
    .addOption(
      new Option('--data-dir <path>', 'data directory of the server').env('ONYM_DATA_DIR').default('./onym-data'),
    )
    .addHelpText(
      'after',
      `
No server may run. What was there is put aside, as ….damaged-<time>; nothing is deleted.

  keys     begin without keys: the next start makes new ones
  journal  a new journal, with every event of the old one that can be read
  events   a new event store, with every part of the old one that can be read
  map      forget what queries see of identities: it is made again from the ledger`,
    )
    .action(async (part: (typeof parts)[number], options: { dataDir: string; json?: boolean }) => {
      const dataDir = resolve(options.dataDir);
      checkOwner(dataDir);
      const { mend } = await import('../damage/mend.ts');
      const done = await mend(dataDir, part, Date.now());
      if (options.json) printJson({ data_dir: dataDir, done });
      else print(done.join('\n'));
    });
}
