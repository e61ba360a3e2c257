import { unavailableOr } from './server-answering.ts';
import type { Answer } from './server-request.ts';

/** The header by which a server says how it will mark an error in the midst of an answer. */
const tagHeader = 'x-clickhouse-exception-tag';
const marker = '__exception__';
/** The mark stands at the end, before and after a message of up to this many bytes. */
const markedBytesMax = 64 * 1024;

/**
 * The bytes of an answer. One that fails half-way throws, rather than ending with an error for its last line: the status was sent long
 * before.
 */
export async function* wholeStream({ stream, headers }: Answer): AsyncGenerator<Uint8Array> {
  const tag = headers[tagHeader];
  let tail = Buffer.alloc(0);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (typeof tag === 'string') tail = Buffer.concat([tail, chunk]).subarray(-markedBytesMax);
      yield chunk;
    }
  } catch (error) {
    throw unavailableOr(error);
  }
  if (typeof tag !== 'string') return;
  const end = tail.toString('latin1');
  const start = end.lastIndexOf(`${marker}\r\n${tag}`);
  if (start !== -1) throw new Error(end.slice(start + marker.length + tag.length + 4).split('\n', 1)[0]);
}
