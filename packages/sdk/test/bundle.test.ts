import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { version } from '@onym/sdk';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { pageScripts } from '../../../scripts/page-scripts.mjs';

const bundleBytesMax = 6 * 1024;
const sdk = fileURLToPath(new URL('..', import.meta.url));

async function bundled(contents: string) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: sdk },
    bundle: true,
    format: 'esm',
    minify: true,
    target: 'es2022',
    platform: 'browser',
    conditions: ['onym-source'],
    write: false,
    metafile: true,
  });
  const [output] = Object.values(metafile.outputs);
  const files = Object.entries(output!.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return { bytes: gzipSync(outputFiles[0]!.contents).length, files: files.map(([name]) => name) };
}

it('what a page loads is at most 6 KiB, gzipped, and holds nothing of the Node client', async () => {
  const { bytes, files } = await bundled(`export { onym } from '@onym/sdk';`);
  console.log(`browser bundle: ${bytes} bytes gzipped, of ${bundleBytesMax}`);
  expect(bytes).toBeLessThanOrEqual(bundleBytesMax);
  expect(files.filter((file) => file.includes('/node/'))).toEqual([]);
});

it('and so is the script for pages without a bundler', async () => {
  const bytes = gzipSync((await pageScripts())['onym.js']).length;
  console.log(`page script: ${bytes} bytes gzipped, of ${bundleBytesMax}`);
  expect(bytes).toBeLessThanOrEqual(bundleBytesMax);
});

it('the Node client holds nothing of the browser’s', async () => {
  const { files } = await bundled(`export { Onym } from '@onym/sdk';`);
  expect(files.filter((file) => file.includes('/browser/'))).toEqual([]);
});

it('has the version of its package', () => {
  expect(version).toBe(JSON.parse(readFileSync(`${sdk}/package.json`, 'utf8')).version);
});
