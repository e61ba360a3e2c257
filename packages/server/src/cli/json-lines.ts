import { parseExact } from '../exact-json/parse.ts';
import { RequestError } from './transport.ts';

/** An answer of one JSON value a line, as it comes. `wentAway`: what to say where it breaks off. */
export async function* jsonLines<Line>(chunks: AsyncIterable<Uint8Array>, wentAway: string): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of chunks) {
      const lines = (text + decoder.decode(chunk, { stream: true })).split('\n');
      text = lines.pop()!;
      for (const line of lines) if (line !== '') yield parseExact(line) as Line;
    }
  } catch (error) {
    throw new RequestError(wentAway, null, error);
  }
}
