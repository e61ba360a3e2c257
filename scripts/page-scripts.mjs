import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const sdk = fileURLToPath(new URL('../packages/sdk', import.meta.url));

/** The SDK's scripts for pages without a bundler, by the name they have in its `dist`. Rolldown's minifier saves what keeps them below 6 KiB. */
const scripts = {
  'onym.js': { input: 'src/browser/page-script.ts', format: 'iife' },
  'onym.min.js': { input: 'src/browser/onym.ts', format: 'esm' },
};

/** @returns {Promise<Record<string, string>>} the text of each */
export async function pageScripts() {
  /** @type {Record<string, string>} */
  const texts = {};
  for (const [name, { input, format }] of Object.entries(scripts)) {
    const build = await rolldown({
      cwd: sdk,
      input,
      platform: 'browser',
      resolve: { conditionNames: ['onym-source'] },
      transform: { target: 'es2022' },
    });
    const { output } = await build.generate({ format, minify: true });
    await build.close();
    texts[name] = output[0].code;
  }
  return texts;
}
