import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { readCsv } from '../../src/import/formats/csv.ts';
import { readNdjson } from '../../src/import/formats/ndjson.ts';
import { mappingInWords, mappingOf } from '../../src/import/mapping.ts';
import type { RowBatch, SourceRow } from '../../src/import/types.ts';

/** In pieces of every size, so that each boundary falls everywhere. */
async function rowsOf(read: (chunks: AsyncIterable<Buffer>) => AsyncIterable<RowBatch>, bytes: Buffer, size: number) {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  const rows: SourceRow[] = [];
  for await (const batch of read(Readable.from(chunks))) rows.push(...batch.rows);
  return rows;
}

const options = { rowBytesMax: 2_000, isUtf8: true };

async function csv(text: string | Buffer, given = options): Promise<SourceRow[]> {
  const bytes = Buffer.from(text as string);
  const whole = await rowsOf((chunks) => readCsv(chunks, given), bytes, bytes.length || 1);
  for (const size of [1, 3, 7, 64]) {
    expect(await rowsOf((chunks) => readCsv(chunks, given), bytes, size), `pieces of ${size}`).toEqual(whole);
  }
  return whole;
}

const good = (line: number, cells: Record<string, unknown>): SourceRow => ({ line, cells });
const bad = (line: number, problem: string): unknown => ({
  line,
  problem: expect.stringContaining(problem),
  text: expect.any(String),
});

describe('CSV', () => {
  test('BOM, CRLF, blank lines, quotes, embedded newlines, an empty cell, no newline at the end', async () => {
    const text = '\uFEFFa,b\r\n1,2\r\n\r\n"x\r\ny","say ""hi"", ok"\r\n3,\r\n"4",5';
    expect(await csv(text)).toEqual([
      good(2, { a: '1', b: '2' }),
      good(4, { a: 'x\r\ny', b: 'say "hi", ok' }),
      good(6, { a: '3', b: null }),
      good(7, { a: '4', b: '5' }),
    ]);
  });

  test.each([
    [';', 'a;b\n1;2\n'],
    ['\t', 'a\tb\n1\t2\n'],
    ['|', '"a"|b\n1|2\n'],
  ])('guesses the delimiter %j', async (_, text) => {
    expect(await csv(text)).toEqual([good(2, { a: '1', b: '2' })]);
  });

  test('a bad row costs its neighbours nothing', async () => {
    const text = 'a,b\n1,2\n3\n4,5,6\n"7"8,9\nx"y,2\n"open,2\n10,11\n12,13\n';
    expect(await csv(text)).toEqual([
      good(2, { a: '1', b: '2' }),
      bad(3, '1 cell, the header 2'),
      bad(4, '3 cells, the header 2'),
      bad(5, 'After a closing quote'),
      good(6, { a: 'x"y', b: '2' }),
      bad(7, 'not closed before the file ends'),
      good(8, { a: '10', b: '11' }),
      good(9, { a: '12', b: '13' }),
    ]);
  });

  test('a quote left open is found again by the row count, even where another quote closes it', async () => {
    const rows = await csv('a,b\n"1,2\n3,4\n5,"6"\n7,8\n');
    expect(rows.map(({ line }) => line)).toEqual([2, 3, 4, 5]);
    expect(rows[0]).toMatchObject({ problem: expect.any(String) });
    expect(rows.slice(1)).toEqual([
      good(3, { a: '3', b: '4' }),
      good(4, { a: '5', b: '6' }),
      good(5, { a: '7', b: '8' }),
    ]);
  });

  test('a row beyond the limit is passed over, quoted or not', async () => {
    const rows = await csv(`a,b\n${'x'.repeat(5_000)},1\n2,3\n"${'y\n'.repeat(1_500)}",4\n5,6\n`);
    expect(rows.slice(0, 3)).toEqual([
      bad(2, 'longer than 2000 bytes'),
      good(3, { a: '2', b: '3' }),
      bad(4, 'not closed within 2000'),
    ]);
    expect(rows.at(-1)).toEqual(good(1505, { a: '5', b: '6' }));
    // What lies within the quotes is no row.
    expect(rows.filter((row) => 'cells' in row)).toHaveLength(2);
  });

  test('a million characters in a cell are no trouble', async () => {
    const text = `a,b\n${'x'.repeat(1_000_000)},1\n2,3\n`;
    const bytes = Buffer.from(text);
    const rows = await rowsOf((chunks) => readCsv(chunks, { ...options, rowBytesMax: 4_000_000 }), bytes, 65_536);
    expect(rows).toHaveLength(2);
    expect(rows[1]).toEqual(good(3, { a: '2', b: '3' }));
  });

  test('bytes that are no UTF-8 cost their own row', async () => {
    const bytes = Buffer.concat([Buffer.from('a,b\n1,'), Buffer.from([0xe9]), Buffer.from('\n2,é\n')]);
    expect(await csv(bytes, { ...options, isUtf8: false })).toEqual([bad(2, 'not UTF-8'), good(3, { a: '2', b: 'é' })]);
  });

  test('no header, and a header that names a column twice', async () => {
    await expect(csv('')).rejects.toThrow('The CSV file is empty');
    await expect(csv('a,a\n1,2\n')).rejects.toThrow('names the column "a" twice');
  });
});

describe('NDJSON', () => {
  const read = (chunks: AsyncIterable<Buffer>) => readNdjson(chunks, 100);
  const text = `\uFEFF{"a":1}\r\n\n[1]\n{"b":\n{"a":"é"}\n${'x'.repeat(300)}\n{"a":2}\n{"a":`;

  test.each([1, 5, 64, 10_000])('in pieces of %i bytes', async (size) => {
    expect(await rowsOf(read, Buffer.from(text), size)).toEqual([
      good(1, { a: 1 }),
      bad(3, 'not a JSON object'),
      bad(4, 'not valid JSON'),
      good(5, { a: 'é' }),
      bad(6, 'longer than 100 bytes'),
      good(7, { a: 2 }),
      bad(8, 'the file ends in the middle of it'),
    ]);
  });
});

describe('mapping', () => {
  test.each([
    [['old_id', 'new_id'], { kind: 'alias', new_id: 'distinct_id', old_id: 'alias_id' }],
    [
      ['distinct_id', 'alias_id', 'timestamp'],
      { kind: 'alias', distinct_id: 'distinct_id', alias_id: 'alias_id', timestamp: 'timestamp' },
    ],
    [['User ID', 'Legacy-Id'], { kind: 'alias', 'User ID': 'distinct_id', 'Legacy-Id': 'alias_id' }],
    [['user_id', 'anonymous_id'], { kind: 'identify', user_id: 'distinct_id', anonymous_id: 'anonymous_id' }],
    [
      ['user_id', 'traits.plan', 'traits'],
      { kind: 'identify', user_id: 'distinct_id', traits: 'traits', 'traits.plan': 'trait plan' },
    ],
    [
      ['event', 'distinct_id', 'timestamp', 'properties', 'properties.url', 'uuid'],
      {
        kind: 'event',
        event: 'event',
        distinct_id: 'distinct_id',
        timestamp: 'timestamp',
        properties: 'properties',
        'properties.url': 'property url',
        uuid: 'uuid',
      },
    ],
  ])('%j', (columns, words) => {
    expect(mappingInWords(mappingOf(columns, {}))).toEqual(words);
  });

  test('flags go before guesses, and what is not used is named', () => {
    const flags = { primary: 'b', secondary: 'a', secondaryPrefix: 'legacy:' };
    const mapping = mappingOf(['a', 'b', 'c'], flags);
    expect(mappingInWords(mapping)).toEqual({ kind: 'alias', b: 'distinct_id', a: 'alias_id, with legacy: before it' });
    expect(mapping.ignored).toEqual(['c']);
  });

  test('columns that are not there, and columns that tell nothing', () => {
    expect(() => mappingOf(['a'], { primary: 'z' })).toThrow(
      'There is no column "z", which --primary names. The file has the columns "a".',
    );
    expect(() => mappingOf(['a', 'b'], {})).toThrow('do not tell what the rows are');
    expect(() => mappingOf(['user_id'], { kind: 'alias' })).toThrow('Name it with --secondary');
  });
});
