import createClient, { type Middleware } from 'openapi-fetch';
import { basePath } from '../base-path.ts';
import { texts } from '../texts/texts.ts';
import { apiError } from './api-error.ts';
import { parseExact } from './exact-json.ts';
import type { paths } from './schema.d.ts';

/** Proves to the server that a request by cookie comes from the console itself (docs/http.md, "Sessions"). */
export const consoleHeader = { 'x-onym-console': '1' } as const;

/** Where a route of the API is, for requests that the client does not make: streams, uploads, downloads. */
export const apiUrl = (path: `/${string}`): string => `${basePath}${path}`;

/** The error that an answer tells of. */
export async function errorOf(response: Response): Promise<Error> {
  const requestId = response.headers.get('x-request-id');
  const body = await response.json().catch(() => null);
  if (typeof body?.error_code === 'string')
    return apiError(response.status, body.error_code, String(body.message), requestId);
  return apiError(response.status, 'unexpected-answer', texts.errors.unexpected(response.status), requestId);
}

const errorsThrown: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await errorOf(response);
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === 'AbortError') return error;
    return apiError(0, 'no-answer', texts.errors.noAnswer);
  },
};

/** Bodies are parsed with every digit, which the client itself would not do. */
async function exactFetch(request: Request): Promise<Response> {
  const response = await fetch(request);
  if (!response.ok || !response.headers.get('content-type')?.startsWith('application/json')) return response;
  const text = await response.text();
  const headers = new Headers(response.headers);
  // With a length the client takes the body from `json`, which is ours.
  headers.set('content-length', String(text.length));
  return Object.assign(new Response(text, { status: response.status, headers }), {
    json: async () => parseExact(text),
  });
}

/** The HTTP API, typed by its OpenAPI. Whatever is not a 2xx is thrown as an ApiError. */
export const api = createClient<paths>({
  baseUrl: basePath,
  headers: consoleHeader,
  credentials: 'same-origin',
  fetch: exactFetch,
});
api.use(errorsThrown);

/** The body of an answer: errors have been thrown before. */
export async function answered<Data>(answer: Promise<{ data?: Data }>): Promise<Data> {
  return (await answer).data as Data;
}
