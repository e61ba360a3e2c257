/** npm passes Ctrl-C on to a process that the terminal has told already: what comes within this is the same one. */
const sameOneMs = 500;

export interface Interruption {
  /** Aborted by the first of the signals. */
  readonly signal: AbortSignal;
  /** Resolves when the signal is aborted. */
  readonly happened: Promise<void>;
  /** As a signal would. */
  interrupt(): void;
  /** From now on signals do what they do by default. */
  end(): void;
}

/** `onSecond` is called when somebody does not want to wait for what the first one began. */
export function listenForInterruption(names: readonly NodeJS.Signals[], onSecond: () => void): Interruption {
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
  for (const name of names) process.on(name, hear);
  return {
    signal,
    happened: new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
    interrupt: () => controller.abort(),
    end() {
      for (const name of names) process.removeListener(name, hear);
    },
  };
}
