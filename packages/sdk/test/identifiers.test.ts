import { isReserved as serverIsReserved } from '@onym/core';
import { isReserved } from '@onym/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const names = [
  ...['anonymous_id', 'anonymous', 'distinct_id', 'distinctid', 'email', 'false', 'guest', 'id', 'nan', 'nil', 'none'],
  ...['not_authenticated', 'null', 'true', 'undefined', 'user_id', 'user', 'visitor_id', 'visitor', 'unknown'],
  ...['[object Object]', '0', '-1', '', '00000000-0000-0000-0000-000000000000', '00000000000000000000000000000000'],
];

describe('reserved ids', () => {
  it.each(names)('%j, in any case and quoting', (name) => {
    for (const id of [name, ` ${name}\t`, `"${name}"`, `'"${name}"'`, `\` ${name} \``]) {
      expect([id, isReserved(id)]).toEqual([id, serverIsReserved(id)]);
    }
    expect(isReserved(name)).toBe(true);
    expect([name, isReserved(name.toUpperCase())]).toEqual([name, serverIsReserved(name.toUpperCase())]);
  });

  it('are what the server takes for reserved', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...names,
        '"',
        "'",
        '`',
        ' ',
        '\t',
        '\n',
        '\u00a0',
        '\u0000',
        '\u0085',
        '{',
        '}',
        '(',
        ')',
        '-',
        '_id',
        'Ä',
        '\u2028',
        '\ud800',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    const id = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(id, (text) => isReserved(text) === serverIsReserved(text)),
      { numRuns: 20_000 },
    );
  });
});
