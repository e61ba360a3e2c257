import type { Route, WireAnswer } from '@onym/sdk';

export interface SentPayload {
  readonly route: Route;
  // biome-ignore lint/suspicious/noExplicitAny: what was sent is what is under test
  readonly payload: any;
}

export interface SentRequest {
  readonly url: URL;
  readonly init: RequestInit;
  readonly route: Route;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly payloads: any[];
}

/** How the server answers one request: a status with a body, or not at all. */
export type Answering = (request: SentRequest) => Response | Promise<Response>;

export interface FakeServer {
  fetch: typeof fetch;
  /** All requests, whatever became of them. */
  readonly requests: SentRequest[];
  /** Payloads that were accepted, each as often as it came. */
  readonly accepted: SentPayload[];
  /** Answers the next requests; afterwards all is accepted again. */
  next(...answers: Answering[]): void;
  /** Answers every request from now on; null accepts again. */
  always(answer: Answering | null): void;
}

export const answerOf = (payload: { distinct_id?: string }): WireAnswer => ({
  ok: true,
  verdict: 'applied',
  seq: payload.distinct_id === undefined ? null : 1,
});

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers });

export const noConnection: Answering = () => {
  throw new TypeError('Failed to fetch');
};

export const overloaded =
  (retryAfterSeconds?: number): Answering =>
  () =>
    json(
      503,
      { ok: false, error_code: 'overloaded', message: 'Send it again.' },
      retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) },
    );

/** Speaks as the server does to ingestion calls; test/browser/*.browser.test.ts and the server's own tests use the real one. */
export function fakeServer(): FakeServer {
  const requests: SentRequest[] = [];
  const accepted: SentPayload[] = [];
  let scripted: Answering[] = [];
  let standing: Answering | null = null;

  const accept: Answering = ({ route, payloads, init }) => {
    accepted.push(...payloads.map((payload) => ({ route, payload })));
    const results = payloads.map(answerOf);
    const isArray = String(init.body).startsWith('[');
    return json(200, isArray ? { ok: true, accepted: results.length, rejected: [], results } : results[0]);
  };

  return {
    requests,
    accepted,
    next: (...answers) => void scripted.push(...answers),
    always(answer) {
      standing = answer;
      scripted = [];
    },
    fetch: async (input, init = {}) => {
      const url = new URL(String(input));
      const body = JSON.parse(String(init.body));
      const payloads = Array.isArray(body) ? body : [body];
      const request = { url, init, route: url.pathname.slice(1) as Route, payloads };
      requests.push(request);
      init.signal?.throwIfAborted();
      return (scripted.shift() ?? standing ?? accept)(request);
    },
  };
}
