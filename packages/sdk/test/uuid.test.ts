import { expect, it } from 'vitest';
import { uuid } from '../src/uuid.ts';

it('makes uuids that sort as they were made', () => {
  const made = Array.from({ length: 1_000 }, uuid);
  expect([...made].sort()).toEqual(made);
  expect(new Set(made).size).toBe(made.length);
  for (const one of made) expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
});
