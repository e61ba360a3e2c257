import { isReserved as serverIsReserved } from '@onym/core';
import { isReserved } from '@onym/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const missing = ['', 'undefined', 'null', 'nil', 'none', 'nan', '[object Object]', '[object Promise]'];

const words = [
  ...['anonymous_id', 'anonymous', 'distinct_id', 'distinctid', 'email', 'false', 'guest', 'id'],
  ...['not_authenticated', 'true', 'user_id', 'user', 'visitor_id', 'visitor', 'unknown'],
  ...['0', '-1', '.', '..', '00000000-0000-0000-0000-000000000000', '00000000000000000000000000000000'],
];

const anonymousPrefixes = [
  ...['anonymous-', 'anonymous_', 'anon-', 'anon_', 'visitor-', 'visitor_', 'device-', '$device:'],
];
const prefixes = [...anonymousPrefixes, 'stripe:', 'crm:', 'legacy:', 'crm:legacy:', ':', 'crm:anonymous-'];

const unseen = [
  ...['\u00a0', '\u00ad', '\u034f', '\u180e', '\u200b', '\u200d', '\u200f', '\u2028', '\u2029', '\u202a', '\u202e'],
  ...['\u2060', '\u2064', '\u2066', '\u2069', '\u3000', '\ufeff', '\u3164', '\u2800', '\u115f', '\uffa0', '\u061c'],
];

/** As the SDK and as the server say it. */
const judged = (id: string) => [id, isReserved(id), serverIsReserved(id)];

describe('reserved ids', () => {
  it.each([...words, ...missing])('%j, in any case, in quotes and among what cannot be seen', (name) => {
    for (const id of [name, ` ${name}\u00a0`, `"${name}"`, `'"${name}"'`, `\` ${name} \``, `\u200b${name}\ufeff`]) {
      expect(judged(id)).toEqual([id, true, true]);
      expect(judged(id.toUpperCase())).toEqual([id.toUpperCase(), true, true]);
    }
  });

  it.each(prefixes)('a missing value after %j', (prefix) => {
    for (const value of missing) {
      for (const id of [`${prefix}${value}`, `${prefix} "${value}"`, ` ${prefix}${value.toUpperCase()}\u2060`]) {
        expect(judged(id)).toEqual([id, true, true]);
      }
    }
  });

  it.each(unseen)('%j alone, and around a word', (character) => {
    for (const id of [character, character.repeat(3), `${character}guest${character}`, `crm:${character}null`]) {
      expect(judged(id)).toEqual([id, true, true]);
    }
  });

  it('control characters, wherever they stand', () => {
    for (const id of ['a\tb', 'user_1\n', '\u0000', 'a\u0085', '\u009fa']) expect(judged(id)).toEqual([id, true, true]);
  });

  it('no others', () => {
    const ids = [
      ...['role:user', 'stripe:guest', 'crm:0', 'crm:-1', 'crm:unknown', 'crm:false', 'legacy:nullable', 'undefined:1'],
      ...['anonymous-1', 'anonymous-guest', 'visitor_user', 'device-0', 'session-undefined', 'user_undefined'],
      ...['...', 'a.', './', 'x..', 'user_1', '1', '-2', '00', 'nulls', 'object', '[object]', 'Ann', '"', `"'`, '👤'],
      ...[
        'a\u200bb',
        '00000000-0000-0000-0000-000000000001',
        'ann@example.com',
        'https://example.com/null',
        'un known',
      ],
    ];
    for (const id of ids) expect(judged(id)).toEqual([id, false, false]);
  });

  it('are what the server takes for reserved', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...words,
        ...missing,
        ...prefixes,
        ...unseen,
        ...['"', "'", '`', ' ', '\t', '\n', '\u0000', '\u0085', '{', '}', '(', ')', '[', ']', '-', '_', ':', '_id'],
        ...['Ä', 'un\u212anown', 'fal\u017fe', '\u0130d', '\ud800', '\ufff0'],
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    const id = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(id, (text) => isReserved(text) === serverIsReserved(text)),
      { numRuns: 20_000 },
    );
  });

  it('are told of any text, however long', () => {
    for (const [piece, isNobody] of [
      ['"', true],
      [' ', true],
      ['\u200b', true],
      [':', true],
      ['a', false],
      ['[object ', false],
    ] as const) {
      expect(isReserved(piece.repeat(200_000))).toBe(isNobody);
      expect(isReserved(`x${piece.repeat(200_000)}x`)).toBe(false);
    }
  });
});
