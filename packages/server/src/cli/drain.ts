import { resolve } from 'node:path';
import type { Command } from 'commander';
import { checkOwner } from '../disk/directory-owner.ts';
import type { Log } from '../log.ts';
import { byteProgress } from './byte-progress.ts';
import { listenForInterruption } from './interruption.ts';
import { configOf, configurationOptions, exitCode, serverVariableNames } from './options.ts';
import { inOneLine, print, printJsonLine, printNote, shown } from './print.ts';
import { RequestError } from './transport.ts';

export function drainCommand(program: Command): void {
  configurationOptions(program.command('drain'), serverVariableNames)
    .argument('<directory>', 'data directory of the node that is gone')
    .description('bring what the journal of a node that is gone still holds to the event store that it shared')
    .option('--json', 'print one line of JSON for machines')
    .addHelpText(
      'after',
      `
Every event counts once, however often this is run and wherever it was interrupted. Exits with 75 while PostgreSQL or ClickHouse is away.
Events in quarantine stay in the directory; a server that starts on it shows them: onym quarantine list.`,
    )
    .action(async (given: string, options: { json?: boolean } & Record<string, unknown>) => {
      const config = configOf(options);
      const dataDir = resolve(given);
      checkOwner(dataDir);
      const interruption = listenForInterruption(['SIGINT', 'SIGTERM'], () => process.exit(exitCode.failed));
      const bar = byteProgress();
      // Only here: the engines take a moment to load.
      const { adoptJournal } = await import('../adopt-journal.ts');
      try {
        const { journal, drained, repeated, quarantined } = await adoptJournal(dataDir, {
          config,
          log: notes(() => bar.end()),
          signal: interruption.signal,
          report: (bytes, bytesMax) => bar.show('Draining', bytes, bytesMax),
        });
        bar.end();
        if (options.json) printJsonLine({ data_dir: dataDir, journal, drained, repeated, quarantined });
        else print(textOf(dataDir, { drained, repeated, quarantined }));
      } catch (error) {
        bar.end();
        if (!interruption.signal.aborted) throw error;
        throw new RequestError('Stopped before its end. Run the same command again: it goes on from here.', null);
      } finally {
        interruption.end();
      }
    });
}

interface Counts {
  readonly drained: number;
  readonly repeated: number;
  readonly quarantined: number;
}

function textOf(dataDir: string, { drained, repeated, quarantined }: Counts): string {
  const already = repeated === 0 ? '' : ` ${eventsText(repeated)} had come there before.`;
  const aside =
    quarantined === 0
      ? ''
      : `\n${eventsText(quarantined)} the event store would not take: in quarantine, and still in the directory. A server that starts on it shows them (onym quarantine list).`;
  return `The journal of ${shown(dataDir)} is empty: ${eventsText(drained)} brought to the event store.${already}${aside}`;
}

const eventsText = (count: number): string => `${count.toLocaleString('en-US')} ${count === 1 ? 'event' : 'events'}`;

/** What goes wrong on the way, on standard error. */
function notes(before: () => void): Log {
  const note = ({ err }: { err?: { message?: string; cause?: { message?: string } } }, message: string): void => {
    before();
    const why = err?.cause?.message ?? err?.message;
    printNote(`onym: ${shown(inOneLine(why === undefined ? message : `${message} (${why})`))}`);
  };
  return { info: () => undefined, warn: note, error: note };
}
