import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Call } from '../../../src/import/calls.ts';
import { createTraitMemory } from '../../../src/import/vendors/trait-memory.ts';

interface Said {
  readonly at: number;
  readonly value: unknown;
}

/** What a profile shows in the end: the latest plain value, else the earliest of those said once; of equals the later and the earlier call. */
function profileOf(calls: readonly Call[]): Record<string, unknown> {
  const plain = new Map<string, Said>();
  const once = new Map<string, Said>();
  for (const { item } of calls) {
    const at = Date.parse(item.timestamp as string);
    for (const [key, value] of Object.entries(item.traits ?? {})) {
      if (at >= (plain.get(key)?.at ?? -1)) plain.set(key, { at, value });
    }
    for (const [key, value] of Object.entries(item.traits_once ?? {})) {
      if (at < (once.get(key)?.at ?? Number.POSITIVE_INFINITY)) once.set(key, { at, value });
    }
  }
  return Object.fromEntries([...once, ...plain].map(([key, { value }]) => [key, value]));
}

const traits = fc.dictionary(fc.constantFrom('a', 'b'), fc.integer({ min: 0, max: 2 }), { maxKeys: 2 });
const call = fc
  .record({ id: fc.constantFrom('u', 'v', 'w'), minute: fc.integer({ min: 0, max: 9 }), plain: traits, once: traits })
  .map(
    ({ id, minute, plain, once }): Call => ({
      call: 'identify',
      item: {
        anonymous_id: id,
        traits: plain,
        traits_once: Object.fromEntries(Object.entries(once).map(([key, value]) => [`once_${key}`, value])),
        timestamp: `2026-01-01T00:0${minute}:00.000Z`,
      },
      isSnapshot: true,
    }),
  );

test('what is left out changes nobody’s profile, whatever others say', () => {
  const others = fc.array(call, { maxLength: 3 });
  fc.assert(
    fc.property(
      fc.array(call, { maxLength: 40 }),
      others,
      fc.integer({ min: 1, max: 3 }),
      (calls, before, personsMax) => {
        const memory = createTraitMemory(personsMax);
        const reduced = [...calls.flatMap(memory.reduced), ...memory.rest()];
        for (const id of ['u', 'v', 'w']) {
          const own = (all: readonly Call[]) => all.filter(({ item }) => item.anonymous_id === id);
          expect(profileOf(own([...before, ...reduced]))).toEqual(profileOf(own([...before, ...calls])));
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

test('a thousand events that say the same are two calls: the first and the last', () => {
  const memory = createTraitMemory(10);
  const calls = Array.from({ length: 1_000 }, (_, i) =>
    memory.reduced({
      call: 'identify',
      item: {
        distinct_id: 'u',
        traits: { plan: 'pro' },
        timestamp: new Date(1_767_000_000_000 + i * 1_000).toISOString(),
      },
      isSnapshot: true,
    }),
  );
  expect([calls.flat().length, [...memory.rest()].length]).toEqual([1, 1]);
});
