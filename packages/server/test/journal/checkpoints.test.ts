import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Checkpoints, createCheckpoints } from '../../src/disk/checkpoints.ts';
import { openDatabase } from '../../src/disk/sqlite.ts';
import { temporaryDirectory } from './directories.ts';

const rows = 500;
const text = 'x'.repeat(4_000);

function opened() {
  const file = join(temporaryDirectory(), 'some.sqlite');
  const database = openDatabase(file);
  database.pragma('wal_autocheckpoint = 0');
  database.pragma('synchronous = NORMAL');
  database.exec('CREATE TABLE texts (text TEXT NOT NULL)');
  const insert = database.prepare<[string]>('INSERT INTO texts VALUES (?)');
  const checkpoints = createCheckpoints(file);
  onTestFinished(async () => {
    await checkpoints.close();
    database.close();
  });
  const write = () => {
    for (let row = 0; row < rows; row++) insert.run(text);
  };
  return { file, database, checkpoints, write };
}

const begun = (checkpoints: Checkpoints) => new Promise<void>((resolve) => checkpoints.begin(resolve));

test('what was written is copied into the file by a thread, while this one goes on writing', async () => {
  const { file, database, checkpoints, write } = opened();
  expect(checkpoints.isOpen()).toBe(false);
  for (let round = 1; round <= 3; round++) {
    write();
    const copied = begun(checkpoints);
    write();
    await copied;
    expect(statSync(file).size).toBeGreaterThan(rows * text.length * (2 * round - 1));
  }
  expect(database.prepare('SELECT count(*) AS count FROM texts').all()).toEqual([{ count: 6 * rows }]);
});

test('one that is under way is not begun twice, and is waited for', async () => {
  const { checkpoints, write } = opened();
  write();
  let ended = 0;
  checkpoints.begin(() => void ended++);
  checkpoints.begin(() => void ended++);
  await checkpoints.idle();
  expect(ended).toBe(1);
  await checkpoints.idle();
  await begun(checkpoints);
});

test('a thread that can not open the file ends and says so', async () => {
  const checkpoints = createCheckpoints(join(temporaryDirectory(), 'none', 'missing.sqlite'));
  await begun(checkpoints);
  await begun(checkpoints);
  await checkpoints.close();
  expect(checkpoints.isOpen()).toBe(false);
});
