import { main } from '../../src/cli/main.ts';

// A test run that dies must leave no server behind.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, 1_000).unref();

if (process.env.TEST_TERMINAL === 'true') {
  for (const output of [process.stdout, process.stderr]) Object.defineProperty(output, 'isTTY', { value: true });
}

await main(process.argv.slice(2));
