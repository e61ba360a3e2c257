import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { OnymError } from '../errors.ts';
import type { KeyStore } from '../keys/types.ts';
import { refuseExposedSecret } from './auth.ts';

interface KnownPath {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** Answers unknown paths with `not-found`, and known ones asked by another method with `method-not-allowed`. */
export function addNotFoundHandler(app: FastifyInstance, keys: KeyStore): void {
  const paths = new Map<string, KnownPath>();

  app.addHook('onRoute', ({ url, method }) => {
    let path = paths.get(url);
    if (path === undefined) {
      path = { pattern: patternOf(url), methods: new Set() };
      paths.set(url, path);
    }
    for (const name of [method].flat()) path.methods.add(name);
  });

  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    refuseExposedSecret(keys, request);
    const [asked = ''] = request.url.split('?');
    const methods = [...paths.values()]
      .filter(({ pattern }) => pattern.test(asked))
      .flatMap((path) => [...path.methods]);
    if (methods.length === 0) {
      throw new OnymError('not-found', 'There is no such route. /openapi.json lists all of them.');
    }
    reply.header('allow', methods.join(', '));
    throw new OnymError(
      'method-not-allowed',
      `This route does not take ${request.method}. Use ${methods.join(' or ')}.`,
    );
  });
}

/** `/v1/identities/:id/events` as a pattern of what it matches. */
function patternOf(url: string): RegExp {
  const segments = url
    .split('/')
    .map((segment) => (segment.startsWith(':') ? '[^/]+' : segment.replaceAll(/[^\w-]/g, '\\$&')));
  return new RegExp(`^${segments.join('/')}$`);
}
