import { type Command, Option } from 'commander';
import { pageSizeOf, type ReadOptions, readOptions } from './options.ts';
import { print, printJson, table } from './print.ts';
import { changing, linkNumber, steer } from './steering.ts';
import { withTransport } from './transport.ts';

interface Held {
  readonly link: {
    readonly seq: number;
    readonly kind: string;
    readonly primary_id: string;
    readonly secondary_id: string;
    readonly reason: string | null;
    readonly time: string;
  };
  readonly repeats: number;
}

/** review, approve, reject: what waits for a person. */
export function reviewCommands(program: Command): void {
  readOptions(program.command('review'))
    .description('show the links that are held for review, newest first')
    .addOption(new Option('--limit <count>', 'how many').default(20).argParser(pageSizeOf))
    .action(async (options: ReadOptions & { limit: number }) => {
      const query = new URLSearchParams({ environment: options.environment, limit: String(options.limit) });
      const answer = await withTransport(options, (transport) => transport.request('GET', `/v1/review?${query}`));
      const { held, next } = JSON.parse(answer) as { held: Held[]; next: string | null };
      if (options.json) printJson({ held, next });
      else print(describe(held, next !== null));
    });
  for (const [name, description] of [
    ['approve', 'join a held or refused link after all'],
    ['reject', 'turn a held or refused link down for good; leaves a separation'],
  ] as const) {
    changing(program.command(name).argument('<seq>', 'number of the link', linkNumber))
      .description(description)
      .action((seq: number, options: ReadOptions & { dryRun?: boolean }) =>
        steer(options, 'POST', `/v1/links/${seq}/${name}`, {}),
      );
  }
}

function describe(held: readonly Held[], hasMore: boolean): string {
  if (held.length === 0) return 'Nothing is held for review.';
  const rows = held.map(({ link, repeats }) => [
    String(link.seq),
    link.reason ?? '',
    link.primary_id,
    link.secondary_id,
    link.kind,
    link.time,
    String(repeats),
  ]);
  const more = hasMore ? '\n(more: --limit)' : '';
  return `${table(['seq', 'reason', 'primary', 'secondary', 'kind', 'time', 'repeats'], rows)}${more}`;
}
