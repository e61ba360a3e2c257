import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Server, serve } from '../system/processes.ts';
import { type Engines, startEngines } from './engines.ts';

/** PostgreSQL is put back to a moment that ClickHouse is ahead of: what was decided since is undone in what SQL shows, and every event stays. */

let engines: Engines;
let node: Server;
const saved = () => `${engines.postgres.directory}.saved`;
const copy = (from: string, to: string) => execFileSync('cp', ['-a', from, to]);

beforeAll(async () => {
  engines = await startEngines();
  node = await serve({ variables: engines.variables });
});
afterAll(async () => {
  await node?.stop();
  await engines?.stop();
});

/** While PostgreSQL is away, and the node has stopped before. */
async function meanwhile(work: () => void): Promise<void> {
  await node.stop();
  await engines.postgres.down();
  work();
  await engines.postgres.up();
  node = await serve({ variables: engines.variables, dataDir: node.dataDir });
}

async function link(primary: string, secondary: string): Promise<void> {
  const alias = await node.api.posted('/alias', { distinct_id: primary, alias_id: secondary });
  expect(alias).toMatchObject({ verdict: 'applied' });
  for (const id of [primary, secondary]) await node.api.posted('/track', { event: 'seen', distinct_id: id });
}

const peopleAmong = (...ids: string[]) =>
  node.api.rows(
    `SELECT uniqExact(identity_id) AS people, count() AS events FROM events WHERE distinct_id IN (${ids.map((id) => `'${id}'`).join()})`,
  );

it('comes back to what was so, and goes on from there', async () => {
  await link('user_1', 'crm:1');
  await meanwhile(() => copy(engines.postgres.directory, saved()));

  await link('user_2', 'crm:2');
  await link('user_1', 'user_2');
  expect(await peopleAmong('user_1', 'crm:1', 'user_2', 'crm:2')).toEqual([{ people: 1, events: 6 }]);

  await meanwhile(() => {
    execFileSync('rm', ['-r', engines.postgres.directory]);
    copy(saved(), engines.postgres.directory);
  });
  expect(await peopleAmong('user_1', 'crm:1')).toEqual([{ people: 1, events: 3 }]);
  expect(await peopleAmong('user_2', 'crm:2')).toEqual([{ people: 2, events: 3 }]);

  // Its row takes the seq of another that is no more.
  await link('user_3', 'crm:3');
  expect(await peopleAmong('user_3', 'crm:3')).toEqual([{ people: 1, events: 2 }]);
  expect(await peopleAmong('user_1', 'user_2', 'crm:2', 'user_3')).toEqual([{ people: 4, events: 6 }]);
  expect(await node.api.rows('SELECT count() AS links FROM links')).toEqual([{ links: 2 }]);

  const told = await node.api.rows('SELECT distinct_id, toString(identity_id) AS identity_id FROM identifiers');
  const { body } = await node.api.post('/v1/resolve', {
    environment: 'production',
    distinct_ids: told.map((row) => row.distinct_id),
  });
  expect(told).toHaveLength(4);
  for (const row of told) expect(body.identities[row.distinct_id].identity_id).toBe(row.identity_id);
});
