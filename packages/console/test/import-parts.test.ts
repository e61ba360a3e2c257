import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { jsonLines } from '../src/api/json-lines.ts';
import { columnsOf, guessed, kindOf, meaningOf, traitColumns } from '../src/pages/import/columns.ts';
import { headOf } from '../src/pages/import/file-head.ts';
import { importQuery } from '../src/pages/import/import-address.ts';
import { inWordsOfThePage } from '../src/pages/import/in-words.ts';
import { heard, newRun, rejectionsShownMax, shareOf } from '../src/pages/import/run.ts';
import { sampleOf } from '../src/pages/import/sample.ts';
import { asRecognised, type ImportEvent, type Started } from '../src/pages/import/types.ts';

const started: Started = {
  format: 'csv',
  batch: 'b',
  bytes: 100,
  recognised: 'Alias pairs, CSV: 3 rows.',
  mapping: { kind: 'alias', new_id: 'distinct_id', old_id: 'alias_id, with legacy: before it' },
  ignored_columns: ['plan'],
  more_ignored_columns: 0,
  resumed_after_line: 0,
};
const nothing = { sample: null, recognised: null, dryRun: null, reading: asRecognised };

test.each([
  ['commas, with quotes', 'a,b\n"x, y",2\n', ['a', 'b'], { a: 'x, y', b: '2' }],
  ['semicolons said by the file', 'sep=;\na;b\n1;2\n', ['a', 'b'], { a: '1', b: '2' }],
  ['tabs', 'a\tb\r\n1\t2\r\n', ['a', 'b'], { a: '1', b: '2' }],
  ['an object a line', '{"a":1,"b":{"c":2}}\n{"a":3}\n', ['a', 'b'], { a: '1', b: '{"c":2}' }],
  ['a list', '[{"a":"x"},\n{"b":1}]', ['a', 'b'], { a: 'x', b: '' }],
  ['a page of an API', '{"next":null,"results":[{"a":"x"}]}', ['a'], { a: 'x' }],
  ['one object that has a list', '{"distinct_ids":["x","y"]}', ['distinct_ids'], { distinct_ids: '["x","y"]' }],
])('the first rows of a file: %s', (_, text, columns, first) => {
  const sample = sampleOf(text, true);
  expect(sample?.columns).toEqual(columns);
  expect(sample?.rows[0]).toEqual(first);
});

test('a text that stops in the middle shows the rows that are whole', () => {
  expect(sampleOf('{"a":1}\n{"a":2}\n{"a":', false)?.rows).toEqual([{ a: '1' }, { a: '2' }]);
  expect(sampleOf('[\n{"a":1},\n{"a":2},\n{"a":', false)?.rows).toEqual([{ a: '1' }, { a: '2' }]);
});

test('the beginning of a file is text, plain, gzip or UTF-16; of other files there is none', async () => {
  expect(await headOf(new Blob(['a,b\n']))).toEqual({ text: 'a,b\n', isWhole: true });
  expect(await headOf(new Blob([gzipSync('a,b\n')]))).toEqual({ text: 'a,b\n', isWhole: true });
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a,ü\n', 'utf16le')]);
  expect(await headOf(new Blob([utf16]))).toEqual({ text: 'a,ü\n', isWhole: true });
  expect(await headOf(new Blob(['PAR1\0\0\0']))).toBeNull();
  const long = new Blob([gzipSync(Buffer.alloc(2_000_000, 'x'))]);
  expect((await headOf(long))?.isWhole).toBe(false);
});

test('what is asked of the server says only what somebody chose', () => {
  const asked = { environment: 'staging', fileName: 'a b.csv', dryRun: true };
  expect(String(importQuery({ ...asked, reading: asRecognised }))).toBe(
    'environment=staging&file_name=a+b.csv&dry_run=true',
  );
  const own = importQuery({
    ...asked,
    dryRun: false,
    restart: true,
    reading: {
      ...asRecognised,
      what: 'identify',
      primary: 'id',
      timestamp: 'now',
      delimiter: '\t',
      batch: ' crm ',
      traits: { seats: { key: 'chairs', type: 'number' }, plan: { key: 'plan', type: 'as-is' } },
      allTraits: true,
    },
  });
  expect([...own]).toEqual([
    ['environment', 'staging'],
    ['file_name', 'a b.csv'],
    ['restart', 'true'],
    ['batch', 'crm'],
    ['delimiter', '\t'],
    ['timestamp', 'now'],
    ['kind', 'identify'],
    ['primary', 'id'],
    ['trait', 'seats=chairs:number'],
    ['trait', 'plan=plan'],
    ['traits', '*'],
  ]);
  const vendors = importQuery({ ...asked, reading: { ...asRecognised, what: 'posthog', primary: 'id' } });
  expect(vendors.get('from')).toBe('posthog');
  expect(vendors.has('primary')).toBe(false);
});

test('a file of one’s own has a kind, a vendor’s and a table of Onym’s have none', () => {
  const kind = (recognised: string) => kindOf({ reading: asRecognised, recognised: { ...started, recognised } });
  expect(kind('Alias pairs, CSV: 3 rows.')).toBe('alias');
  expect(kind('Identify rows, JSON lines: 3 rows.')).toBe('identify');
  expect(kind('Events, CSV: 3 rows.')).toBe('event');
  expect(kind('Events, exported by Onym, CSV: 3 rows.')).toBeNull();
  expect(kind('PostHog persons export, JSON lines: 3 rows.')).toBeNull();
  expect(kindOf({ reading: { ...asRecognised, what: 'event' }, recognised: null })).toBe('event');
});

test('columns are known by the file, by what the server made of it, or by what it said', () => {
  const message = 'No column looks like the event. The file has the columns "a", "b \\" c" and 3 more.';
  const error = Object.assign(new Error(message), { name: 'ApiError', status: 400, code: 'invalid-payload' });
  expect(columnsOf({ ...nothing, sample: { columns: ['x'], rows: [] } })).toEqual(['x']);
  expect(columnsOf({ ...nothing, recognised: started })).toEqual(['new_id', 'old_id', 'plan']);
  expect(columnsOf({ ...nothing, dryRun: { ...newRun, error } })).toEqual(['a', 'b " c']);
  expect(columnsOf(nothing)).toEqual([]);
});

test('columns are shown with what they are taken for', () => {
  expect(meaningOf('new_id', started)).toBe('distinct_id');
  expect(meaningOf('plan', started)).toBeNull();
  expect(meaningOf('kind', started)).toBeNull();
  const work = { ...nothing, recognised: started };
  expect(guessed('primary', work)).toBe('new_id');
  expect(guessed('secondary', work)).toBe('old_id');
  expect(guessed('timestamp', work)).toBeNull();
  expect(guessed('primary', { ...work, reading: { ...asRecognised, primary: 'plan' } })).toBeNull();
  expect(traitColumns(work)).toEqual(['plan']);
});

test('what is said to a command line is said of the fields of the page', () => {
  expect(inWordsOfThePage('Name it with --primary. The file has the columns "a".')).toBe(
    'Name it with “Id”. The file has the columns "a".',
  );
  expect(inWordsOfThePage('Give it a name with --batch, or take the other back first: onym revert --batch x')).toBe(
    'Give it a name with “Batch”.',
  );
});

test('a run is what the server said so far; rejected rows are kept as they were sent', async () => {
  const big =
    '{"type":"rejected","line":2,"verdict":"held","error_code":"x","message":",\\"row\\":","row":{"n":12345678901234567890}}';
  const lines = [
    JSON.stringify({ type: 'started', ...started }),
    big,
    JSON.stringify({ type: 'progress', rows: 1, bytes: 50, counts: {} }),
  ];
  let run = newRun;
  for await (const some of jsonLines<ImportEvent>(new Blob([lines.join('\n')]).stream())) run = heard(run, some);
  expect(run.phase).toBe('reading');
  expect(shareOf(run)).toBe(0.5);
  expect(run.rejections).toEqual([
    {
      type: 'rejected',
      line: 2,
      verdict: 'held',
      error_code: 'x',
      message: ',"row":',
      row: '{"n":12345678901234567890}',
    },
  ]);
  const many = Array.from({ length: 80 }, () => ({ value: JSON.parse(big) as ImportEvent, text: big }));
  run = heard(run, many);
  expect(run.rejections).toHaveLength(rejectionsShownMax);
  expect(run.rejected).toBe(81);
  const text = await new Blob([...run.rejectedLines]).text();
  expect(text.trim().split('\n')).toHaveLength(81);
  expect(text.startsWith('{"line":2,')).toBe(true);
});
