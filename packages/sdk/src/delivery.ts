import { ApiError, NetworkError, type OnymError } from './errors.ts';
import { retryAfterMaxMs, retryBaseMs, retryMaxMs } from './limits.ts';
import type { Route, WireAnswer, WireArrayAnswer } from './wire.ts';

/** What became of one call of a batch. */
export type Outcome = { readonly answer: WireAnswer } | { readonly error: ApiError };

/** True where the same bytes may succeed later: no answer, one that is not Onym's, or a server under pressure. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof ApiError)
    return error.status < 400 || error.status === 408 || error.status === 429 || error.status >= 500;
  return error instanceof NetworkError;
}

/** Doubles with every failure, spread by half so that clients do not come back together; never sooner than the server asked. */
export function retryDelayMs(failures: number, random: number, error: unknown): number {
  const delay = Math.min(retryMaxMs, retryBaseMs * 2 ** (failures - 1)) * (0.5 + random / 2);
  return Math.max(delay, error instanceof ApiError ? error.retryAfterMs : 0);
}

export interface Reply {
  readonly status: number;
  /** As JSON, or null where it is none. */
  readonly body: unknown;
  readonly retryAfterMs: number;
}

/** One request, answered whatever its status. Rejects with a NetworkError. `parse` is to throw for what is no JSON. */
export async function request(
  fetchFunction: typeof fetch,
  url: string,
  init: RequestInit,
  timeoutMs: number,
  parse: (text: string) => unknown = JSON.parse,
): Promise<Reply> {
  try {
    const response = await fetchFunction(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
    // The body counts as part of the answer: cut short, nothing of it can be relied on.
    const text = await response.text();
    const retryAfterSeconds = Number(response.headers.get('retry-after'));
    return {
      status: response.status,
      body: parsed(text, parse),
      retryAfterMs: Math.min(retryAfterSeconds * 1_000, retryAfterMaxMs) || 0,
    };
  } catch (error) {
    // Without the query string, which may hold the key.
    const address = url.split('?')[0];
    throw (error as Error).name === 'TimeoutError'
      ? new NetworkError('timeout', `${address} did not answer within ${timeoutMs} ms.`, error)
      : new NetworkError('network-error', `${address} can't be reached. Check baseUrl.`, error);
  }
}

function parsed(text: string, parse: (text: string) => unknown): unknown {
  try {
    return parse(text);
  } catch {
    return null;
  }
}

/** The error that a reply without `ok` is. */
export function errorOf({ status, body, retryAfterMs }: Reply): ApiError {
  const { error_code = `http-${status}`, message = `${status}, and not from Onym. Check baseUrl.` } = (body ?? {}) as {
    error_code?: string;
    message?: string;
  };
  return new ApiError(status, error_code, message, retryAfterMs);
}

/** What became of each of `count` calls. Throws an ApiError where the request as a whole was turned down. */
export function outcomesOf(reply: Reply, count: number): Outcome[] {
  const body = reply.body as Partial<WireArrayAnswer> | null;
  if (
    !Array.isArray(body?.results) ||
    body.results.length !== count ||
    (reply.status !== 200 && reply.status !== 422)
  ) {
    throw errorOf(reply);
  }
  return body.results.map((answer, index) => {
    if (answer !== null) return { answer };
    const why = body.rejected?.find((one) => one.index === index);
    return { error: why ? new ApiError(422, why.error_code, why.message) : errorOf(reply) };
  });
}

/** The longest run of calls from the front that one request may carry: one route, in order. Empty when there is none. */
export function nextBatch<Call extends { readonly route: Route; readonly body: string }>(
  calls: readonly Call[],
  itemsMax: number,
  charactersMax: number,
): Call[] {
  let characters = 0;
  const end = calls.findIndex(({ route, body }, i) => {
    characters += body.length + 1;
    return route !== calls[0]!.route || i === itemsMax || (i > 0 && characters > charactersMax);
  });
  return calls.slice(0, end < 0 ? calls.length : end);
}

export function arrayBody(calls: readonly { readonly body: string }[]): string {
  return `[${calls.map(({ body }) => body).join(',')}]`;
}

/** Hears of what cannot be told to a caller. */
export type OnError = (error: OnymError) => void;
