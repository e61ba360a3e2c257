import { type Command, Option } from 'commander';
import { ConfigError } from '../config.ts';
import { OnymError } from '../errors.ts';
import { currentPageScript, type PageScript } from '../page-scripts.ts';
import { print } from './print.ts';

/** The methods that calls are queued for; what tells ids is there once the script is. */
const queued = 'init track page identify alias updateTraits reset configure flush';

interface SnippetOptions {
  readonly url: string;
  readonly writeKey: string;
  readonly pin?: boolean;
}

export function snippetCommand(program: Command): void {
  program
    .command('snippet')
    .description('print the three lines that bring the browser client into a page without a bundler')
    .addOption(
      new Option('--url <url>', 'where browsers reach the server').env('ONYM_URL').default('https://onym.example.com'),
    )
    .addOption(new Option('--write-key <key>', 'publishable key for init').env('ONYM_WRITE_KEY').default('pk_…'))
    .option('--pin', 'load the script of this very version, checked by the browser (SRI)')
    .addHelpText('after', '\nExample:\n  onym snippet --url https://onym.example.com --write-key pk_… --pin')
    .action(({ url, writeKey, pin }: SnippetOptions) => {
      if (!/^https?:\/\/[^\s"'<>\\]+$/.test(url))
        throw new ConfigError(`--url is ${JSON.stringify(url)}. Give an address that begins with http:// or https://.`);
      if (!/^pk_[^\s"'<>\\]+$/.test(writeKey))
        throw new ConfigError('--write-key must be a publishable key (pk_…): anybody can read it in the page.');
      const script = pin ? currentPageScript() : null;
      if (pin && script === null)
        throw new OnymError(
          'not-found',
          'This build has no script for pages. In the repository `npm run build` makes it.',
        );
      print(snippet(url.replace(/\/+$/, ''), writeKey, script));
    });
}

/** Queues calls with their time and place until the script is there; then the script's client makes them, and those to come. */
function snippet(base: string, writeKey: string, pinned: PageScript | null): string {
  const source =
    pinned === null
      ? `src="${base}/onym.js"`
      : `src="${base}/onym/${pinned.hash}.js" integrity="${pinned.integrity}" crossorigin`;
  return [
    `<script>window.onym = { q: [] }; for (const name of '${queued}'.split(' ')) onym[name] = (...given) => onym.q ? void onym.q.push([name, given, Date.now(), location.href]) : onym[name](...given);</script>`,
    `<script>onym.init('${writeKey}', { baseUrl: '${base}' });</script>`,
    `<script async ${source}></script>`,
  ].join('\n');
}
