import { main } from '../../src/cli/main.ts';

// A test run that dies must leave no server behind.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, 1_000).unref();

await main(process.argv.slice(2));
