import type { Millis } from '@onym/core';

/** How late a use may be written. */
const flushIntervalMs = 5_000;

/** When keys were last used, written together now and then. Best effort: what can't be written is tried again, and ends with the process. */
export interface KeyUses {
  note(name: string, time: Millis): void;
  /** Resolves when what was noted is written, or could not be. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export function createKeyUses(write: (uses: ReadonlyMap<string, Millis>) => Promise<void>): KeyUses {
  let waiting = new Map<string, Millis>();
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;

  async function writeWaiting(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (waiting.size === 0) return;
    const uses = waiting;
    waiting = new Map();
    try {
      await write(uses);
    } catch {
      // A full disk, a locked file, a database that is away: when a key was used is not worth a failed request.
      waiting = new Map([...uses, ...waiting]);
      schedule();
    }
  }

  function flush(): Promise<void> {
    writing = writing.then(writeWaiting);
    return writing;
  }

  function schedule(): void {
    timer ??= setTimeout(() => void flush(), flushIntervalMs).unref();
  }

  return {
    note(name, time) {
      waiting.set(name, time);
      schedule();
    },
    flush,
    async close() {
      await flush();
      if (timer !== null) clearTimeout(timer);
    },
  };
}
