import type { FastifyReply, FastifyRequest } from 'fastify';
import { limits } from '../limits.ts';

/** How long a browser need not ask again. */
const preflightMaxAgeSeconds = 7_200;
/** Where a browser does not say what it wants to send. */
const usualHeaders = 'authorization, x-api-key, content-type, content-encoding';

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const headerNames = new RegExp(`^${token}(?:[ \\t]*,[ \\t]*${token})*$`);

/**
 * Open to every page, also to those that the key is not for: an answer holds nothing but the verdict of the page's own call, and one that
 * could not read its refusal would see a failed fetch, and send again. The key's origins are checked where the key is (`auth.ts`); a preflight
 * comes without one.
 *
 * A beacon of JSON is sent with credentials, and browsers let those through to the very origin that asks, never to `*`. Allowing
 * them gives nothing away: these routes read no cookie and ask for no certificate, a key is in each request or it is refused.
 */
export function openToOrigin(origin: string | undefined, reply: FastifyReply): void {
  reply.header('vary', 'Origin');
  if (origin === undefined) {
    reply.header('access-control-allow-origin', '*');
    return;
  }
  reply.header('access-control-allow-origin', origin);
  reply.header('access-control-allow-credentials', 'true');
  reply.header('access-control-expose-headers', 'retry-after, ratelimit, ratelimit-policy, x-request-id');
}

/**
 * Whatever headers a page asks for are allowed, because what instruments it adds its own to every request (`traceparent`, `baggage`,
 * `sentry-trace`), and one that is not allowed keeps the call from being made.
 */
export function answerPreflight(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .code(204)
    .header('vary', 'Origin, Access-Control-Request-Headers')
    .header('access-control-allow-methods', 'POST')
    .header('access-control-allow-headers', headersFor(request.headers['access-control-request-headers']))
    .header('access-control-max-age', preflightMaxAgeSeconds)
    .send();
}

function headersFor(asked: string | undefined): string {
  const isList = asked !== undefined && asked.length <= limits.preflightHeadersLengthMax && headerNames.test(asked);
  return isList ? asked : usualHeaders;
}
