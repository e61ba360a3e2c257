import { describe, expect, test } from 'vitest';
import { items, ndjson, read } from './reading.ts';

const csv = (...cells: string[]): string =>
  `distinct_id,alias_id\n${cells.map((cell, i) => `u${i},${cell}\n`).join('')}`;

describe('cells that name nobody', () => {
  test.each([
    '\\N',
    'N/A',
    'n/a',
    '#N/A',
    '(null)',
    '(NULL)',
    '<null>',
    '[NULL]',
    '#REF!',
    '#VALUE!',
    '#NAME?',
    'NA',
    '<NA>',
    'NaT',
    '" N/A "',
    'legacy:\\N',
    'stripe:N/A',
    'crm:(null)',
  ])('%s as the id of a pair is an invalid row that says why', async (cell) => {
    const { rows, invalid } = await read(csv('a', cell, 'b'));
    expect(rows).toHaveLength(2);
    expect(invalid).toMatchObject([
      { line: 3, error_code: 'reserved-distinct-id', message: expect.stringContaining('stands for no value') },
    ]);
  });

  test.each(['\\N', 'N/A', '#N/A'])('%s in JSON too', async (cell) => {
    const { invalid } = await read(
      ndjson({ distinct_id: 'u1', alias_id: cell }, { distinct_id: cell, alias_id: 'u1' }),
    );
    expect(invalid.map(({ error_code }) => error_code)).toEqual(['reserved-distinct-id', 'reserved-distinct-id']);
  });

  test('who is to be identified must be somebody; an anonymous id that is none is absent', async () => {
    const answer = await read('user_id,anonymous_id,traits.plan\nu1,\\N,pro\n\\N,anonymous-1,pro\nN/A,,pro\n');
    expect(items(answer)).toEqual([{ distinct_id: 'u1', traits: { plan: 'pro' } }]);
    expect(answer.invalid.map(({ line, error_code }) => [line, error_code])).toEqual([
      [3, 'reserved-distinct-id'],
      [4, 'reserved-distinct-id'],
    ]);
  });

  test('an event belongs to the first id that is one', async () => {
    const answer = await read(
      'event,user_id,anonymous_id,timestamp\nvisit,\\N,anonymous-1,2026-01-01\nvisit,#N/A,,2026-01-01\n',
    );
    expect(items(answer)).toMatchObject([{ anonymous_id: 'anonymous-1' }]);
    expect(answer.rows[0]![0]!.item).not.toHaveProperty('distinct_id');
    expect(answer.invalid).toMatchObject([{ line: 3, error_code: 'reserved-distinct-id' }]);
  });

  test('as a trait \\N is no value, and other words are values', async () => {
    const answer = await read('user_id,traits.plan,traits.note\nu1,\\N,N/A\n');
    expect(items(answer)).toEqual([{ distinct_id: 'u1', traits: { note: 'N/A' } }]);
  });
});

describe('numbers that a spreadsheet has rounded', () => {
  test.each([
    '1.23457E+15',
    '1,23457E+15',
    '1.23457e+15',
    '1E+15',
    '1e15',
    '1.2E15',
    '12.3E+14',
    '-1.5E-7',
    '"1.2E+15"',
    'legacy:1.23457E+15',
  ])('%s is an invalid row that says why', async (cell) => {
    const quoted = cell.includes(',') ? `"${cell}"` : cell;
    const { rows, invalid } = await read(csv('a', quoted, 'b'));
    expect(rows).toHaveLength(2);
    expect(invalid).toMatchObject([
      {
        line: 3,
        error_code: 'invalid-distinct-id',
        message: expect.stringMatching(/exponent form: a spreadsheet has rounded it/),
      },
    ]);
  });

  test.each([
    ['user_id,traits.plan\n1.2E+15,pro\n', 'an identify row'],
    ['user_id,anonymous_id\nu1,1.2E+15\n', 'an anonymous id'],
    ['event,distinct_id,timestamp\nvisit,1.2E+15,2026-01-01\n', 'an event'],
    ['event,distinct_id,device_id,timestamp\nvisit,u1,1.2E+15,2026-01-01\n', 'a device'],
  ])('%j: %s', async (file) => {
    expect((await read(file)).invalid).toMatchObject([{ error_code: 'invalid-distinct-id' }]);
  });

  test.each(['1e', 'e15', '12e5', '12345e67', '3e4a', 'user1e5', '1234567890123456789', '00012', '1.5', 'legacy:12e5'])(
    '%s is an id like others',
    async (id) => expect(items(await read(csv(id)))).toEqual([{ distinct_id: 'u0', alias_id: id }]),
  );
});

describe('--secondary-prefix', () => {
  const prefixed = (...cells: string[]) => read(csv(...cells), { secondaryPrefix: 'legacy:' });

  test.each([
    'null',
    'undefined',
    '0',
    'NULL',
    'none',
    'nan',
    '-1',
    'guest',
    'true',
    '\\N',
    'N/A',
    '#N/A',
    '" null "',
    'legacy:null',
    'legacy:0',
    'legacy:',
  ])('the cell %s is judged before the prefix is put on', async (cell) => {
    const { rows, invalid } = await prefixed('1', cell);
    expect(rows).toHaveLength(1);
    expect(invalid).toMatchObject([{ line: 3, error_code: 'reserved-distinct-id' }]);
  });

  test('an empty cell is missing, not the prefix alone', async () => {
    expect((await prefixed('')).invalid).toMatchObject([{ error_code: 'invalid-payload' }]);
  });

  test('it is put before what does not begin with it', async () => {
    expect(items(await prefixed('1', 'legacy:2', '007'))).toEqual([
      { distinct_id: 'u0', alias_id: 'legacy:1' },
      { distinct_id: 'u1', alias_id: 'legacy:2' },
      { distinct_id: 'u2', alias_id: 'legacy:007' },
    ]);
  });
});

describe('ids that are no text', () => {
  test('integers of JSON are their digits', async () => {
    expect(items(await read(ndjson({ distinct_id: 12345, alias_id: 0.5 + 0.5 })))).toEqual([
      { distinct_id: '12345', alias_id: '1' },
    ]);
  });

  test.each([[['ph_0', 'ph_1']], ['["ph_0","ph_1"]'], [{ id: 1 }], [true], [1.5]])('%j is refused', async (id) => {
    const { invalid } = await read(ndjson({ distinct_id: 'u1', alias_id: id }));
    expect(invalid).toMatchObject([{ error_code: 'invalid-distinct-id' }]);
  });

  test('a list under --primary would be a person of that name: refused, with what to do', async () => {
    const { invalid } = await read('ids,plan\n"[""ph_0"",""ph_1""]",pro\n', {
      kind: 'identify',
      primary: 'ids',
      traits: ['plan'],
    });
    expect(invalid).toMatchObject([{ message: expect.stringContaining('--from posthog') }]);
  });

  test.each([[{}], [{ primary: 'distinct_ids' }], [{ primary: 'distinct_ids', kind: 'identify' as const }]])(
    'a list of distinct_ids is one person under %j',
    async (options) => {
      const { rows } = await read('distinct_ids,plan\n"[""ph_0"",""ph_1""]",pro\n', options);
      expect(rows[0]!.map(({ item }) => item)).toEqual([
        { distinct_id: 'ph_0' },
        { distinct_id: 'ph_0', alias_id: 'ph_1' },
      ]);
    },
  );

  test.each([
    ['{"distinct_id":"u1","alias_id":1.23457E+15}', 'alias_id'],
    ['{"userId": 1e21,"previousId":"a"}', 'userId'],
    ['{"distinct_ids":["a",1.2E+15],"properties":{}}', 'distinct_ids'],
    ['{"event":"x","properties":{"distinct_id":1.2e+15,"time":1700000000}}', 'distinct_id'],
    ['{"distinct_id":"u1","alias_id":12345.0}', 'alias_id is the number 12345.0'],
    ['{"distinct_id":12345.5,"alias_id":"a"}', 'distinct_id is the number 12345.5'],
  ])('the number in %s was not written as an id', async (row, field) => {
    const { rows, invalid } = await read(`${row}\n`);
    expect(rows).toEqual([]);
    expect(invalid).toMatchObject([{ error_code: 'invalid-distinct-id', message: expect.stringContaining(field) }]);
  });

  test('a column that only looks like an id’s is a number where it becomes a trait', async () => {
    const { rows } = await read(
      '{"distinct_id":"u1","order_id":1.5,"list_ids":["a"],"traits":{"product_id":2.5e3}}\n',
      {
        traits: ['*'],
      },
    );
    expect(rows[0]![0]!.item.traits).toEqual({ product_id: 2500, order_id: 1.5, list_ids: ['a'] });
  });

  test('numbers that are no ids stay numbers, however they are written', async () => {
    const { rows } = await read(
      '{"event":"x","distinct_id":"1e5 \\"","ts":1.7e9,"properties":{"product_id":1e3,"a":1e3,"text":"x: 1e5","list":[2E1]}}\n',
    );
    expect(rows[0]![0]!.item).toMatchObject({
      distinct_id: '1e5 "',
      timestamp: '2023-11-14T22:13:20.000Z',
      properties: { product_id: 1000, a: 1000, text: 'x: 1e5', list: [20] },
    });
  });
});
