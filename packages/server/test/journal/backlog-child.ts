import { createDrain } from '../../src/journal/drain.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { createIdentityStoreFake, createLogFake, eventOf } from './fakes.ts';

/** Piles up a backlog far above the heap it is allowed, then drains it, and prints how many rows arrived. */
const [directory] = process.argv.slice(2) as [string];
const journal = openJournal({ directory });
let rows = 0;
let largestRows = 0;
const eventStore = {
  async insertEvents(_environment: string, ndjson: Buffer): Promise<void> {
    let count = 0;
    for (let at = ndjson.indexOf(10); at !== -1; at = ndjson.indexOf(10, at + 1)) count++;
    rows += count;
    largestRows = Math.max(largestRows, count);
  },
};
const text = 'x'.repeat(900);
for (let call = 0; call < 160; call++) {
  const events = Array.from({ length: 1_000 }, (_, n) => eventOf(call * 1_000 + n, { properties: { text } }));
  await journal.append('production', events);
}
const backlogBytes = journal.bytes();
const drain = createDrain({ journal, eventStore, identityStore: createIdentityStoreFake(), log: createLogFake() });
await drain.flush();
process.stdout.write(JSON.stringify({ backlogBytes, rows, largestRows, left: journal.bytes() }));
await drain.close();
await journal.close();
