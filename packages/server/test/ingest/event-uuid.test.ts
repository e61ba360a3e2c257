import { expect, it } from 'vitest';
import { createEventUuids } from '../../src/event-uuid.ts';

it('makes uuids that sort as they were made, within a millisecond and when the clock is set back', () => {
  const times = [1_000, 1_000, 2_000, 1_500, 2_000, 3_000];
  let i = 0;
  const next = createEventUuids(() => times[Math.min(i++, times.length - 1)]!);
  const made = Array.from({ length: 10_000 }, next);
  expect([...made].sort()).toEqual(made);
  expect(new Set(made).size).toBe(made.length);
  for (const uuid of made)
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
