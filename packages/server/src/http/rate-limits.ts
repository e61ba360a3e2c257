import { isIPv6 } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ConfiguredLimits } from '../configured-limits.ts';
import { OnymError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { HttpMetrics } from './metrics.ts';
import { createRateWindows, type RateWindows } from './rate-windows.ts';

/** What is counted: calls by one publishable key, and calls with such keys from one client address. */
type Counted = 'key' | 'address';

export interface RateLimits {
  /**
   * Counts a call of a publishable key, before its body is read. Throws `rate-limited` where nothing is left; either way the answer says how
   * much is. Secret keys have no rate.
   */
  admit(request: FastifyRequest, reply: FastifyReply): void;
  /**
   * Counts the other items of an array that was admitted. While anything is left it passes as a whole, and what it overdraws is gone with the
   * window. Throws `rate-limited` where others have taken all meanwhile.
   */
  admitRest(request: FastifyRequest, reply: FastifyReply, calls: number): void;
}

interface Limiter {
  readonly counted: Counted;
  readonly max: number;
  readonly windows: RateWindows;
}

/** What a limiter says after some calls were counted. */
interface Standing {
  readonly limiter: Limiter;
  readonly left: number;
  readonly secondsLeft: number;
  /** Nothing was left before. */
  readonly isOver: boolean;
}

const windowSeconds = limits.rateWindowMs / 1_000;

export function createRateLimits(
  rates: Pick<ConfiguredLimits, 'keyRateMax' | 'addressRateMax'>,
  metrics: Pick<HttpMetrics, 'rateLimited'>,
): RateLimits {
  // The address first: what it is refused is not taken from the key's other users.
  const limiters = [limiterOf('address', rates.addressRateMax), limiterOf('key', rates.keyRateMax)].filter(
    (limiter) => limiter !== null,
  );
  const policy = limiters.map(({ counted, max }) => `"${counted}";q=${max};w=${windowSeconds}`).join(', ');
  let hasWarned = false;

  const isLimited = ({ key }: FastifyRequest): boolean => key?.kind === 'publishable' && limiters.length > 0;

  function count(limiter: Limiter, request: FastifyRequest, calls: number, counted: number): Standing {
    const name = limiter.counted === 'key' ? request.key!.name : networkOf(request.ip);
    const { points, endsAt } = limiter.windows.count(name, calls);
    return {
      limiter,
      left: Math.max(0, limiter.max - points),
      secondsLeft: Math.max(1, Math.ceil((endsAt - Date.now()) / 1_000)),
      isOver: points - calls - counted >= limiter.max,
    };
  }

  /** Counts until one is over, and tells the caller of the one that has the least left. `counted`: what of the request is in it already. */
  function charge(request: FastifyRequest, reply: FastifyReply, calls: number, counted: number): void {
    let tightest: Standing | null = null;
    for (const limiter of limiters) {
      const standing = count(limiter, request, calls, counted);
      if (tightest === null || standing.isOver || standing.left < tightest.left) tightest = standing;
      if (standing.isOver) break;
    }
    if (tightest === null) return;
    reply.header('ratelimit-policy', policy);
    reply.header('ratelimit', `"${tightest.limiter.counted}";r=${tightest.left};t=${tightest.secondsLeft}`);
    if (!tightest.isOver) return;
    metrics.rateLimited(tightest.limiter.counted);
    throw rateLimited(tightest);
  }

  /** Once: all clients of a proxy that is not trusted share the proxy's address. */
  function warnOfProxy(request: FastifyRequest): void {
    if (hasWarned || rates.addressRateMax === 0 || request.headers['x-forwarded-for'] === undefined) return;
    const { remoteAddress } = request.socket;
    if (remoteAddress !== request.ip) return;
    hasWarned = true;
    request.log.warn(
      { remoteAddress },
      'A call came with X-Forwarded-For from an address that ONYM_TRUSTED_PROXIES does not name: where that is your proxy, all its clients count as one. Name it there.',
    );
  }

  return {
    admit(request, reply) {
      if (!isLimited(request)) return;
      warnOfProxy(request);
      charge(request, reply, 1, 0);
    },
    admitRest(request, reply, calls) {
      if (calls > 0 && isLimited(request)) charge(request, reply, calls, 1);
    },
  };
}

function limiterOf(counted: Counted, rateMax: number): Limiter | null {
  const max = rateMax * windowSeconds;
  if (max === 0) return null;
  return { counted, max, windows: createRateWindows(limits.rateWindowMs, Date.now) };
}

/** A proxy may write anything. */
const addressLengthMax = 64;

/** One who has an IPv6 address has 2^64 of them. IPv4 may come in the form of IPv6, and with a port. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address.slice(0, addressLengthMax);
  const ipv4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)(?::\d+)?$/i.exec(address);
  if (ipv4 !== null) return ipv4[1]!;
  if (!isIPv6(address)) return address.slice(0, addressLengthMax);
  const [head = '', tail] = address.split('::') as [string, string?];
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? 0 : tail.split(':').length;
  if (tail !== undefined)
    groups.push(...new Array<string>(Math.max(0, 8 - groups.length - rest)).fill('0'), ...tail.split(':'));
  return groups.slice(0, 4).join(':');
}

function rateLimited({ limiter: { counted, max }, secondsLeft }: Standing): OnymError {
  const [who, variable] =
    counted === 'key'
      ? ['this publishable key', 'ONYM_KEY_RATE_MAX']
      : ['publishable keys from this address', 'ONYM_ADDRESS_RATE_MAX'];
  return new OnymError(
    'rate-limited',
    `More than ${max} calls in ${windowSeconds} s came with ${who}. Nothing of this one was kept; send it again after Retry-After. Who runs the server sets the limit by ${variable}.`,
    { retryAfterSeconds: secondsLeft },
  );
}
