/** As much of a file as is looked at for its columns and first rows. */
const headBytes = 256 * 1024;

/** The beginning of a file as text, decompressed; null where it is none (Parquet, Zstandard, other files). Never reads more than that. */
export async function headOf(file: Blob): Promise<{ readonly text: string; readonly isWhole: boolean } | null> {
  const start = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  const isGzip = start[0] === 0x1f && start[1] === 0x8b;
  const bytes = isGzip ? await unzipped(file) : new Uint8Array(await file.slice(0, headBytes).arrayBuffer());
  const text = bytes === null ? null : decoded(bytes);
  if (bytes === null || text === null) return null;
  return { text, isWhole: isGzip ? bytes.length < headBytes : file.size <= headBytes };
}

async function unzipped(file: Blob): Promise<Uint8Array | null> {
  const stream = file.slice(0, headBytes).stream().pipeThrough(new DecompressionStream('gzip'));
  const reader = stream.getReader();
  const head = new Uint8Array(headBytes);
  let length = 0;
  try {
    while (length < headBytes) {
      const { value, done } = await reader.read();
      if (done) break;
      const taken = value.subarray(0, headBytes - length);
      head.set(taken, length);
      length += taken.length;
    }
  } catch {
    // Cut off on purpose: what came before is good. Nothing at all: no gzip.
  }
  void reader.cancel().catch(() => {});
  return length === 0 ? null : head.subarray(0, length);
}

/** UTF-8, or UTF-16 by its mark. Text has no NUL. */
function decoded(bytes: Uint8Array): string | null {
  const isLittle = bytes[0] === 0xff && bytes[1] === 0xfe;
  const isBig = bytes[0] === 0xfe && bytes[1] === 0xff;
  const text = new TextDecoder(isLittle ? 'utf-16le' : isBig ? 'utf-16be' : 'utf-8').decode(bytes, { stream: true });
  return text === '' || text.includes('\0') ? null : text;
}
