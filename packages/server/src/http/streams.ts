import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorBody, toOnymError } from './errors.ts';
import { jsonLine } from './json-line.ts';

/**
 * Chunks as a body. What fails half-way resets the connection, so that it can't look whole: a mere end of the connection would be the
 * end of the body to HTTP/1.0, which proxies may speak.
 */
export async function bodyOf(source: AsyncIterable<string | Uint8Array>, reply: FastifyReply): Promise<Readable> {
  const body = Readable.from(await withFirst(source), { objectMode: false });
  body.once('error', () => {
    const { headersSent, socket } = reply.raw;
    // Without a network (`inject`) there is none to reset, and Fastify destroys the response.
    if (headersSent && socket instanceof Socket) socket.resetAndDestroy();
  });
  return body;
}

/** Waits for the first chunk, so that what fails at once is an error with a status. Ends the source when the reader leaves. */
export async function withFirst<T>(source: AsyncIterable<T>): Promise<AsyncGenerator<T>> {
  const chunks = source[Symbol.asyncIterator]();
  const first = await chunks.next();
  return rest(first, chunks);
}

async function* rest<T>(first: IteratorResult<T>, chunks: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    for (let result = first; result.done !== true; result = await chunks.next()) yield result.value;
  } finally {
    await chunks.return?.();
  }
}

/** Events as lines of JSON. What fails once the answer has begun is its last line. */
export async function* jsonLinesOf(events: AsyncIterable<object>, request: FastifyRequest): AsyncGenerator<Buffer> {
  try {
    for await (const event of events) yield Buffer.from(jsonLine(event));
  } catch (thrown) {
    const error = toOnymError(thrown);
    if (error.code === 'internal-error') request.log.error({ err: thrown }, 'a streamed answer failed');
    yield Buffer.from(jsonLine({ type: 'error', ...errorBody(error) }));
  }
}
