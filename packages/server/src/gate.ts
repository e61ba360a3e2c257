/** Tasks that may run side by side, but not while something holds the gate. */
export interface Gate {
  /** Runs a task, once nothing holds the gate. */
  pass<Result>(task: () => Promise<Result>): Promise<Result>;
  /** Waits for the tasks under way, and runs `work` while none runs. One at a time. */
  hold<Result>(work: () => Promise<Result>): Promise<Result>;
}

export function createGate(): Gate {
  const underWay = new Set<Promise<unknown>>();
  let held: Promise<unknown> | null = null;

  return {
    async pass(task) {
      while (held !== null) await held;
      const running = task();
      const settled = running.catch(() => undefined).finally(() => underWay.delete(settled));
      underWay.add(settled);
      return running;
    },
    async hold(work) {
      while (held !== null) await held;
      const working = Promise.all(underWay).then(work);
      const ended = working
        .catch(() => undefined)
        .finally(() => {
          held = null;
        });
      held = ended;
      return working;
    },
  };
}
