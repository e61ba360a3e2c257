import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { databasesOf } from '../../src/events/databases.ts';
import { openEngine } from '../../src/events/engine.ts';
import { createEventStore } from '../../src/events/event-store.ts';
import { environment, event, insert, mapRow, node, projection, rows } from './fixtures.ts';

test('an event store of the first schema is projected anew, and keeps what is folded into its events', async () => {
  const path = await mkdtemp(join(tmpdir(), 'onym-migrations-'));
  const { data } = databasesOf(environment);
  try {
    const before = await createEventStore({ path });
    await before.prepare(environment);
    await insert(before, [event('phone'), event('web')]);
    await before.project(
      environment,
      projection(5, { identifiers: [mapRow('phone', 'web', 5), mapRow('web', 'web', 5)] }),
    );
    expect(await before.compact(environment, 5)).toBe(2);
    await before.close();

    const engine = await openEngine({ path });
    for (const statement of [
      `DROP TABLE ${data}.separations`,
      `ALTER TABLE ${data}.identifiers DROP COLUMN canonical_id, DROP COLUMN identified_seq`,
      `ALTER TABLE ${data}.identities DROP COLUMN traits_raw, DROP COLUMN trait_origins, DROP COLUMN other_traits, DROP COLUMN known_identifiers`,
      `ALTER TABLE ${data}.links DROP COLUMN rule, DROP COLUMN effective_time, DROP COLUMN waived, DROP COLUMN public`,
      `ALTER TABLE ${data}.migrations DELETE WHERE id > 1 SETTINGS mutations_sync = 2`,
    ]) {
      await engine.command(statement);
    }
    await engine.close();

    const after = await createEventStore({ path });
    await after.prepare(environment);
    expect(await after.projectedSeq(environment)).toBe(0);
    const who = () => rows(after, 'SELECT distinct_id, identity_id FROM events ORDER BY distinct_id');
    const folded = ['phone', 'web'].map((distinct_id) => ({ distinct_id, identity_id: node('web') }));
    expect(await who()).toEqual(folded);
    // In smaller steps than before: the rows' versions are lower, and they count all the same.
    await after.project(
      environment,
      projection(3, { identifiers: [mapRow('phone', 'web', 3), mapRow('web', 'web', 3)] }),
    );
    expect(await who()).toEqual(folded);
    const map = await after.readMap(environment, null, 10);
    expect(map.map(({ distinct_id, canonical_id }) => [distinct_id, canonical_id]).sort()).toEqual([
      ['phone', 'web'],
      ['web', 'web'],
    ]);
    await after.close();
  } finally {
    await rm(path, { recursive: true, force: true });
  }
});
