/** What the server said no with: its `error_code` and message (docs/http.md, "Errors"). `status` 0: it did not answer. */
export interface ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
}

export function apiError(status: number, code: string, message: string, requestId: string | null = null): ApiError {
  return Object.assign(new Error(message), { name: 'ApiError', status, code, requestId });
}

export const isApiError = (error: unknown): error is ApiError => error instanceof Error && error.name === 'ApiError';

/** Nobody is signed in, or no longer is. */
export const isSignedOut = (error: unknown): boolean => isApiError(error) && error.status === 401;

/** The server is away: stopped, not reachable, or its stores are. */
export const isAway = (error: unknown): boolean => isApiError(error) && (error.status === 0 || error.status >= 502);
