import { peeked } from './chunks.ts';

export type Encoding = 'utf-16le' | 'utf-16be';

const lookedAtBytes = 1_024;

/** As UTF-8, where the file is UTF-16 with a byte order mark or without one. */
export async function asUtf8(
  chunks: AsyncIterable<Buffer>,
): Promise<{ readonly encoding: Encoding | null; readonly text: AsyncIterable<Buffer> }> {
  const { head, all } = await peeked(chunks, lookedAtBytes);
  const encoding = utf16Of(head);
  return { encoding, text: encoding === null ? all : decoded(all, encoding) };
}

async function* decoded(chunks: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

/** Without a mark it is told by the zero bytes beside each letter of a header: all on one side, none on the other. */
export function utf16Of(head: Buffer): Encoding | null {
  const isUtf32 = head.length >= 4 && head[2] === 0 && head[3] === 0;
  if (head[0] === 0xff && head[1] === 0xfe && !isUtf32) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const pairs = Math.floor(head.length / 2);
  if (pairs < 2) return null;
  const zeros = [0, 0];
  for (let i = 0; i < pairs * 2; i++) if (head[i] === 0) zeros[i % 2]!++;
  if (zeros[0] === 0 && zeros[1]! > pairs / 4) return 'utf-16le';
  return zeros[1] === 0 && zeros[0]! > pairs / 4 ? 'utf-16be' : null;
}
