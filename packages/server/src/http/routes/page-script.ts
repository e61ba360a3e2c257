import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { OnymError } from '../../errors.ts';
import type { PageScript, PageScripts } from '../../page-scripts.ts';
import { needs } from '../auth.ts';
import { errorResponses } from '../schemas.ts';

/** A page on the newest script: an hour old at most, or a week while it is fetched anew beside it. */
const newestCaching = 'public, max-age=3600, stale-while-revalidate=604800';
/** The address names the bytes. */
const pinnedCaching = 'public, max-age=31536000, immutable';

const javascript = { description: 'The script.', content: { 'text/javascript': { schema: Type.String() } } };
const tags = ['ingestion'];

/** The browser client for pages without a bundler (docs/sdk.md). */
export async function pageScriptRoutes(
  app: FastifyInstance,
  scripts: Pick<PageScripts, 'current' | 'find'>,
): Promise<void> {
  app.get(
    '/onym.js',
    needs(null, {
      summary: 'The browser client as a script',
      description:
        "Of this server's version. For `integrity` use the address that names the bytes: `onym snippet --pin`.",
      operationId: 'getPageScript',
      tags,
      response: { 200: javascript, 404: errorResponses(404)[404] },
    }),
    (request, reply) => {
      if (scripts.current === null)
        throw new OnymError(
          'not-found',
          'This build has no script for pages. In the repository `npm run build` makes it.',
        );
      return sendScript(scripts.current, newestCaching, request, reply);
    },
  );

  app.get<{ Params: { file: string } }>(
    '/onym/:file',
    needs(null, {
      summary: 'The browser client as a script that never changes',
      description: 'By its hash; earlier versions too, as far as this data directory has served them.',
      operationId: 'getPinnedPageScript',
      tags,
      params: Type.Object({ file: Type.String({ description: '`<hash>.js`, as `onym snippet --pin` prints it.' }) }),
      response: { 200: javascript, 404: errorResponses(404)[404] },
    }),
    (request, reply) => {
      const script = scripts.find(request.params.file.replace(/\.js$/, ''));
      if (script === null)
        throw new OnymError(
          'not-found',
          'No version of this server had such a script. `onym snippet --pin` names the one it has.',
        );
      return sendScript(script, pinnedCaching, request, reply);
    },
  );
}

function sendScript(script: PageScript, caching: string, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const encoding = encodingFor(request.headers['accept-encoding']);
  const etag = `"${script.hash}-${encoding}"`;
  reply
    .header('cache-control', caching)
    .header('etag', etag)
    .header('vary', 'Accept-Encoding')
    // Pages are of other origins than Onym: without the first `integrity` fails, without the second pages under COEP can't load it.
    .header('access-control-allow-origin', '*')
    .header('cross-origin-resource-policy', 'cross-origin')
    .header('x-content-type-options', 'nosniff');
  if (isKnown(etag, request.headers['if-none-match'])) return reply.code(304).send();
  if (encoding !== 'identity') reply.header('content-encoding', encoding);
  return reply.type('text/javascript; charset=utf-8').send(script.bytes[encoding]);
}

/** The smallest that the client takes. */
function encodingFor(accepted: string | undefined): keyof PageScript['bytes'] {
  const takes = (name: string) =>
    (accepted ?? '')
      .split(',')
      .some((part) => new RegExp(`^\\s*${name}\\s*(;(?!\\s*q=0(\\.0*)?\\s*$)|$)`, 'i').test(part));
  return takes('br') ? 'br' : takes('gzip') ? 'gzip' : 'identity';
}

function isKnown(etag: string, known: string | undefined): boolean {
  return (known ?? '').split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
