import type { Command } from 'commander';
import { limits } from '../limits.ts';
import { type PlaceOptions, placeOptions } from './options.ts';
import { print, printNote, shown } from './print.ts';
import { signInLink } from './sign-in-link.ts';
import { requireServer, withTransport } from './transport.ts';

export function consoleCommand(program: Command): void {
  placeOptions(program.command('console'))
    .description('print a link that signs in to the console, once')
    .addHelpText(
      'after',
      `\nWho opens the link acts as the key that it was made with: on the server's own machine "local", else that of --key. It is good for\n${limits.signInTokenMaxMs / 60_000} minutes and one browser; whoever has it is let in.\n\nExamples:\n  onym console\n  onym console --url https://onym.example.com --key sk_…`,
    )
    .action(async (options: PlaceOptions) => {
      const { url } = await requireServer(options);
      const answer = await withTransport(options, (transport) => transport.request('POST', '/v1/session/tokens'));
      const { token, key } = JSON.parse(answer) as { token: string; key: { name: string } };
      print(signInLink(url, token));
      printNote(`Signs in once, as the key ${shown(key.name)}, within ${limits.signInTokenMaxMs / 60_000} minutes.`);
    });
}
