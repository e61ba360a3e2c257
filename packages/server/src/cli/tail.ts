import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseExact } from '../exact-json/parse.ts';
import { colourStyle, plainStyle } from './demo/style.ts';
import { listenForInterruption } from './interruption.ts';
import { follow } from './live-stream.ts';
import { exitCode, type ReadOptions, readOptions } from './options.ts';
import { hasColour, print, printJsonLine, printNote } from './print.ts';
import { droppedWords, type EventRow, eventWords, type LedgerRow, ledgerWords, namesId } from './tail-words.ts';
import { requireServer, runningServer } from './transport.ts';

interface TailOptions extends ReadOptions {
  readonly id?: string;
  readonly event?: string;
  readonly count?: number;
}

export function tailCommand(program: Command): void {
  readOptions(program.command('tail'))
    .description('watch events and ledger rows as they happen; Ctrl-C ends it')
    .option('--id <distinct_id>', 'only the events of this person, and the ledger rows that name this identifier')
    .option('--event <name>', 'only events of this name, and no ledger rows')
    .addOption(new Option('-n, --count <lines>', 'end after so many').argParser(countOf))
    .addHelpText(
      'after',
      '\nPrints one JSON object a line where the output is no terminal, or with --json.\n\nExamples:\n  onym tail --id user_123\n  onym tail --event page_view -n 1',
    )
    .action(async (options: TailOptions) => {
      const { signal, interrupt, end } = listenForInterruption(['SIGINT', 'SIGTERM'], () =>
        process.exit(exitCode.failed),
      );
      // Whoever read has had enough.
      process.stdout.on('error', interrupt);
      try {
        await tail(options, signal, interrupt);
      } finally {
        end();
      }
      process.exitCode = exitCode.ok;
    });
}

async function tail(options: TailOptions, signal: AbortSignal, interrupt: () => void): Promise<void> {
  const first = await requireServer(options);
  const show = shower(options, interrupt);
  const paths = pathsOf(options);
  const notices = noticesOf(paths.length, options.environment, first.url);
  const following = paths.map((path) =>
    follow({ path, server: () => runningServer(options), signal, onMessage: show, ...notices }).catch((error) => {
      // The other one would go on.
      interrupt();
      throw error;
    }),
  );
  const failed = (await Promise.allSettled(following)).find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function pathsOf({ environment, id, event }: TailOptions): string[] {
  const filter = { ...(id === undefined ? {} : { distinct_id: id }), ...(event === undefined ? {} : { event }) };
  const events = `/v1/events?${new URLSearchParams({ environment, ...filter })}`;
  const ledger = `/v1/ledger?${new URLSearchParams({ environment, after: 'head' })}`;
  return event === undefined ? [events, ledger] : [events];
}

/** Said once, whatever the number of streams. */
function noticesOf(streams: number, environment: string, url: string) {
  let open = 0;
  let wasLost = false;
  return {
    onOpen() {
      if (++open !== streams) return;
      printNote(
        wasLost
          ? 'Connected again. Ledger rows go on where they broke off; of events, those sent meanwhile are not shown.'
          : `Watching ${environment} at ${url}. Ctrl-C ends it.`,
      );
      wasLost = false;
    },
    onLost() {
      open--;
      if (!wasLost) printNote('The connection is lost; trying again until the server is back. Ctrl-C ends it.');
      wasLost = true;
    },
  };
}

/** What to do with each message. */
function shower({ id, json, count = Number.POSITIVE_INFINITY }: TailOptions, onLast: () => void) {
  let left = count;
  const isForPeople = !json && process.stdout.isTTY;
  const style = hasColour() ? colourStyle : plainStyle;
  return (name: string, data: string): void => {
    if (name === 'start' || left === 0) return;
    const value = parseExact(data);
    if (name === 'ledger' && id !== undefined && !namesId(value, id)) return;
    if (!isForPeople) printJsonLine({ type: name, ...(value as object) });
    else if (name === 'event') print(eventWords(value as EventRow, style, process.stdout.columns));
    else if (name === 'ledger') print(ledgerWords(value as LedgerRow, style));
    else if (name === 'dropped') print(droppedWords((value as { count: number }).count, style));
    if (--left === 0) onLast();
  };
}

function countOf(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1) return count;
  throw new InvalidArgumentError('Give a number from 1.');
}
