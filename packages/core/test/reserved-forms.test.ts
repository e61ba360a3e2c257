import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isReserved, isReservedByRules } from '../src/identifiers.ts';

const pieces = fc.constantFrom(
  ...[
    'anonymous',
    'device',
    'visitor',
    'anon',
    'undefined',
    'null',
    'not_authenticated',
    'user_id',
    'distinct_id',
    'guest',
  ],
  ...[
    '-',
    '_',
    ':',
    '0',
    '00000000',
    '0000',
    '000000000000',
    'stripe',
    'A',
    '7',
    '"',
    ' ',
    '\u00a0',
    '\u0007',
    'é',
    '',
  ],
);

it('knows by their form only ids that the rules let pass', () => {
  const ids = fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(ids, (id) => {
      expect([id, isReserved(id)]).toEqual([id, isReservedByRules(id)]);
    }),
    { numRuns: 5_000 },
  );
  for (const id of ['anonymous-undefined', 'anonymous_undefined', '00000000-0000-0000-0000-000000000000']) {
    expect([id, isReserved(id)]).toEqual([id, true]);
  }
});
