// Loaded before a program (`node --import`): it ends when the process that started it is gone, however that ended.
const parent = process.ppid;
const lookEveryMs = 1_000;

const timer = setInterval(() => {
  if (process.ppid === parent) return;
  // Once: many programs take a second signal for impatience.
  clearInterval(timer);
  process.kill(process.pid, 'SIGTERM');
}, lookEveryMs).unref();
