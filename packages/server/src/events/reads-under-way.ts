/** The reads of events that run now in this process: who drops what they may look up waits for them. */
export interface ReadsUnderWay {
  /** To be called before the engine hears of the read; what it returns, once when that is done with it. */
  begin(): () => void;
  during<Result>(read: () => Promise<Result>): Promise<Result>;
  /** Resolves when all have ended that are under way now. */
  settled(): Promise<void>;
  /** Epoch milliseconds at which the oldest began; null when there is none. */
  oldestStartedAt(): number | null;
}

export function createReadsUnderWay(now: () => number): ReadsUnderWay {
  /** In the order in which they began. */
  const running = new Map<symbol, { readonly startedAt: number; readonly ended: Promise<void> }>();

  function begin(): () => void {
    const read = Symbol('read');
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    running.set(read, { startedAt: now(), ended });
    return () => {
      running.delete(read);
      end();
    };
  }

  return {
    begin,
    async during(read) {
      const end = begin();
      try {
        return await read();
      } finally {
        end();
      }
    },
    async settled() {
      await Promise.all([...running.values()].map(({ ended }) => ended));
    },
    oldestStartedAt() {
      const [oldest] = running.values();
      return oldest?.startedAt ?? null;
    },
  };
}
