import { expect, test } from 'vitest';
import { jsonEquals } from '../src/traits.ts';

test('a number is the same however it is kept', () => {
  expect(jsonEquals(1, 1n)).toBe(true);
  expect(jsonEquals(1n, 1)).toBe(true);
  expect(jsonEquals(1n, 1n)).toBe(true);
  expect(jsonEquals({ a: [2 ** 60, { b: 0 }] }, { a: [2n ** 60n, { b: 0n }] })).toBe(true);
});

test('numbers that differ in one digit differ', () => {
  expect(jsonEquals(9007199254740993n, 9007199254740992n)).toBe(false);
  expect(jsonEquals(9007199254740993n, 9007199254740992)).toBe(false);
  expect(jsonEquals(1n, 1.5)).toBe(false);
  expect(jsonEquals([1n], [2])).toBe(false);
});

test('a number is no text, no truth and nothing', () => {
  for (const other of ['1', true, null, [1], { a: 1 }]) {
    expect(jsonEquals(1n, other)).toBe(false);
    expect(jsonEquals(other, 1n)).toBe(false);
    expect(jsonEquals(1, other)).toBe(false);
  }
});
