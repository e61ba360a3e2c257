import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { ConsoleBuild } from '../../console.ts';
import { documentation } from '../../documentation.ts';
import { needs } from '../auth.ts';
import { isPageWanted, sendConsolePage } from '../console-page.ts';
import { jsonResponse } from '../schemas.ts';

const facts = {
  name: 'Onym',
  what: 'Self-hosted identity server for product analytics.',
  reference: '/docs',
  openapi: '/openapi.json',
  documentation: '/docs/README.md',
  llms: '/llms.txt',
  ready: '/readyz',
  next: 'POST /track, /identify or /alias with a key; `onym tail` shows what arrives, `onym --help` the rest.',
} as const;

const style = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:42rem;margin:3rem auto;padding:0 1rem}
h1{font-size:1.3rem;margin:0}
pre{padding:.8rem;overflow-x:auto;border:1px solid #8886;border-radius:4px;font-size:.85rem}
li{margin:.2rem 0}`;

const styleHash = createHash('sha256').update(style).digest('base64');
const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** Links are relative: a proxy may serve all of this below a path of its own. */
const page = (version: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Onym</title>
<style>${style}</style>
<h1>Onym ${version}</h1>
<p>This is an identity server for product analytics. It decides which identifiers are one person, and can always say why.</p>
<ul>
<li><a href="docs">API reference</a>: every route, with a call to copy and a form to try it (<a href="openapi.json">OpenAPI</a>)</li>
<li><a href="docs/README.md">Documentation</a> by task, <a href="llms.txt">llms.txt</a> for machines</li>
<li><a href="readyz">Are calls kept?</a></li>
</ul>
<p>Send a first event, with a key that the first start made:</p>
<pre>curl $ONYM_URL/track -H "Authorization: Bearer $ONYM_WRITE_KEY" \\
  -d '{"event":"page_view","distinct_id":"anonymous-1"}'</pre>
<p>and watch it arrive, on the server's machine: <code>onym tail</code></p>
<p>The console is not here: this Onym was started without its build. In the repository <code>npm run build</code> makes it.</p>
`;

const schema = {
  summary: 'What is this?',
  description: 'For a browser the console, for everybody else where to go on, as JSON.',
  operationId: 'getWelcome',
  tags: ['operations'],
  response: {
    200: jsonResponse('Where to go on.', Type.Record(Type.String(), Type.String())),
  },
};

/** The front door: who answers here, and where to go on. Without a key: it tells nothing of anyone. */
export async function welcomeRoutes(
  app: FastifyInstance,
  { version, console }: { readonly version: string; readonly console: ConsoleBuild | null },
): Promise<void> {
  const html = page(version);
  app.get('/', needs(null, schema), async (request, reply) => {
    reply.header('vary', 'accept');
    if (!isPageWanted(request)) return { ...facts, version };
    const index = console?.index() ?? null;
    if (index !== null) return sendConsolePage(index, request, reply);
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', policy)
      .header('x-content-type-options', 'nosniff')
      .send(html);
  });

  for (const { path, read } of documentation()) {
    const type = path.endsWith('.md') ? 'text/markdown' : 'text/plain';
    app.get(`/${path}`, needs(null, { hide: true }), async (_request, reply) =>
      reply.type(`${type}; charset=utf-8`).send(read()),
    );
  }
}
