import { texts } from '../texts/texts.ts';
import { apiError } from './api-error.ts';
import { apiUrl, consoleHeader, errorOf } from './client.ts';
import { parseExact } from './exact-json.ts';

export interface Column {
  readonly name: string;
  /** As the engine names it. */
  readonly type: string;
}

export interface Answer {
  readonly meta: readonly Column[];
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly statistics?: { readonly elapsed?: number; readonly rows_read?: number };
}

export interface Question {
  readonly environment: string;
  readonly sql: string;
}

const answerMebibytesMax = 64;

const post = ({ environment, sql }: Question, format: string, signal: AbortSignal): Promise<Response> =>
  fetch(apiUrl('/v1/query'), {
    method: 'POST',
    credentials: 'same-origin',
    headers: { ...consoleHeader, 'content-type': 'application/json' },
    body: JSON.stringify({ environment, sql, format }),
    signal,
  }).catch((error) => {
    if (signal.aborted) throw error;
    throw apiError(0, 'no-answer', texts.errors.noAnswer);
  });

/** One statement's rows, with every digit. Throws for an answer that is too large for a page; aborting stops the query in the engine. */
export async function ask(question: Question, signal: AbortSignal): Promise<Answer> {
  const response = await post(question, 'json', signal);
  if (!response.ok) throw await errorOf(response);
  return parseExact(await boundedText(response)) as Answer;
}

/** The same rows as a file. */
export async function askForFile(question: Question, format: 'csv' | 'parquet', signal: AbortSignal): Promise<Blob> {
  const response = await post(question, format, signal);
  if (!response.ok) throw await errorOf(response);
  return response.blob();
}

async function boundedText(response: Response): Promise<string> {
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > answerMebibytesMax * 1024 * 1024) {
      await reader.cancel();
      throw apiError(200, 'answer-too-large', texts.sql.tooLarge(answerMebibytesMax));
    }
    text += decoder.decode(value, { stream: true });
  }
}
