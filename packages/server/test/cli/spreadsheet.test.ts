import fc from 'fast-check';
import { expect, test } from 'vitest';
import { excelSafe } from '../../src/cli/spreadsheet.ts';
import { dataDirectory, onym, serve } from '../system/processes.ts';

async function* chunked(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function safe(text: string, sizes: readonly number[] = [64]): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of excelSafe(chunked(Buffer.from(text), sizes))) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

test('a text that begins as a formula gets a quote before it; numbers stay numbers', async () => {
  const cells: [given: string, expected: string][] = [
    ['"=1+1"', '"\'=1+1"'],
    ['"=HYPERLINK(""http://x"",""y"")"', '"\'=HYPERLINK(""http://x"",""y"")"'],
    ['"+1-1"', '"\'+1-1"'],
    ['"-2+3"', '"\'-2+3"'],
    ['"@SUM(A1)"', '"\'@SUM(A1)"'],
    ['"\t=1"', '"\'\t=1"'],
    ['"\r=1"', '"\'\r=1"'],
    ['"\n=1"', '"\'\n=1"'],
    ['"\uff1d1"', '"\'\uff1d1"'],
    ['=cmd', "'=cmd"],
    ['-inf', "'-inf"],
    ['-5', '-5'],
    ['"-5"', '"-5"'],
    ['-1.5e-7', '-1.5e-7'],
    ['+.5', '+.5'],
    ['"a=b"', '"a=b"'],
    ['"""=1"""', '"""=1"""'],
    ['""', '""'],
    ['', ''],
    ['\\N', '\\N'],
    ['true', 'true'],
  ];
  for (const [given, expected] of cells) {
    expect(await safe(`"h",${given},1\n${given},2,${given}\n`)).toBe(`"h",${expected},1\n${expected},2,${expected}\n`);
    expect(await safe(given)).toBe(expected);
  }
});

test('however the bytes arrive, and every other cell as it is', async () => {
  const cell = fc.string({ unit: fc.constantFrom('=', '-', '"', ',', '\n', 'é', '😀', '1', 'a'), maxLength: 6 });
  const size = fc.integer({ min: 1, max: 7 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
      fc.array(size, { minLength: 1, maxLength: 5 }),
      async (rows, sizes) => {
        const written = (change: (text: string) => string) =>
          rows.map((row) => `${row.map((text) => `"${change(text).replaceAll('"', '""')}"`).join(',')}\n`).join('');
        const expected = (text: string) => (/^[=\-\n]/.test(text) && !/^-\d+$/.test(text) ? `'${text}` : text);
        expect(
          await safe(
            written((text) => text),
            sizes,
          ),
        ).toBe(written(expected));
      },
    ),
  );
});

test('onym query and onym export, with --format csv', async () => {
  const { api, dataDir, stop } = await serve();
  await api.posted('/track', { event: '=1+1', distinct_id: '@user', properties: { n: -5, text: '+a' } });
  const run = (...args: string[]) => onym(args, { ONYM_DATA_DIR: dataDir });
  const sql = 'SELECT event, distinct_id, properties.n, properties.text FROM events';
  const [plain, asked, exported, ...refused] = await Promise.all([
    run('query', '--format', 'csv', sql),
    run('query', '--format', 'csv', '--excel-safe', sql),
    run('export', 'events', '--format', 'csv', '--excel-safe'),
    run('query', '--excel-safe', sql),
    run('export', 'events', '--excel-safe'),
    run('export', 'events', '--excel-safe', '--output', `${dataDirectory()}/x.parquet`),
  ]);
  expect(plain.stdout.split('\n')[1]).toBe('"=1+1","@user",-5,"+a"');
  expect(asked.stdout.split('\n')[1]).toBe('"\'=1+1","\'@user",-5,"\'+a"');
  expect(exported.stdout).toMatch(/,"'=1\+1",.*,"'@user",/);
  for (const { code, stderr } of refused)
    expect([code, stderr]).toEqual([2, expect.stringContaining('--format csv alone')]);
  await stop();
});
