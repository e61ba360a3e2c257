import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Progress } from '../../src/import/progress.ts';
import { emptyTally } from '../../src/import/run.ts';
import { openImportProgress } from '../../src/stores.ts';
import { type Places, placeKinds, startPlaces } from '../nodes/places.ts';

const begun: Progress = {
  fingerprint: 'f/m',
  fileName: 'ids.csv',
  line: 500,
  tally: { ...emptyTally(), rows: 500, reasons: { separated: 2 } },
  headBefore: 7,
  head: 480,
  state: 'running',
};

describe.each(placeKinds)('the progress of imports in %s', (kind) => {
  let places: Places;
  beforeAll(async () => {
    places = await startPlaces(kind);
  });
  afterAll(() => places?.stop());
  const open = (name: string) =>
    places.open(name, (importsFile, shared) => openImportProgress({ importsFile }, shared));

  it('is what was saved last, by environment and batch, over a restart', async () => {
    const progress = await open('kept');
    expect(await progress.find('production', 'b')).toBeNull();
    await progress.save('production', 'b', begun, 1);
    await progress.save('staging', 'b', { ...begun, fileName: null }, 1);
    const done: Progress = { ...begun, line: Number.MAX_SAFE_INTEGER, head: 1_000, state: 'done' };
    await progress.save('production', 'b', done, 2);
    await progress.close();
    const again = await open('kept');
    expect(await again.find('production', 'b')).toEqual(done);
    expect(await again.find('staging', 'b')).toEqual({ ...begun, fileName: null });
    expect(await again.find('production', 'B')).toBeNull();
    await again.close();
  });

  it('is taken back with its batch, and that of no batch is nothing', async () => {
    const progress = await open('reverted');
    await progress.save('production', 'b', begun, 1);
    await progress.reverted('production', 'b');
    await progress.reverted('production', 'never imported');
    expect(await progress.find('production', 'b')).toEqual({ ...begun, state: 'reverted' });
    expect(await progress.find('production', 'never imported')).toBeNull();
    await progress.close();
  });

  it('takes whatever a batch and a file may be called', async () => {
    const progress = await open('names');
    const odd: Progress = { ...begun, fileName: 'tab\t\u0000 𝒳' };
    await progress.save('production', 'b\u0000', odd, 1);
    expect(await progress.find('production', 'b\u0000')).toEqual(odd);
    await progress.close();
  });
});
