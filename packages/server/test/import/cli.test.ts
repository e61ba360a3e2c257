import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { dataDirectory, onym, serve } from '../system/processes.ts';
import { ndjson } from './reading.ts';

const persons = ndjson(
  ...Array.from({ length: 1_204 }, (_, n) => ({
    id: n,
    distinct_ids: [`user_${n}`, `old_${n}`],
    properties: { plan: 'pro' },
    created_at: '2024-01-01T00:00:00Z',
  })),
);
const firstLine = (text: string): string => text.split('\n')[0]!;

test('into an empty folder: a dry run leaves nothing, the import makes the data directory, the first start its keys', async () => {
  const folder = dataDirectory();
  const file = join(folder, 'persons.jsonl');
  const dataDir = join(folder, 'onym-data');
  writeFileSync(file, persons);

  const dry = await onym(['import', file, '--dry-run', '--data-dir', dataDir]);
  expect([dry.code, firstLine(dry.stdout)]).toEqual([0, 'PostHog persons export, JSON lines: 1,204 rows.']);
  expect(dry.stdout).toContain('Dry run: nothing is written');
  expect(readdirSync(folder)).toEqual(['persons.jsonl']);

  const real = await onym(['import', file, '--data-dir', dataDir]);
  expect([real.code, firstLine(real.stdout)]).toEqual([0, 'PostHog persons export, JSON lines: 1,204 rows.']);
  expect(real.stdout).toContain("not used: id (--traits '*' takes all of them)");
  expect(real.stderr).toContain(dataDir);
  expect(existsSync(join(dataDir, 'identity.db'))).toBe(true);
  const { stdout } = await onym(['resolve', 'old_7', '--json', '--data-dir', dataDir]);
  expect(stdout).toContain('user_7');

  // Nobody was shown keys so far, so none are made before somebody is.
  const server = await serve({
    dataDir,
    variables: { ONYM_INITIAL_SECRET_KEY: undefined, ONYM_INITIAL_WRITE_KEY: undefined },
  });
  expect(server.output()).toMatch(/ONYM_SECRET_KEY=sk_/);
  await server.stop();
});

test('other commands still ask for a data directory', async () => {
  const { code, stderr } = await onym(['resolve', 'a', '--data-dir', join(dataDirectory(), 'none')]);
  expect([code, stderr]).toEqual([2, expect.stringContaining('There is no Onym data')]);
});

test('- reads standard input, to a server and to a directory at rest', async () => {
  const server = await serve();
  const where = ['--data-dir', server.dataDir];
  const pairs = 'distinct_id,alias_id\npiped_1,piped_2\n';
  const piped = await onym(['import', '-', ...where], {}, { input: gzipSync(pairs) });
  expect([piped.code, firstLine(piped.stdout)]).toEqual([0, 'Alias pairs, CSV: 1 row.']);
  expect(piped.stdout).toContain('import-stdin-');
  await server.stop();
  const again = await onym(['import', '-', '--json', ...where], {}, { input: pairs });
  expect(JSON.parse(again.stdout)).toMatchObject({ finished_before: true, rows: 1 });
  const nothing = await onym(['import', '-', ...where], {}, { input: '' });
  expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('The file is empty')]);
});

test('what else is in standard input is left to others', async () => {
  const folder = dataDirectory();
  const file = join(folder, 'ids.csv');
  writeFileSync(file, 'distinct_id,alias_id\na,b\n');
  const { code, stdout } = await onym(
    ['import', file, '--data-dir', join(folder, 'data')],
    {},
    { input: 'b.csv\nc.csv\n' },
  );
  expect([code, firstLine(stdout)]).toEqual([0, 'Alias pairs, CSV: 1 row.']);
});

test('--from, --timestamp now and --traits reach the server', async () => {
  const folder = dataDirectory();
  mkdirSync(join(folder, 'in'));
  const file = join(folder, 'in', 'events.ndjson');
  writeFileSync(file, ndjson({ event: 'visit', properties: { distinct_id: 'u1' }, extra: 1 }));
  const where = ['--data-dir', join(folder, 'data')];
  const refused = await onym(['import', file, '--from', 'mixpanel', '--dry-run', ...where]);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--timestamp now')]);
  const flags = ['--from', 'mixpanel', '--timestamp', 'now', '--traits', '*', '--dry-run'];
  const taken = await onym(['import', file, ...flags, ...where]);
  expect(taken.code).toBe(0);
  expect(firstLine(taken.stdout)).toBe('Mixpanel events export, JSON lines: 1 row. The rows are as of now.');
  expect(taken.stdout).toContain('extra: property extra');
});
