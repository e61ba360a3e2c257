import { errorOf, isRetryable, type Reply, request, retryDelayMs } from '../delivery.ts';
import type { NodeSettings } from './options.ts';

export interface Transport {
  /** One request, repeated where that may help. `body` is JSON text. Resolves with whatever was answered but 408, 429 and 5xx. */
  ask(method: 'GET' | 'POST', path: string, body?: string): Promise<Reply>;
  /** The same; throws an ApiError for anything but 200. */
  get(path: string, query: Query): Promise<unknown>;
  post(path: string, body: string, query?: Query): Promise<unknown>;
}

/** What is undefined is left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export function createTransport(settings: NodeSettings): Transport {
  const base = settings.baseUrl.replace(/\/+$/, '');
  const headers = { authorization: `Bearer ${settings.apiKey}`, 'content-type': 'application/json' };

  async function once(method: string, path: string, body: string | undefined): Promise<Reply> {
    const init = { method, headers, ...(body === undefined ? {} : { body }) };
    const reply = await request(settings.fetch, base + path, init, settings.requestTimeoutMs);
    const error = reply.status === 200 ? null : errorOf(reply);
    if (isRetryable(error)) throw error;
    return reply;
  }

  async function ask(method: string, path: string, body?: string): Promise<Reply> {
    for (let failures = 0; ; ) {
      try {
        return await once(method, path, body);
      } catch (error) {
        if (!isRetryable(error) || ++failures > settings.retriesMax) throw error;
        await sleep(retryDelayMs(failures, Math.random(), error));
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
    get: (path, query) => expectOk(ask('GET', path + queryOf(query))),
    post: (path, body, query = {}) => expectOk(ask('POST', path + queryOf(query), body)),
  };
}

function queryOf(query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
