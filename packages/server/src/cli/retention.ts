import type { Command } from 'commander';
import { ConfigError } from '../config.ts';
import { type ReadOptions, readOptions } from './options.ts';
import { print, printJson, table } from './print.ts';
import { withTransport } from './transport.ts';

interface Options extends ReadOptions {
  readonly days?: string;
  readonly dryRun?: boolean;
}

interface Answer {
  readonly before: string;
  readonly events: number;
  readonly years: readonly { readonly year: number; readonly events: number; readonly whole: boolean }[];
}

export function retentionCommand(program: Command): void {
  readOptions(program.command('retention'))
    .description('remove the events that are older than an environment keeps them; identities stay')
    .option('--days <days>', 'instead of what the server has in ONYM_RETENTION_DAYS')
    .option('--dry-run', 'count what would go, remove nothing')
    .addHelpText('after', '\nThe server does it by itself, once a day. It can not be taken back.')
    .action(async (options: Options) => {
      const body = { environment: options.environment, ...daysOf(options.days) };
      const path = `/v1/retention${options.dryRun ? '?dry_run=true' : ''}`;
      const answer: Answer = await withTransport(
        options,
        async (transport) => JSON.parse(await transport.request('POST', path, body)),
        options.dryRun ? 'read' : 'change',
      );
      if (options.json) return printJson(answer);
      const done = options.dryRun ? 'Would go' : 'Gone';
      print(`${done}: ${answer.events} events of before ${answer.before}.`);
      if (answer.years.length > 0) {
        const rows = answer.years.map(({ year, events, whole }) => [
          String(year),
          String(events),
          whole ? 'yes' : 'no',
        ]);
        print(table(['year', 'events', 'the whole year'], rows));
      }
    });
}

function daysOf(text: string | undefined): { days?: number } {
  if (text === undefined) return {};
  if (/^[1-9]\d{0,4}$/.test(text)) return { days: Number(text) };
  throw new ConfigError(`--days ${JSON.stringify(text)} is no number of days. Give 1 or more.`);
}
