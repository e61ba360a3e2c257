import { engineErrorCode } from './engine/errors.ts';

/** An event that could not be brought into the event store's format. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError';
}

/** ClickHouse's error codes for rows it can't parse or whose values it can't hold. They come before anything is written. */
const rowErrorCodes = new Set([
  6, // CANNOT_PARSE_TEXT
  7, // INCORRECT_NUMBER_OF_COLUMNS
  25, // CANNOT_PARSE_ESCAPE_SEQUENCE
  26, // CANNOT_PARSE_QUOTED_STRING
  27, // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  32, // ATTEMPT_TO_READ_AFTER_EOF
  33, // CANNOT_READ_ALL_DATA
  38, // CANNOT_PARSE_DATE
  41, // CANNOT_PARSE_DATETIME
  53, // TYPE_MISMATCH
  69, // ARGUMENT_OUT_OF_BOUND
  70, // CANNOT_CONVERT_TYPE
  72, // CANNOT_PARSE_NUMBER
  117, // INCORRECT_DATA
  131, // TOO_LARGE_STRING_SIZE
  306, // TOO_DEEP_RECURSION
  321, // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  349, // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  376, // CANNOT_PARSE_UUID
  407, // DECIMAL_OVERFLOW
  467, // CANNOT_PARSE_BOOL
]);

const memoryLimitExceeded = 241;

/**
 * True when the engine will never take one of the rows, and has written none of them: it parses a whole body into one block
 * before it writes. (An event store that cuts a body into several inserts must not let such an error out.) Everything else, as
 * no connection, a full disk, too many parts, may have written a part, which only the same rows with the same token complete.
 * An error may be wrapped: the first number along the causes is the engine's.
 */
export function isRowError(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++) {
    if (cause instanceof EncodingError) return true;
    const code = engineErrorCode(cause);
    if (code === null) continue;
    return rowErrorCodes.has(code) || (code !== memoryLimitExceeded && /\(at row \d+\)/.test(cause.message));
  }
  return false;
}
