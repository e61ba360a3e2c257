import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { ConsoleBuild } from '../../console.ts';
import { OnymError } from '../../errors.ts';
import { needs } from '../auth.ts';
import { isPageWanted, sendConsolePage } from '../console-page.ts';

const page = needs(null, { hide: true }, { freeQuery: true });

/** The console's addresses, and what its page loads. `build`: null where there is none. What it shows it asks for as everybody does. */
export async function consoleRoutes(app: FastifyInstance, build: ConsoleBuild | null): Promise<void> {
  for (const path of ['/sign-in', '/e/*']) {
    app.get(path, page, (request, reply) => {
      reply.header('vary', 'accept');
      if (!isPageWanted(request)) {
        throw new OnymError(
          'not-found',
          'This is a page of the console, for a browser. /openapi.json lists the routes.',
        );
      }
      const index = build?.index() ?? null;
      if (index !== null) return sendConsolePage(index, request, reply);
      throw new OnymError('not-found', 'This build has no console. In the repository `npm run build` makes it.');
    });
  }
  if (build === null) return;

  await app.register(fastifyStatic, {
    root: join(build.folder, 'assets'),
    serve: false,
    index: false,
    preCompressed: true,
    // A name says what is in the file: another build has other names.
    immutable: true,
    maxAge: '365d',
  });
  app.get<{ Params: { '*': string } }>('/assets/*', needs(null, { hide: true }), (request, reply) =>
    reply
      .header('vary', 'accept-encoding')
      .header('x-content-type-options', 'nosniff')
      .header('cross-origin-resource-policy', 'same-origin')
      .sendFile(request.params['*']),
  );
}
