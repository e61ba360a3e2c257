/** Writes batches, projections and compactions without end, from a given number on, and prints what was acknowledged. */
import { createEventStore } from '../../src/events/event-store.ts';
import { encodeEvents } from '../../src/events/rows.ts';
import { environment, event, mapRow, node, projection, T0 } from './fixtures.ts';

const [path, from] = process.argv.slice(2);
const store = await createEventStore({ path: path! });
await store.prepare(environment);

/** The canonical id of every user as of a version. */
const canonicalAt = (version: number) => `canonical-${version}`;

for (let batch = Number(from); ; batch += 1) {
  const seq = batch;
  const events = Array.from({ length: 300 }, (_, index) =>
    event(`user-${index % 3}`, { event: `batch-${batch}`, timestamp: T0 - (index % 3) * 366 * 86_400_000 }),
  );
  // What the drain read before it began: the map of the batch before.
  await store.insertEvents(
    environment,
    encodeEvents(environment, events, () => node(canonicalAt(seq - 1))),
    `batch-${batch}`,
  );
  await store.project(
    environment,
    projection(seq, { identifiers: [0, 1, 2].map((user) => mapRow(`user-${user}`, canonicalAt(seq), seq)) }),
  );
  if (batch % 4 === 0) await store.compact(environment, seq);
  process.stdout.write(`${batch}\n`);
}
