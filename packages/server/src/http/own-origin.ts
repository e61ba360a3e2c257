import type { FastifyRequest } from 'fastify';
import { OnymError } from '../errors.ts';

/** Sent with each request that changes something by session. A page of another origin can't, as CORS does not let it. */
export const consoleHeader = 'x-onym-console';

const safeMethods: readonly string[] = ['GET', 'HEAD'];

export const isFromConsole = ({ headers }: Pick<FastifyRequest, 'headers'>): boolean => headers[consoleHeader] === '1';

/**
 * Throws `forbidden` for a request that a page of another origin has made, of the same site too; and, where it may change something, unless it
 * has the console's header. Browsers name where a request comes from by Sec-Fetch-Site, or, without TLS, by Origin alone.
 */
export function checkOwnOrigin(request: FastifyRequest): void {
  const { 'sec-fetch-site': site, origin } = request.headers;
  const isForeign =
    typeof site === 'string' ? !(site === 'same-origin' || site === 'none') : isOfOthers(origin, request);
  if (isForeign) {
    throw new OnymError(
      'forbidden',
      'A session is for the pages of this server alone, and the request comes from another. Open the console at its own address; programs send a key. Behind a proxy: let it pass the Host header on.',
    );
  }
  if (safeMethods.includes(request.method) || isFromConsole(request)) return;
  throw new OnymError(
    'forbidden',
    `Whatever a session changes must be asked for with the header "X-Onym-Console: 1", which no other page can send. Send it, or use a key.`,
  );
}

/** What is no page names no origin. */
function isOfOthers(origin: string | undefined, { protocol, host }: FastifyRequest): boolean {
  if (origin === undefined) return false;
  const own = `${protocol}://${host}`;
  return !URL.canParse(origin) || !URL.canParse(own) || new URL(origin).host !== new URL(own).host;
}
