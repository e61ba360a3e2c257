import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { items, read } from './reading.ts';

const pairs = [
  { distinct_id: 'u1', alias_id: 'legacy:1' },
  { distinct_id: 'u2', alias_id: 'legacy:2' },
];
const csv = 'distinct_id,alias_id\nu1,legacy:1\nu2,legacy:2\n';
const utf16 = (text: string, isBigEndian = false): Buffer => {
  const bytes = Buffer.from(text, 'utf16le');
  return isBigEndian ? bytes.swap16() : bytes;
};

describe('a CSV as people and programs write it', () => {
  test.each<[string, string | Buffer]>([
    ['blanks around cells, and quotes after a blank', 'distinct_id, alias_id\nu1, legacy:1 \nu2 , "legacy:2" \n'],
    ['no-break spaces and tabs around cells', 'distinct_id,alias_id\nu1,\u00a0legacy:1\u00a0\nu2,\t"legacy:2"\t\n'],
    ['lines of blanks', 'distinct_id,alias_id\n   \nu1,legacy:1\n\t \n\nu2,legacy:2\n  \n'],
    ['rows of commas', ',\ndistinct_id,alias_id\n,\nu1,legacy:1\n , \n,,,,\nu2,legacy:2\n"",""\n'],
    ['empty cells behind the last column', 'distinct_id,alias_id\nu1,legacy:1,,\nu2,legacy:2,\n'],
    ['CR line ends', csv.replaceAll('\n', '\r')],
    ['CR line ends, with quotes', 'distinct_id,alias_id\r"u1","legacy:1"\r"u2","legacy:2"'],
    ['CRLF line ends', csv.replaceAll('\n', '\r\n')],
    ['CR CR LF line ends', csv.replaceAll('\n', '\r\r\n')],
    ['sep=; first', 'sep=;\r\ndistinct_id;alias_id\r\nu1;legacy:1\r\nu2;legacy:2\r\n'],
    ['"SEP=," first', '"SEP=,"\ndistinct_id,alias_id\nu1,legacy:1\nu2,legacy:2\n'],
    ['sep=tab first', 'sep=\t\ndistinct_id\talias_id\nu1\tlegacy:1\nu2\tlegacy:2\n'],
    ['a byte order mark and sep=; first', '\uFEFFsep=;\ndistinct_id;alias_id\nu1;legacy:1\nu2;legacy:2\n'],
    ['semicolons', csv.replaceAll(',', ';')],
    ['tabs', csv.replaceAll(',', '\t')],
    ['bars', csv.replaceAll(',', '|')],
    ['UTF-8 with a byte order mark', `\uFEFF${csv}`],
    ['UTF-16 LE with a byte order mark', utf16(`\uFEFF${csv}`)],
    ['UTF-16 BE with a byte order mark', utf16(`\uFEFF${csv}`, true)],
    ['UTF-16 LE without one', utf16(csv)],
    ['UTF-16 BE without one', utf16(csv, true)],
    [
      'Unicode text of Excel: UTF-16 LE, tabs, CRLF',
      utf16(`\uFEFF${csv.replaceAll(',', '\t').replaceAll('\n', '\r\n')}`),
    ],
  ])('%s', async (_, file) => {
    const answer = await read(file);
    expect(answer.invalid).toEqual([]);
    expect(items(answer)).toEqual(pairs);
  });

  test.each([
    ['"distinct_id","alias_id","a\rb"\nu1,x,1\nu2,y,2\n', 'a carriage return within a quoted name'],
    ['"distinct_id","alias_id","say ""\r"" twice"\nu1,x,1\nu2,y,2\n', 'quotes within it'],
    ['distinct_id,alias_id,5" x\nu1,x,1\nu2,y,2\n', 'a quote that is a character'],
    ['distinct_id,alias_id,"a\nb"\ru1,x,1\ru2,y,2\r', 'a line feed within a quoted name'],
  ])('%j: lines end where they do, with %s', async (file) => {
    expect(items(await read(file))).toEqual([
      { distinct_id: 'u1', alias_id: 'x' },
      { distinct_id: 'u2', alias_id: 'y' },
    ]);
  });

  test('blanks within quotes are the cell’s own', async () => {
    expect(items(await read('distinct_id,alias_id\nu1," a "\n'))).toEqual([{ distinct_id: 'u1', alias_id: ' a ' }]);
  });

  test('lines are counted as an editor does, blank ones included', async () => {
    const { invalid } = await read('sep=,\n\ndistinct_id,alias_id\nu1,legacy:1\n,\n   \nu2\n');
    expect(invalid).toMatchObject([{ line: 7, message: 'The row has 1 cell, the header 2.' }]);
  });

  test('UTF-16 beyond the Latin letters', async () => {
    const answer = await read(utf16('\uFEFFdistinct_id,alias_id\nАнна,ユーザー\n'));
    expect(items(answer)).toEqual([{ distinct_id: 'Анна', alias_id: 'ユーザー' }]);
  });
});

describe('JSON as people and programs write it', () => {
  const [one, two] = pairs.map((row) => JSON.stringify(row)) as [string, string];
  test.each([
    ['an object a line', `${one}\n${two}\n`, 'ndjson'],
    ['blank lines and blanks between', `${one}\n  \n\t${two}  \r\n\r\n`, 'ndjson'],
    ['the last line without its end', `${one}\n${two}`, 'ndjson'],
    ['a byte order mark', `\uFEFF${one}\n${two}\n`, 'ndjson'],
    ['a list on one line', `[${one},${two}]`, 'json'],
    ['a list with a row a line', `[\n${one},\n${two}\n]\n`, 'json'],
    ['a list, pretty-printed', JSON.stringify(pairs, null, 2), 'json'],
    ['a list with a byte order mark', `\uFEFF [ ${one} , ${two} ] `, 'json'],
    ['objects one after the other', `${one}${two}`, 'json'],
    ['objects with blanks between', `${one} ${two}`, 'json'],
    ['objects, pretty-printed', pairs.map((row) => JSON.stringify(row, null, 4)).join('\n'), 'json'],
    ['objects with commas at the line ends', `${one},\n${two},\n`, 'json'],
    ['two lists', `[${one}]\n[${two}]\n`, 'json'],
    ['a page of an API', JSON.stringify({ next: null, results: pairs, previous: 'x"]' }), 'json'],
    ['a page of an API, pretty-printed', JSON.stringify({ count: 2, data: pairs }, null, 2), 'json'],
    [
      'two pages',
      pairs.map((row) => JSON.stringify({ status: 'ok', results: [row], page: { n: [1] } })).join('\n'),
      'json',
    ],
  ])('%s', async (_, file, format) => {
    const answer = await read(file);
    expect(answer.format).toBe(format);
    expect(answer.invalid).toEqual([]);
    expect(items(answer)).toEqual(pairs);
  });

  test('UTF-16', async () => expect(items(await read(utf16(`\uFEFF${one}\n${two}\n`)))).toEqual(pairs));

  test('what is none costs itself alone, and rows are counted', async () => {
    const { rows, invalid } = await read(`[${one}, 5, "x", {"distinct_id": }, ${two}]`);
    expect(rows).toHaveLength(2);
    expect(invalid.map(({ line, message }) => [line, message])).toEqual([
      [2, 'The row is not a JSON object.'],
      [3, 'The row is not a JSON object.'],
      [4, expect.stringContaining('not valid JSON')],
    ]);
  });

  test.each([
    ['within a row', `[${one},{"distinct_id":"u2",`, 'The file ends in the middle of this row.'],
    ['between rows', `[${one},`, 'The file ends before its list of rows does'],
  ])('a list cut off %s says so', async (_, file, message) => {
    const { rows, invalid } = await read(file);
    expect(rows).toHaveLength(1);
    expect(invalid).toMatchObject([{ line: 2, message: expect.stringContaining(message) }]);
  });

  test('brackets and quotes within texts are text', async () => {
    const row = { distinct_id: 'u1', alias_id: 'a]}"\\{[,' };
    expect(items(await read(JSON.stringify([row, row])))).toEqual([row, row]);
  });

  test('a first line that is broken costs itself alone', async () => {
    const { rows, invalid } = await read(`{"distinct_id":"u0\n${one}\n${two}\n`);
    expect(rows).toHaveLength(2);
    expect(invalid).toMatchObject([{ line: 1, error_code: 'malformed-row' }]);
  });
});

describe('compression, by the contents and not by the name', () => {
  // Made by the command zstd 1.5.
  const frame = 'KLUv/SQtaQEAZGlzdGluY3RfaWQsYWxpYXNfaWQKdTEsbGVnYWN5OjEKdTIsbGVnYWN5OjIKF9hVXQ==';
  const twoFrames = 'KLUv/QRY8QAAZGlzdGluY3RfaWQsYWxpYXNfaWQKdTEsbGVnYWN5XrCJGii1L/0AWHkAADoxCnUyLGxlZ2FjeToyCg==';
  const skippedFrameFirst =
    'UCpNGAMAAABhYmMotS/9JC1pAQBkaXN0aW5jdF9pZCxhbGlhc19pZAp1MSxsZWdhY3k6MQp1MixsZWdhY3k6MgoX2FVd';
  /** 40,000 rows in blocks of 128 KiB, at the highest level. */
  const manyBlocks =
    'KLUv/QSIRAEA6GRpc3RpbmN0X2lkLGFsaWFzCnUxLGxlZ2FjeToxAgDd/y95SqAsAUQAAAABAP3/zwsQRAAAAAEA/f85AAJFAAAAAQASUzkAAlXWvF4=';
  const decoded = (text: string): Buffer => Buffer.from(text, 'base64');

  test.each<[string, Buffer]>([
    ['gzip', gzipSync(csv)],
    ['gzip of several members', Buffer.concat([gzipSync(csv.slice(0, 30)), gzipSync(csv.slice(30))])],
    ['gzip within gzip', gzipSync(gzipSync(csv))],
    ['gzip of UTF-16', gzipSync(utf16(csv))],
    ['Zstandard', decoded(frame)],
    ['Zstandard of two frames', decoded(twoFrames)],
    ['Zstandard with a frame to skip before it', decoded(skippedFrameFirst)],
    ['Zstandard within gzip', gzipSync(decoded(frame))],
  ])('%s', async (_, file) => {
    expect(items(await read(file, { fileName: 'people.csv' }))).toEqual(pairs);
    expect(items(await read(file, { fileName: 'people.csv.gz' }))).toEqual(pairs);
  });

  test('Zstandard of many blocks', async () => {
    const { rows, sentence } = await read(decoded(manyBlocks));
    expect(rows).toHaveLength(40_000);
    expect(sentence).toContain('40,000 rows');
  });

  test.each<[string, Buffer, string]>([
    ['gzip cut off', gzipSync(csv).subarray(0, 40), 'The gzip of the file is damaged or cut off'],
    [
      'Zstandard cut off',
      decoded(frame).subarray(0, 40),
      'The Zstandard compression of the file is damaged or cut off',
    ],
    ['Zstandard cut off in its header', decoded(frame).subarray(0, 6), 'Zstandard'],
    ['gzip damaged', Buffer.concat([gzipSync(csv).subarray(0, 20), Buffer.alloc(40, 7)]), 'gzip'],
    ['a window beyond memory', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 1, 0, 0]), '--long'],
  ])('%s: nothing is applied', async (_, file, message) => {
    await expect(read(file)).rejects.toThrow(message);
  });
});

describe('a file that holds no rows is named for what it is, with what to do instead', () => {
  const zip = (...names: string[]): Buffer =>
    Buffer.concat(
      names.map((name) => Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(26), Buffer.from(name)])),
    );
  const magic = (text: string): Buffer => Buffer.concat([Buffer.from(text, 'latin1'), Buffer.alloc(600)]);

  test.each<[string, Buffer, string[]]>([
    ['.xlsx', zip('[Content_Types].xml', '_rels/.rels', 'xl/workbook.xml'), ['Excel', 'CSV']],
    ['.xlsx of another program', zip('docProps/app.xml'), ['Excel', 'CSV']],
    ['.ods', zip('mimetypeapplication/vnd.oasis.opendocument.spreadsheet'), ['LibreOffice', 'CSV']],
    ['.zip', zip('export_1.json.gz', 'export_2.json.gz'), ['zip archive', 'Unpack']],
    ['.xls', magic('\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1'), ['Excel', 'CSV']],
    ['.bz2', magic('BZh91AY&SY'), ['bzip2', 'gzip']],
    ['.xz', magic('\u00fd7zXZ\u0000'), ['xz', 'gzip']],
    ['.7z', magic("7z\u00bc\u00af'\u001c"), ['7z', 'Unpack']],
    [
      '.tar.gz',
      gzipSync(Buffer.concat([Buffer.alloc(257, 0x61), Buffer.from('ustar'), Buffer.alloc(300)])),
      ['tar', 'Unpack'],
    ],
    ['Avro', magic('Obj\u0001'), ['Avro', 'Parquet']],
    ['ORC', magic('ORC'), ['ORC', 'Parquet']],
    ['SQLite', magic('SQLite format 3\u0000'), ['SQLite', 'CSV']],
    ['PDF', magic('%PDF-1.7'), ['PDF', 'CSV']],
    [
      'a page that asks for a login',
      Buffer.from('\n<!DOCTYPE html><html><body>Log in</body></html>'),
      ['web page', 'login'],
    ],
    ['XML', Buffer.from('<?xml version="1.0"?><rows/>'), ['XML', 'CSV']],
    ['some other binary', Buffer.from(Array.from({ length: 900 }, (_, i) => (i * 37) % 256)), ['not text', 'CSV']],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0, 0x2c, 0, 0, 0]), ['not text']],
  ])('%s', async (_, file, parts) => {
    const error = await read(file, { fileName: 'people.csv' }).then(
      () => 'was read',
      ({ message }: Error) => message,
    );
    for (const part of parts) expect(error).toContain(part);
  });
});
