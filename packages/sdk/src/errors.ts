/** What went wrong, for programs: codes of this client, or an `error_code` of the server. */
export type OnymErrorCode =
  | 'reserved-distinct-id'
  | 'invalid-distinct-id'
  | 'invalid-payload'
  | 'invalid-options'
  | 'not-identified'
  | 'identity-switched'
  | 'queue-full'
  | 'shut-down'
  | 'network-error'
  | 'timeout'
  | (string & {});

/** Base of every error of this package. `message` says what is wrong and what to do next. */
export class OnymError extends Error {
  override name = 'OnymError';
  declare readonly code: OnymErrorCode;

  constructor(code: OnymErrorCode, message: string, cause?: unknown) {
    super(message, (cause as object | undefined) && { cause });
    this.code = code;
  }
}

/** The server's own "no": `status` is HTTP's, `code` the answer's `error_code`. */
export class ApiError extends OnymError {
  override name = 'ApiError';
  declare readonly status: number;
  /** What the server asked to wait; 0 where it did not. */
  declare readonly retryAfterMs: number;

  constructor(status: number, code: string, message: string, retryAfterMs = 0) {
    super(code, message);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** No answer came: `code` is `timeout` or `network-error`; `cause` is what fetch threw. */
export class NetworkError extends OnymError {
  override name = 'NetworkError';
}
