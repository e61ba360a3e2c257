import { apiError } from '../../api/api-error.ts';
import { apiUrl, consoleHeader, errorOf } from '../../api/client.ts';
import { type JsonLine, jsonLines } from '../../api/json-lines.ts';
import { texts } from '../../texts/texts.ts';
import type { ImportEvent } from './types.ts';

/**
 * Sends a file, which the browser reads from the disk as it goes, and gives what the server says while it works, as much at a time as has
 * arrived. Throws an ApiError; aborted, an AbortError.
 */
export async function* sendFile(
  file: File,
  query: URLSearchParams,
  signal: AbortSignal,
): AsyncGenerator<readonly JsonLine<ImportEvent>[]> {
  const response = await fetch(apiUrl(`/v1/import?${query}`), {
    method: 'POST',
    credentials: 'same-origin',
    headers: { ...consoleHeader, accept: 'application/x-ndjson', 'content-type': 'application/octet-stream' },
    body: file,
    signal,
  }).catch(lost(signal));
  if (!response.ok) throw await errorOf(response);
  try {
    for await (const lines of jsonLines<ImportEvent>(response.body!)) {
      yield lines;
      const last = lines.at(-1)?.value;
      if (last?.type === 'error')
        throw apiError(response.status, last.error_code, last.message, response.headers.get('x-request-id'));
    }
  } catch (error) {
    if (error instanceof TypeError) lost(signal)();
    throw error;
  }
}

const lost = (signal: AbortSignal) => (): never => {
  signal.throwIfAborted();
  throw apiError(0, 'no-answer', texts.errors.noAnswer);
};
