import type { FastifyInstance } from 'fastify';

/**
 * Paths as they come out of a base URL with a slash too many (`//track`, `/v1//resolve`, `/track/`), as they were meant. Ids in paths stay
 * as they are, empty ones too: only slashes before the first name, after `/v1`, and behind a route that ends in no id are dropped.
 */
export function pathMender() {
  const fixed = new Set<string>();
  /** Of routes that end in an id: with a slash behind they name an empty one, and no list. */
  const named = new Set<string>();
  return {
    /** To be called before the routes are added. */
    watch(app: FastifyInstance): void {
      app.addHook('onRoute', ({ url }) => {
        if (url.endsWith('/:id')) named.add(url.slice(0, -'/:id'.length));
        else if (!url.includes(':')) fixed.add(url);
      });
    },
    mend(url: string): string {
      const end = url.indexOf('?');
      const path = end === -1 ? url : url.slice(0, end);
      if (path.length < 2 || !(path.includes('//') || path.endsWith('/'))) return url;
      const front = path.replace(/^\/+(?:v1\/+)?/, (slashes) => (slashes.includes('v') ? '/v1/' : '/'));
      const bare = withoutSlashesBehind(front);
      const isWhole = fixed.has(bare) && !(named.has(bare) && bare !== front);
      return (isWhole ? bare : front) + (end === -1 ? '' : url.slice(end));
    },
  };
}

function withoutSlashesBehind(path: string): string {
  let end = path.length;
  while (end > 1 && path[end - 1] === '/') end--;
  return path.slice(0, end);
}
