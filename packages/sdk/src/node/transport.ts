import { baseOf } from '../base-url.ts';
import { errorOf, isRetryable, type Reply, request, retryDelayMs } from '../delivery.ts';
import { NetworkError } from '../errors.ts';
import { given } from '../given.ts';
import { callerRetryDelayMaxMs } from '../limits.ts';
import type { NodeSettings } from './options.ts';
import { parseJson } from './parse-json.ts';

export interface Asking {
  readonly query?: Query;
  /** JSON text. */
  readonly body?: string;
  /** Default: that of the client. */
  readonly timeoutMs?: number | undefined;
  /** False where the server may still be at work after a timeout, and would be set to work again. Default true. */
  readonly isRepeatable?: boolean;
}

export interface Transport {
  /** One request, repeated where that may help. Resolves with whatever Onym answered but 408, 429 and 5xx. */
  ask(method: 'GET' | 'POST', path: string, asking: Asking): Promise<Reply>;
  /** The same; throws an ApiError for anything but 200. */
  get(path: string, query: Query): Promise<unknown>;
  post(path: string, asking: Asking): Promise<unknown>;
}

/** What is undefined is left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export function createTransport(settings: NodeSettings): Transport {
  const base = baseOf(settings.baseUrl);
  const headers = { authorization: `Bearer ${settings.apiKey}`, 'content-type': 'application/json' };

  async function once(method: string, path: string, { query, body, timeoutMs }: Asking): Promise<Reply> {
    const init = { method, headers, ...(body === undefined ? {} : { body }) };
    const url = base + path + queryOf(query ?? {});
    const reply = await request(settings.fetch, url, init, timeoutMs ?? settings.requestTimeoutMs, parseJson);
    // What is no JSON is no answer of Onym's, whatever its status.
    const error = reply.status === 200 && reply.body !== null ? null : errorOf(reply);
    if (isRetryable(error)) throw error;
    return reply;
  }

  async function ask(method: string, path: string, asking: Asking): Promise<Reply> {
    for (let failures = 1; ; failures++) {
      try {
        return await once(method, path, asking);
      } catch (error) {
        const delayMs = retryDelayMs(failures, Math.random(), error);
        if (failures > settings.retriesMax || delayMs > callerRetryDelayMaxMs || !isRetryable(error)) throw error;
        if (asking.isRepeatable === false && error instanceof NetworkError && error.code === 'timeout') throw error;
        await sleep(delayMs);
      }
    }
  }

  async function expectOk(reply: Promise<Reply>): Promise<unknown> {
    const answered = await reply;
    if (answered.status !== 200) throw errorOf(answered);
    return answered.body;
  }

  return {
    ask,
    get: (path, query) => expectOk(ask('GET', path, { query })),
    post: (path, asking) => expectOk(ask('POST', path, asking)),
  };
}

function queryOf(query: Query): string {
  const parameters = Object.entries(given(query)).map(([name, value]) => [name, String(value)]);
  return parameters.length === 0 ? '' : `?${new URLSearchParams(parameters)}`;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
