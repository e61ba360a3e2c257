/** Every error code a caller can see (docs/http.md, "Errors"), with its HTTP status. */
export const statusByErrorCode = {
  'invalid-json': 400,
  'invalid-payload': 400,
  'query-failed': 400,
  'invalid-api-key': 401,
  'not-signed-in': 401,
  forbidden: 403,
  'query-refused': 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'batch-conflict': 409,
  'name-conflict': 409,
  'version-conflict': 409,
  'payload-too-large': 413,
  'unsupported-media-type': 415,
  'environment-not-found': 422,
  'reserved-distinct-id': 422,
  'invalid-distinct-id': 422,
  'invalid-timestamp': 422,
  'query-too-expensive': 422,
  'review-queue-full': 422,
  'event-refused': 422,
  'too-many-requests': 429,
  'rate-limited': 429,
  'internal-error': 500,
  overloaded: 503,
  'storage-full': 503,
  'event-store-unavailable': 503,
  'identity-store-unavailable': 503,
} as const;

export type ErrorCode = keyof typeof statusByErrorCode;

/** The one error a route may throw. `message` says what is wrong and what to do next; `cause` keeps what lay beneath. */
export class OnymError extends Error {
  override readonly name = 'OnymError';
  readonly code: ErrorCode;
  readonly retryAfterSeconds: number | null;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryAfterSeconds?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }

  get status(): number {
    return statusByErrorCode[this.code];
  }
}
