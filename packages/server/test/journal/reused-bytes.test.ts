import { describe, expect, it } from 'vitest';
import { createReusedBytes, type GrowingBytes, growingBytes } from '../../src/journal/reused-bytes.ts';

function put(bytes: GrowingBytes, text: string): void {
  bytes.advance(bytes.room(text.length).write(text, 'latin1'));
}

/** What was lent, by the memory behind it. */
async function lent(reused: ReturnType<typeof createReusedBytes>, text = 'x'): Promise<ArrayBufferLike> {
  return reused.lend(async (bytes) => {
    put(bytes, text);
    expect(bytes.written().toString('latin1')).toBe(text);
    return bytes.memory().buffer;
  });
}

describe('growing bytes', () => {
  it('keep what was written as they grow', () => {
    const bytes = growingBytes();
    const texts = Array.from({ length: 300 }, (_, n) => `${n}:`.padEnd(1_000, '.'));
    for (const text of texts) put(bytes, text);
    expect(bytes.written().toString('latin1')).toBe(texts.join(''));
    bytes.restart();
    put(bytes, 'anew');
    expect(bytes.written().toString('latin1')).toBe('anew');
  });

  it('give as much room as was asked for, and count what was used of it', () => {
    const bytes = growingBytes();
    expect(bytes.room(10)).toHaveLength(10);
    bytes.advance(2);
    expect(bytes.written()).toHaveLength(2);
  });
});

describe('reused bytes', () => {
  it('lend the same memory to one after the other', async () => {
    const reused = createReusedBytes();
    const first = await lent(reused, 'a'.repeat(200_000));
    expect(await lent(reused, 'b')).toBe(first);
    expect(await lent(reused, 'c')).toBe(first);
  });

  it('lend other memory while it is lent', async () => {
    const reused = createReusedBytes();
    await reused.lend(async (bytes) => {
      put(bytes, 'outer');
      expect(await lent(reused, 'inner')).not.toBe(bytes.memory().buffer);
      expect(bytes.written().toString('latin1')).toBe('outer');
    });
  });

  it('do not lend again what a failed one may still be read from', async () => {
    const reused = createReusedBytes();
    const first = await lent(reused);
    const failing = reused.lend(async (bytes) => {
      expect(bytes.memory().buffer).toBe(first);
      throw new Error('no answer');
    });
    await expect(failing).rejects.toThrow('no answer');
    expect(await lent(reused)).not.toBe(first);
  });

  it('let go of what was uncommonly large', async () => {
    const reused = createReusedBytes();
    const large = await lent(reused, 'x'.repeat(40 * 1024 * 1024));
    expect((await lent(reused)).byteLength).toBeLessThan(large.byteLength);
  });
});
