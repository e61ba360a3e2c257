import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openRejectedFile } from '../../src/cli/rejected-file.ts';
import { dataDirectory, onym, type Server, serve } from '../system/processes.ts';

const row = (line: number, verdict: 'invalid' | 'refused' | 'held' = 'invalid') => ({
  line,
  verdict,
  error_code: 'reason',
  message: `Row ${line}.`,
  row: { id: String(line) },
});

const rowsIn = (file: string): { line: number; verdict: string; batch?: string }[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

const linesIn = (file: string) => rowsIn(file).map(({ line, verdict }) => `${line} ${verdict}`);

describe('the file', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = dataDirectory();
    path = join(folder, 'ids.csv.rejected.ndjson');
  });

  const open = (isDryRun = false) => openRejectedFile({ path, source: join(folder, 'ids.csv'), isDryRun });

  /** One run of the command: what the server says, and how it ends. */
  async function run(
    rows: ReturnType<typeof row>[],
    { batch = 'b', after = 0, isWhole = true, isDryRun = false } = {},
  ): Promise<{ written: string | null; aside: string | null }> {
    const file = await open(isDryRun);
    await file.begin({ batch, resumed_after_line: after });
    for (const one of rows) file.add(one);
    await file.close(isWhole);
    return { written: file.written(), aside: file.setAside() };
  }

  const finished = Number.MAX_SAFE_INTEGER;

  test('holds the rows of a run, and is gone after one of the same batch that has none', async () => {
    expect(await run([row(2), row(5, 'refused')])).toEqual({ written: path, aside: null });
    expect(rowsIn(path)).toEqual([
      { ...row(2), batch: 'b' },
      { ...row(5, 'refused'), batch: 'b' },
    ]);
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(await run([])).toEqual({ written: null, aside: null });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('an import that was finished before touches nothing, and names the file that is there', async () => {
    await run([row(2), row(5, 'refused')]);
    const before = [readFileSync(path, 'utf8'), statSync(path).mtimeMs];
    expect(await run([], { after: finished })).toEqual({ written: path, aside: null });
    expect([readFileSync(path, 'utf8'), statSync(path).mtimeMs]).toEqual(before);
    expect(readdirSync(folder)).toEqual([basename(path)]);
  });

  test('a resumed run keeps what is not said again', async () => {
    await run([row(2), row(3, 'held'), row(9), row(12, 'refused')], { isWhole: false });
    // Line 12 was said, and not noted: it is judged again.
    await run([row(2), row(9), row(12, 'refused'), row(20)], { after: 10 });
    expect(linesIn(path)).toEqual(['3 held', '2 invalid', '9 invalid', '12 refused', '20 invalid']);
  });

  test.each([
    ['before a row was said', [], []],
    ['after some', [row(2), row(12, 'refused')], [row(2), row(3, 'held')]],
  ])('a run that ends early, %s, loses nothing of what was there', async (_, resumed, restarted) => {
    const all = ['12 refused', '2 invalid', '20 invalid', '3 held', '9 invalid'];
    await run([row(2), row(3, 'held'), row(9), row(12, 'refused'), row(20)], { isWhole: false });
    await run(resumed, { after: 10, isWhole: false });
    expect(linesIn(path).sort()).toEqual(all);
    await run(restarted, { after: 0, isWhole: false });
    expect(linesIn(path).sort()).toEqual(all);
    expect(readdirSync(folder)).toEqual([basename(path)]);
  });

  test('so does one that was killed while it wrote', async () => {
    await run([row(2), row(3, 'held'), row(9), row(20, 'refused')], { isWhole: false });
    const killed = await open();
    await killed.begin({ batch: 'b', resumed_after_line: 10 });
    killed.add(row(2));
    // As one of another process, which is no more.
    const [part = ''] = readdirSync(folder).filter((name) => name.endsWith('.part'));
    const left = join(folder, part.replace(/\d+\.part$/, `${spawnSync('true').pid}.part`));
    renameSync(join(folder, part), left);
    writeFileSync(left, '{"line":9,"verdict":"inva', { flag: 'a' });

    await run([], { after: finished });
    expect(linesIn(path).sort()).toEqual(['2 invalid', '20 refused', '3 held', '9 invalid']);
    expect(readdirSync(folder)).toEqual([basename(path)]);
  });

  test("another batch's rows are put aside, each time, once there is something to say of the new one", async () => {
    await run([row(2)], { batch: 'october' });
    expect(await run([], { batch: 'november', isWhole: false })).toEqual({ written: null, aside: null });
    expect(rowsIn(path)).toMatchObject([{ batch: 'october' }]);
    const october = join(folder, 'ids.csv.rejected.october.ndjson');
    expect(await run([row(3)], { batch: 'november' })).toEqual({ written: path, aside: october });
    expect([rowsIn(october), rowsIn(path)]).toMatchObject([
      [{ line: 2, batch: 'october' }],
      [{ line: 3, batch: 'november' }],
    ]);
    await run([row(4)], { batch: 'october' });
    expect(await run([], { batch: 'of / slashes' })).toMatchObject({ written: null });
    expect(readdirSync(folder).sort()).toEqual([
      'ids.csv.rejected.november.ndjson',
      'ids.csv.rejected.october.2.ndjson',
      'ids.csv.rejected.october.ndjson',
    ]);
    // One that was finished before has nothing to do with what is there now.
    await run([row(5)], { batch: 'of / slashes' });
    expect(await run([], { batch: 'october', after: finished })).toEqual({ written: null, aside: null });
    expect(rowsIn(path)).toMatchObject([{ line: 5, batch: 'of / slashes' }]);
  });

  test('two imports at once, of two batches, lose nothing of each other', async () => {
    const [a, b] = [await open(), await open()];
    for (const [file, batch] of [[a, 'a'] as const, [b, 'b'] as const])
      await file.begin({ batch, resumed_after_line: 0 });
    for (const file of [a, b]) {
      file.add(row(2));
      await file.close(true);
    }
    expect([rowsIn(path), rowsIn(b.setAside()!)]).toMatchObject([[{ batch: 'b' }], [{ batch: 'a' }]]);
  });

  test('a file of before, which does not name its batch, is gone on with or put aside', async () => {
    writeFileSync(path, `${JSON.stringify(row(3, 'held'))}\n`);
    await run([row(20)], { after: 10 });
    expect(linesIn(path)).toEqual(['3 held', '20 invalid']);
    writeFileSync(path, `${JSON.stringify(row(3, 'held'))}\n`);
    expect(await run([], {})).toMatchObject({ aside: join(folder, 'ids.csv.rejected.earlier.ndjson') });
  });

  test('a dry run has a file of its own, and leaves the import’s', async () => {
    const dry = join(folder, 'ids.csv.rejected.dry-run.ndjson');
    await run([row(2)]);
    const before = readFileSync(path, 'utf8');
    expect(await run([row(3)], { isDryRun: true })).toEqual({ written: dry, aside: null });
    await run([row(4)], { isDryRun: true, isWhole: false });
    expect(linesIn(dry)).toEqual(['3 invalid']);
    await run([row(5)], { isDryRun: true, batch: 'other' });
    expect(linesIn(dry)).toEqual(['5 invalid']);
    await run([], { isDryRun: true });
    expect(readdirSync(folder)).toEqual([basename(path)]);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test('what is not a file of rejected rows is left alone, and so is the file that is imported', async () => {
    writeFileSync(path, 'id\n1\n');
    await expect(open()).rejects.toThrow('what is in it are not rejected rows. Name another file with --rejected.');
    expect(readFileSync(path, 'utf8')).toBe('id\n1\n');
    const same = { path: join(folder, 'x', '..', 'ids.csv'), source: join(folder, 'ids.csv'), isDryRun: false };
    await expect(openRejectedFile(same)).rejects.toThrow('it is the file that is imported');
    mkdirSync(join(folder, 'directory'));
    for (const name of ['directory', 'nowhere/file'])
      await expect(openRejectedFile({ ...same, path: join(folder, name) })).rejects.toThrow('--rejected');
  });
});

describe('onym import', () => {
  let server: Server;
  beforeAll(async () => {
    server = await serve();
  });
  afterAll(async () => void (await server.stop()));

  const cli = (...args: string[]) => onym([...args, '--data-dir', server.dataDir, '--json']);

  test('run again once it is finished: the same answer, and not a byte is changed', async () => {
    const folder = dataDirectory();
    const file = join(folder, 'ids.csv');
    const rejected = `${file}.rejected.ndjson`;
    writeFileSync(file, 'distinct_id,alias_id\nuser_1,crm:1\nuser_2,undefined\nuser_3,\n');
    const first = await cli('import', file);
    const text = readFileSync(rejected, 'utf8');
    const { mtimeMs } = statSync(rejected);
    expect(linesIn(rejected)).toEqual(['3 invalid', '4 invalid']);
    for (const more of [[], [], ['--dry-run'], ['--batch', 'import-ids.csv', '--primary', 'nothing']]) {
      const again = await cli('import', file, ...more);
      expect(readFileSync(rejected, 'utf8')).toBe(text);
      expect(statSync(rejected).mtimeMs).toBe(mtimeMs);
      if (more.length > 0) continue;
      expect(again.code).toBe(first.code);
      expect(JSON.parse(again.stdout)).toEqual({ ...JSON.parse(first.stdout), finished_before: true });
    }
  });

  test('that can not be: nothing is made, and nothing is lost', async () => {
    const folder = dataDirectory();
    const file = join(folder, 'ids.csv');
    const rejected = `${file}.rejected.ndjson`;
    writeFileSync(file, 'distinct_id,alias_id\nuser_5,undefined\n');
    await cli('import', file, '--batch', 'five');
    const text = readFileSync(rejected, 'utf8');
    writeFileSync(file, 'distinct_id,alias_id\nuser_5,undefined\nuser_6,null\n');
    const conflict = await cli('import', file, '--batch', 'five');
    expect([conflict.code, conflict.stderr]).toEqual([2, expect.stringContaining('another file')]);
    const far = ['--url', 'http://127.0.0.1:1', '--key', 'sk_nobody'];
    expect((await onym(['import', file, ...far])).code).toBe(2);
    const clobbering = await cli('import', file, '--rejected', file);
    expect([clobbering.code, clobbering.stderr]).toEqual([2, expect.stringContaining('that is imported')]);
    expect((await cli('import', folder)).stderr).toContain('is a directory');
    expect(readFileSync(rejected, 'utf8')).toBe(text);

    const next = await cli('import', file, '--batch', 'six');
    expect(next.stderr).toContain('ids.csv.rejected.five.ndjson');
    expect(linesIn(rejected)).toEqual(['2 invalid', '3 invalid']);
    expect(existsSync(join(folder, 'ids.csv.rejected.five.ndjson'))).toBe(true);
  });
});
