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
