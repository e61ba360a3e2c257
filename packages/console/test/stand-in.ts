import { existsSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listening } from '../../../test-support/listening.ts';

/** For as long as the server does not serve the console itself: serves the build, and adds the secret key to what goes to the API. */

const build = fileURLToPath(new URL('../dist', import.meta.url));
const types: Record<string, string> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
};
const policy =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

export async function startStandIn(target: string, secretKey: string) {
  const session = {
    key: {
      name: 'initial',
      scopes: ['read', 'query', 'steer', 'erase', 'import', 'metrics', 'keys'],
      environments: ['production', 'staging', 'development'],
    },
    expires_at: '2099-01-01T00:00:00.000Z',
  };
  const server = createServer((incoming, answer) => {
    const { pathname } = new URL(incoming.url!, target);
    if (pathname === '/v1/session') {
      answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(session));
      return;
    }
    if (pathname === '/' || pathname.startsWith('/e/') || pathname === '/sign-in') {
      const up = '../'.repeat(pathname.split('/').length - 2) || './';
      const html = readFileSync(`${build}/index.html`, 'utf8').replace('<base href="./"', `<base href="${up}"`);
      answer.writeHead(200, { 'content-type': types['.html'], 'content-security-policy': policy }).end(html);
      return;
    }
    if (pathname.startsWith('/assets/') && existsSync(build + pathname)) {
      answer
        .writeHead(200, { 'content-type': types[extname(pathname)] ?? 'application/octet-stream' })
        .end(readFileSync(build + pathname));
      return;
    }
    const headers = { ...incoming.headers, authorization: `Bearer ${secretKey}`, host: new URL(target).host };
    const forwarded = request(new URL(incoming.url!, target), { method: incoming.method, headers }, (response) => {
      answer.writeHead(response.statusCode!, response.headers);
      response.pipe(answer);
    });
    forwarded.on('error', () => answer.destroy());
    answer.on('close', () => forwarded.destroy());
    incoming.pipe(forwarded);
  });
  const port = await listening(server);
  return { url: `http://127.0.0.1:${port}`, stop: () => server.close() && server.closeAllConnections() };
}
