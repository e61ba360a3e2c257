import type { Command } from 'commander';
import { type ReadOptions, readOptions } from './options.ts';
import { print, printJson, table } from './print.ts';
import { withTransport } from './transport.ts';

interface Resolution {
  readonly identities: Record<string, { identity_id: string; canonical_id: string; known: boolean }>;
}

export function resolveCommand(program: Command): void {
  readOptions(program.command('resolve').argument('<distinct_id...>', 'identifiers to resolve'))
    .description('say which identity each identifier belongs to')
    .option('--as-of <time>', 'as it was believed at this received time (ISO 8601)')
    .addHelpText('after', '\nExample:\n  onym resolve anonymous-1 stripe:cus_abc123')
    .action(async (ids: string[], options: ReadOptions & { asOf?: string }) => {
      const body = {
        environment: options.environment,
        distinct_ids: ids,
        ...(options.asOf === undefined ? {} : { as_of: options.asOf }),
      };
      const answer = await withTransport(options, (transport) => transport.request('POST', '/v1/resolve', body));
      const resolution = JSON.parse(answer) as Resolution;
      if (options.json) return printJson(resolution);
      print(
        table(
          ['distinct_id', 'canonical_id', 'known', 'identity_id'],
          Object.entries(resolution.identities).map(([id, identity]) => [
            id,
            identity.canonical_id,
            identity.known ? 'yes' : 'no',
            identity.identity_id,
          ]),
        ),
      );
    });
}
