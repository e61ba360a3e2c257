import { expect, it } from 'vitest';
import type { RawPlace, RawRange } from '../../src/events/types.ts';
import { copyEvents } from '../../src/move/copy-events.ts';
import { type Done, type MoveRecord, nothingDone } from '../../src/move/record.ts';

/** Each event arrives once, wherever a process dies. */

const placeOf = (n: number): RawPlace => ({ timestamp: n, event: 'e', node_id: '', uuid: `${n}`, distinct_id: '' });

/** Events 1 to `count`, given out so many at a time. */
function source(count: number, perChunk: () => number) {
  return {
    size: async () => count,
    async rawRows(_: string, { after, upTo }: RawRange) {
      const first = (after?.timestamp ?? 0) + 1;
      const last = Math.min(count, upTo?.timestamp ?? first + perChunk() - 1);
      if (last < first) return null;
      const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
      const ndjson = Buffer.from(numbers.map((n) => `{"uuid":"${n}"}\n`).join(''));
      return { ndjson, rows: numbers.length, last: placeOf(last) };
    },
  };
}

class Died extends Error {}

/** A target, whose tokens and record outlive a process that dies before, or right after, its nth change. */
function world() {
  const arrived: string[] = [];
  const tokens = new Set<string>();
  let done: Done = nothingDone;
  let left = Number.POSITIVE_INFINITY;
  const step = (change: () => void) => {
    left -= 0.5;
    if (left <= 0) throw new Died();
    change();
    left -= 0.5;
    if (left <= 0) throw new Died();
  };
  const record: MoveRecord = {
    isEnded: false,
    done: () => done,
    async advance(next) {
      step(() => {
        done = JSON.parse(JSON.stringify(next)) as Done;
      });
    },
    end: async () => undefined,
  };
  const to = {
    async insertEvents(_: string, ndjson: Buffer, token: string) {
      step(() => {
        if (tokens.has(token)) return;
        tokens.add(token);
        arrived.push(...ndjson.toString().trimEnd().split('\n'));
      });
    },
  };
  const dieAfter = (steps: number): void => {
    left = steps;
  };
  return { arrived, record, to, dieAfter };
}

it.each(Array.from({ length: 24 }, (_, index) => (index + 1) / 2))('dies in step %d', async (steps) => {
  const { arrived, record, to, dieAfter } = world();
  // After a restart it might cut its pieces elsewhere.
  let perChunk = 3;
  const from = source(10, () => perChunk);
  const options = { environment: 'production', id: 'm', from, to, record };
  dieAfter(steps);
  const run = async () => {
    const copy = await copyEvents(options);
    while (await copy.next());
    return copy;
  };
  await run().catch((error) => {
    if (!(error instanceof Died)) throw error;
  });
  perChunk = 4;
  dieAfter(Number.POSITIVE_INFINITY);
  const copy = await run();
  expect(arrived).toEqual(Array.from({ length: 10 }, (_, index) => `{"uuid":"${index + 1}"}`));
  expect(copy.rowsDone()).toBe(10);
});

it('a row that is refused stands alone in the end, and says which it is', async () => {
  const { arrived, record, to } = world();
  const refusing = {
    async insertEvents(environment: string, ndjson: Buffer, token: string) {
      if (ndjson.includes('"7"')) throw Object.assign(new Error('Cannot parse input.'), { code: '27' });
      await to.insertEvents(environment, ndjson, token);
    },
  };
  const copy = await copyEvents({
    environment: 'production',
    id: 'm',
    from: source(10, () => 10),
    to: refusing,
    record,
  });
  await expect(copy.next()).rejects.toThrow('ClickHouse does not take the event 7 of production: Cannot parse input.');
  expect(arrived).toEqual([1, 2, 3, 4, 5, 6].map((n) => `{"uuid":"${n}"}`));
});
