import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

const prefix = '/docs';
const isBelow = (url: string): boolean => url === prefix || url.startsWith(`${prefix}/`);

/** Nothing but what this server serves, and the styles that the renderer sets by script. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const quiet = '.swagger-ui .topbar{display:none}';

/** Its routes are not ours, so they say nothing of scopes; they need none. To be called before `guardRoutes`. */
export function admitApiReference(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (isBelow(route.url) && route.config?.scope === undefined) route.config = { ...route.config, scope: null };
  });
}

/** The OpenAPI document as pages that one can read and try, at /docs. Needs nothing from elsewhere. */
export function addApiReference(app: FastifyInstance): void {
  app.register(swaggerUi, {
    routePrefix: prefix,
    staticCSP: policy,
    theme: { title: 'Onym: API', css: [{ filename: 'onym.css', content: quiet }] },
    uiConfig: { deepLinking: true, docExpansion: 'list', defaultModelsExpandDepth: 0, validatorUrl: null },
    uiHooks: {
      // Its links are relative to the address, which the slash behind would change.
      onRequest(request, reply, done) {
        const [path = ''] = request.originalUrl.split('?');
        if (path.endsWith(`${prefix}/`)) reply.redirect(`..${prefix}`);
        else done();
      },
    },
  });
}
