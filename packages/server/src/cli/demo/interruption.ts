/** npm passes Ctrl-C on to a process that the terminal has told already: what comes within this is the same one. */
const sameOneMs = 500;

const signalNames = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interruption {
  /** Aborted by Ctrl-C, SIGTERM, or when the terminal or the reader of the output is gone. */
  readonly signal: AbortSignal;
  /** Resolves when the signal is aborted. */
  readonly happened: Promise<void>;
  /** From now on signals do what they do by default. */
  end(): void;
}

/** `onSecond` is called when somebody does not want to wait for what the first one began. */
export function listenForInterruption(onSecond: () => void): Interruption {
  const controller = new AbortController();
  const { signal } = controller;
  let firstAt = 0;
  const hear = () => {
    if (signal.aborted) {
      if (Date.now() - firstAt > sameOneMs) onSecond();
      return;
    }
    firstAt = Date.now();
    controller.abort();
  };
  for (const name of signalNames) process.on(name, hear);
  // Stays: writing to a reader that is gone must not become an error of its own.
  process.stdout.on('error', () => controller.abort());
  return {
    signal,
    happened: new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
    end() {
      for (const name of signalNames) process.removeListener(name, hear);
    },
  };
}
