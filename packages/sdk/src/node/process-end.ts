/** Asked when the process has nothing else to do and would end. */
type Finish = () => void;

const finishes = new Set<Finish>();

interface Process {
  on?(event: 'beforeExit', listener: Finish): void;
  off?(event: 'beforeExit', listener: Finish): void;
}

// Absent where there is no Node: the caller's timers alone send there.
const { process } = globalThis as { process?: Process };

// One listener for all clients: Node warns of more than ten.
function finishAll(): void {
  for (const finish of [...finishes]) finish();
}

/** Has `finish` called whenever the process would end of itself, until `withdraw` is. What it starts keeps the process alive. */
export function beforeEnd(finish: Finish): void {
  if (finishes.has(finish)) return;
  if (finishes.size === 0) process?.on?.('beforeExit', finishAll);
  finishes.add(finish);
  // The process may be about to end: once more around, so that it asks again.
  setTimeout(() => {}, 0);
}

export function withdraw(finish: Finish): void {
  finishes.delete(finish);
  if (finishes.size === 0) process?.off?.('beforeExit', finishAll);
}
