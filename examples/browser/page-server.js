import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The steps of the sign-up; the page itself finds out which one it is to show. */
const pages = ['/', '/account', '/plan', '/welcome'];

/**
 * @typedef {object} PageOptions
 * @property {string} onymUrl
 * @property {string} writeKey A publishable key: every visitor can read it.
 * @property {string[]} [conditions] Of the packages' exports, beside what browsers take.
 *
 * @param {PageOptions} options
 */
export function createPageServer(options) {
  const files = {
    '/signup.js': { type: 'text/javascript', body: () => bundle(options) },
    '/style.css': { type: 'text/css', body: () => readFile(pathOf('style.css')) },
    ...Object.fromEntries(
      pages.map((path) => [path, { type: 'text/html', body: () => readFile(pathOf('index.html')) }]),
    ),
  };
  // With such a policy a site has to name the address of Onym, or its browsers send nothing there.
  const policy = `default-src 'self'; img-src 'self' data:; connect-src ${new URL(options.onymUrl).origin}`;

  return createServer(async ({ url = '/' }, response) => {
    const file = Object.entries(files).find(([path]) => path === url.split('?')[0])?.[1];
    if (file === undefined) return response.writeHead(404).end();
    try {
      const body = await file.body();
      response
        .writeHead(200, {
          'content-type': `${file.type}; charset=utf-8`,
          'content-security-policy': policy,
          'cache-control': 'no-store',
        })
        .end(body);
    } catch (error) {
      console.error(error);
      response.writeHead(500).end();
    }
  });
}

/** Anew for each request: what you change is there when you load the page again. */
async function bundle(/** @type {PageOptions} */ { onymUrl, writeKey, conditions }) {
  const { outputFiles } = await build({
    entryPoints: [pathOf('signup.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    sourcemap: 'inline',
    define: { ONYM_URL: JSON.stringify(onymUrl), ONYM_WRITE_KEY: JSON.stringify(writeKey) },
    ...(conditions && { conditions }),
  });
  return outputFiles[0]?.text ?? '';
}

const pathOf = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
