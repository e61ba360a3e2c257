import { expect, test } from 'vitest';
import { OnymError } from '../../src/errors.ts';
import { createIngest } from '../../src/ingest/ingest.ts';
import type { TrackItem } from '../../src/ingest/types.ts';
import { eventOf } from '../journal/fakes.ts';

/** An event that nobody can keep is its own call's error. */

const item = (n: number): TrackItem => ({
  event: eventOf(n),
  explicitUuid: true,
  evidence: null,
  reserved: false,
  passedOver: null,
  source: { key: 'web', lib: null, batch: null, public: true },
});

test('an event that is refused costs its neighbours nothing, and is no duplicate', async () => {
  let duplicates = 0;
  const never = () => Promise.reject(new Error('nothing is said of people'));
  const ingest = createIngest({
    commits: { submit: never, rehearse: never },
    uuidWindow: { append: async () => [true, new OnymError('event-refused', 'It does not fit.'), false] },
    reads: { counts: never },
    sync: { events: async () => undefined, identities: async () => undefined },
    observeEvent: () => undefined,
    tally: { reserved: () => undefined, duplicate: () => void duplicates++ },
  });
  expect(await ingest.submit('production', [item(1), item(2), item(3)], { dryRun: false, sync: true })).toEqual([
    { verdict: 'applied', link: null },
    { error: 'event-refused', message: 'It does not fit.' },
    { verdict: 'unchanged', link: null },
  ]);
  expect(duplicates).toBe(1);
});
