/** More than this is not kept for the next one. */
const keptBytesMax = 32 * 1024 * 1024;
const bytesMin = 64 * 1024;

/** Bytes that are put one after the other. What `written` gave is overwritten once they are begun anew. */
export interface GrowingBytes {
  /** Where up to so many bytes may be written next; `advance` tells how many were. */
  room(bytes: number): Buffer;
  advance(bytes: number): void;
  written(): Buffer;
  restart(): void;
  memory(): Buffer;
}

export function growingBytes(): GrowingBytes {
  return growingFrom(Buffer.allocUnsafeSlow(bytesMin));
}

/**
 * Memory for what is made again and again, one at a time. A buffer of many megabytes that is made anew for each drain costs the pages it is
 * written to, and its size has V8 collect old objects, which holds up the event loop.
 */
export interface ReusedBytes {
  /**
   * Lends the memory of the last one or, where that is lent, other memory. When `work` has resolved nobody reads it any more; where it
   * rejects, somebody may, and it is not lent again.
   */
  lend<Result>(work: (bytes: GrowingBytes) => Promise<Result>): Promise<Result>;
}

export function createReusedBytes(): ReusedBytes {
  let spare: Buffer | null = null;

  function keep(memory: Buffer): void {
    if (memory.length <= keptBytesMax && memory.length >= (spare?.length ?? 0)) spare = memory;
  }

  return {
    async lend(work) {
      const bytes = spare === null ? growingBytes() : growingFrom(spare);
      spare = null;
      const result = await work(bytes);
      keep(bytes.memory());
      return result;
    },
  };
}

function growingFrom(first: Buffer): GrowingBytes {
  let memory = first;
  let length = 0;
  return {
    room(bytes) {
      if (length + bytes > memory.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(2 * memory.length, length + bytes));
        memory.copy(larger, 0, 0, length);
        memory = larger;
      }
      return memory.subarray(length, length + bytes);
    },
    advance(bytes) {
      length += bytes;
    },
    written: () => memory.subarray(0, length),
    restart() {
      length = 0;
    },
    memory: () => memory,
  };
}
