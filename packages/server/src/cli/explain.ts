import type { Command } from 'commander';
import { exitCode, type ReadOptions, readOptions } from './options.ts';
import { print, printJson, shown, table } from './print.ts';
import { withTransport } from './transport.ts';

interface WireLink {
  readonly seq: number;
  readonly kind: string;
  readonly primary_id: string;
  readonly secondary_id: string;
  readonly time: string;
  readonly reason: string | null;
}

interface Explanation {
  readonly same: boolean;
  readonly path: readonly WireLink[];
  readonly refused: readonly WireLink[];
  readonly held: readonly WireLink[];
  readonly separations: readonly { readonly a: string; readonly b: string; readonly seq: number }[];
  readonly neighbour: { readonly canonical_id: string; readonly path: readonly WireLink[] } | null;
}

export function explainCommand(program: Command): void {
  readOptions(program.command('explain').argument('<a>', 'an identifier').argument('<b>', 'another one'))
    .description('say why two identifiers are one person, or what stands between them')
    .addHelpText('after', '\nExits with 0 when they are one person, with 1 when they are not.')
    .action(async (a: string, b: string, options: ReadOptions) => {
      const query = new URLSearchParams({ environment: options.environment, a, b });
      const answer = await withTransport(options, (transport) => transport.request('GET', `/v1/explain?${query}`));
      const explanation = JSON.parse(answer) as Explanation;
      if (options.json) printJson(explanation);
      else print(describe(a, b, explanation));
      process.exitCode = explanation.same ? exitCode.ok : exitCode.no;
    });
}

function describe(a: string, b: string, explanation: Explanation): string {
  const both = `${shown(a)} and ${shown(b)}`;
  const parts = [explanation.same ? `${both} are one person.` : `${both} are not one person.`];
  const add = (title: string, links: readonly WireLink[]) => {
    if (links.length > 0) parts.push('', `${title}:`, linkTable(links));
  };
  add('Because of', explanation.path);
  add('Refused', explanation.refused);
  add('Held for review', explanation.held);
  const { separations } = explanation;
  if (separations.length > 0) {
    parts.push(
      '',
      'Kept apart:',
      table(
        ['seq', 'a', 'b'],
        separations.map((row) => [String(row.seq), row.a, row.b]),
      ),
    );
  }
  if (explanation.neighbour !== null) {
    add(
      `Both have evidence with ${shown(explanation.neighbour.canonical_id)}, which was turned down`,
      explanation.neighbour.path,
    );
  }
  return parts.join('\n');
}

function linkTable(links: readonly WireLink[]): string {
  return table(
    ['seq', 'kind', 'primary', 'secondary', 'time', 'reason'],
    links.map((link) => [
      String(link.seq),
      link.kind,
      link.primary_id,
      link.secondary_id,
      link.time,
      link.reason ?? '',
    ]),
  );
}
