import type { FastifyReply, FastifyRequest } from 'fastify';

export const isPageWanted = ({ headers: { accept } }: FastifyRequest): boolean =>
  accept?.includes('text/html') ?? false;

/** Nothing but what this server serves, and in nobody's frame. */
const policy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** The console's one page, whatever address of it is asked for. */
export function sendConsolePage(index: string, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const html = index.replace(/<base href="[^"]*"/, `<base href="${baseOf(request.originalUrl)}"`);
  return reply
    .type('text/html; charset=utf-8')
    .header('vary', 'accept')
    .header('cache-control', 'no-cache')
    .header('content-security-policy', policy)
    .header('x-content-type-options', 'nosniff')
    .header('x-frame-options', 'DENY')
    .header('referrer-policy', 'no-referrer')
    .header('cross-origin-opener-policy', 'same-origin')
    .header('cross-origin-resource-policy', 'same-origin')
    .send(html);
}

/** From an address to where the server is, relative: a proxy may serve all of this below a path of its own. */
export function baseOf(url: string): string {
  const [path = ''] = url.split('?');
  return '../'.repeat(path.split('/').length - 2) || './';
}
