import { queryOptions } from '@tanstack/react-query';
import { texts } from '../texts/texts.ts';
import { apiError, isSignedOut } from './api-error.ts';
import { apiUrl, consoleHeader, errorOf } from './client.ts';

/** Who is signed in: `GET /v1/session`. */
export interface Session {
  readonly key: {
    readonly name: string;
    readonly scopes: readonly string[];
    readonly environments: readonly string[];
  };
  /** ISO 8601. */
  readonly expires_at: string;
}

async function ask(method: 'GET' | 'POST' | 'DELETE', body?: object): Promise<Response> {
  const response = await fetch(apiUrl('/v1/session'), {
    method,
    credentials: 'same-origin',
    headers: body === undefined ? consoleHeader : { ...consoleHeader, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw apiError(0, 'no-answer', texts.errors.noAnswer);
  });
  if (!response.ok) throw await errorOf(response);
  return response;
}

/** Null: nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Session | null> =>
    ask('GET').then(
      (response) => response.json(),
      (error) => {
        if (isSignedOut(error)) return null;
        throw error;
      },
    ),
  staleTime: 60_000,
});

export const signIn = async (by: { key: string } | { token: string }): Promise<Session> =>
  (await ask('POST', by)).json();

export const signOut = async (): Promise<void> => {
  await ask('DELETE');
};
