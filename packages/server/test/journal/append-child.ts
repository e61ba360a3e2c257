import { openJournal } from '../../src/journal/journal.ts';
import { eventOf } from './fakes.ts';

/** Appends for ever, eight calls at a time, and prints the number of each event once it is acknowledged. Checkpoints are made all the while. */
const [directory, first] = process.argv.slice(2) as [string, string];
const journal = openJournal({ directory, checkpointBytes: 100_000 });
let next = Number(first);

async function appendForEver(): Promise<never> {
  for (;;) {
    const n = next++;
    const event = eventOf(n, { properties: { text: 'x'.repeat((n * 31) % 3_000) } });
    await journal.append(n % 5 ? 'production' : 'staging', [event]);
    process.stdout.write(`${n}\n`);
  }
}

for (let caller = 0; caller < 8; caller++) void appendForEver();
