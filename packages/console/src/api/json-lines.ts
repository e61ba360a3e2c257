export interface JsonLine<Value> {
  readonly value: Value;
  /** As it was sent: numbers beyond what a double holds are whole in it. */
  readonly text: string;
}

/** Lines of JSON, as they arrive: what came together is given together. Ends with the body; what is no JSON throws. */
export async function* jsonLines<Value>(body: ReadableStream<Uint8Array>): AsyncGenerator<JsonLine<Value>[]> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      const lines = (rest + value).split('\n');
      rest = lines.pop()!;
      if (lines.length > 0) yield lines.filter((line) => line !== '').map(lineOf<Value>);
    }
    if (rest !== '') yield [lineOf<Value>(rest)];
  } finally {
    await reader.cancel().catch(() => {});
  }
}

const lineOf = <Value>(text: string): JsonLine<Value> => ({ value: JSON.parse(text), text });
