/** A run of consecutive batches of one environment. */
export interface Segment {
  first: number;
  last: number;
  rows: number;
  bytes: number;
}

/** Small enough to merge finely, large enough that the index of a journal of 2 GiB stays at some thousand entries. */
const segmentRowsMax = 1_000;
const segmentBytesMax = 1024 * 1024;

/**
 * Which batches wait for a drain, in memory: an index in the file would double the CPU of a commit.
 */
export function createSegments() {
  const queues = new Map<string, Segment[]>();

  return {
    /** Ids ascend. */
    add(environment: string, id: number, rows: number, bytes: number): void {
      let queue = queues.get(environment);
      if (queue === undefined) {
        queue = [];
        queues.set(environment, queue);
      }
      const segment = queue.at(-1);
      if (segment && segment.rows + rows <= segmentRowsMax && segment.bytes + bytes <= segmentBytesMax) {
        segment.last = id;
        segment.rows += rows;
        segment.bytes += bytes;
      } else {
        queue.push({ first: id, last: id, rows, bytes });
      }
    },

    /** What the next drain would hold: the oldest segments that begin at `upTo` or before, merged up to the maxima; one at least. */
    peek(environment: string, upTo: number, rowsMax: number, bytesMax: number): Segment | null {
      const queue = queues.get(environment) ?? [];
      let merged: Segment | null = null;
      for (const segment of queue) {
        if (segment.first > upTo) break;
        if (merged === null) {
          merged = { ...segment };
          continue;
        }
        if (merged.rows + segment.rows > rowsMax || merged.bytes + segment.bytes > bytesMax) break;
        merged.last = segment.last;
        merged.rows += segment.rows;
        merged.bytes += segment.bytes;
      }
      return merged;
    },

    /** Forgets what peek returned. */
    take(environment: string, merged: Segment): void {
      const queue = queues.get(environment) ?? [];
      const kept = queue.findIndex((segment) => segment.first > merged.last);
      queue.splice(0, kept === -1 ? queue.length : kept);
      if (queue.length === 0) queues.delete(environment);
    },

    rows(environment: string): number {
      let rows = 0;
      for (const segment of queues.get(environment) ?? []) rows += segment.rows;
      return rows;
    },

    first(environment: string): number | null {
      return queues.get(environment)?.[0]?.first ?? null;
    },

    environments(): string[] {
      return [...queues.keys()];
    },
  };
}
