import type { Command } from 'commander';
import { ConfigError } from '../config-error.ts';
import type { NodeInfo, Registered } from '../nodes/nodes.ts';
import { postgresOf } from '../postgres-config.ts';
import { configurationOptions, exitCode } from './options.ts';
import { print, printJson, printNote, shown, table } from './print.ts';

interface NodesOptions {
  readonly postgresUrl?: string;
  readonly postgresSchema?: string;
  readonly json?: boolean;
}

/** Looks into PostgreSQL itself: what it tells of is needed most when a server is gone. */
export function nodesCommand(program: Command): void {
  const nodes = program.command('nodes').description('show the nodes on one PostgreSQL; let go of one that is gone');

  common(nodes.command('list', { isDefault: true }))
    .description('show every node that has, or may have, events on their way')
    .action((options: NodesOptions) =>
      withNodes(options, async ({ list }) => {
        const all = await list();
        if (options.json) return printJson(all.map(toJson));
        if (all.length === 0)
          return print('No node has served on this PostgreSQL, or each has left with nothing in its journal.');
        print(
          table(
            ['node', 'host', 'version', 'journal', 'seen'],
            all.map((node) => [
              node.id,
              shown(node.host),
              node.version,
              node.hasJournal ? 'its own' : 'none',
              `${new Date(node.seenAt).toISOString()}${node.isAway ? ', away' : ''}`,
            ]),
          ),
        );
      }),
    );

  common(nodes.command('retire').argument('<node>', 'as onym nodes shows it'))
    .description('wait for a node no more: its journal is lost, and with it the events that were only there')
    .option('--yes', 'it can not come back')
    .addHelpText('after', '\nWhile its data directory is there, take its events over instead: onym drain <directory>.')
    .action((id: string, options: NodesOptions & { readonly yes?: boolean }) =>
      withNodes(options, async ({ list, retire }) => {
        const node = (await list()).find((each) => each.id === id);
        if (node === undefined) {
          printNote(`onym: There is no node ${shown(JSON.stringify(id))}. onym nodes shows which there are.`);
          process.exitCode = exitCode.no;
          return;
        }
        if (!node.isAway) throw new ConfigError(`The node ${id} is there. Stop its server first: it leaves by itself.`);
        if (!options.yes) {
          throw new ConfigError(
            `The node ${id} may have events in its journal that are nowhere else. Take them over with onym drain <its data directory>; if that is lost, repeat this with --yes.`,
          );
        }
        await retire(id);
        if (options.json) return printJson(toJson(node));
        print(`${id} is waited for no more.`);
      }),
    );
}

const toJson = ({ seenAt, isAway, hasJournal, ...node }: NodeInfo) => ({
  ...node,
  has_journal: hasJournal,
  seen_at: new Date(seenAt).toISOString(),
  away: isAway,
});

function common(command: Command): Command {
  return configurationOptions(command.option('--json', 'print JSON for machines'), [
    'ONYM_POSTGRES_URL',
    'ONYM_POSTGRES_SCHEMA',
  ]);
}

async function withNodes(options: NodesOptions, work: (nodes: Registered) => void | Promise<void>): Promise<void> {
  const postgres = postgresOf({
    ONYM_POSTGRES_URL: options.postgresUrl,
    ONYM_POSTGRES_SCHEMA: options.postgresSchema,
  });
  if (postgres === null) throw new ConfigError('Give --postgres-url, or set ONYM_POSTGRES_URL: nodes meet there.');
  const { openRegisteredNodes, openShared } = await import('../stores.ts');
  const shared = await openShared(postgres, { warn: () => undefined });
  try {
    await work(await openRegisteredNodes(shared));
  } finally {
    await shared.close();
  }
}
