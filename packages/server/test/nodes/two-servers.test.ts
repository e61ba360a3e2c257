import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Server, serve } from '../system/processes.ts';
import { type Engines, startEngines } from './engines.ts';

/** Two servers on one PostgreSQL and one ClickHouse are one Onym. */

let engines: Engines;
let one: Server;
let other: Server;
beforeAll(async () => {
  engines = await startEngines();
  [one, other] = await Promise.all([serve({ variables: engines.variables }), serve({ variables: engines.variables })]);
});
afterAll(async () => {
  await Promise.all([one?.stop(), other?.stop()]);
  await engines?.stop();
});

it('what one links, the other resolves', async () => {
  const linked = await one.api.post('/alias', { distinct_id: 'user_1', alias_id: 'stripe:cus_1' });
  expect(linked.body).toMatchObject({ verdict: 'applied', canonical_id: 'user_1' });
  const { body } = await other.api.post('/v1/resolve', { environment: 'production', distinct_ids: ['stripe:cus_1'] });
  expect(body).toMatchObject({ identities: { 'stripe:cus_1': { canonical_id: 'user_1' } } });
});

it('what one is told the SQL of the other shows, merged and parted again', async () => {
  for (const distinct_id of ['anonymous-2', 'user_2']) {
    expect((await one.api.post('/track?sync=true', { event: 'seen', distinct_id })).body).toMatchObject({ ok: true });
  }
  const people = async (server: Server) => {
    const sql = `SELECT uniqExact(identity_id) AS n FROM events WHERE event = 'seen'`;
    const { body } = await server.api.post('/v1/query', { environment: 'production', sql, format: 'json' });
    return body.data;
  };
  expect(await people(other)).toEqual([{ n: 2 }]);
  await one.api.post('/identify', { distinct_id: 'user_2', anonymous_id: 'anonymous-2' });
  expect(await Promise.all([people(other), people(one)])).toEqual([[{ n: 1 }], [{ n: 1 }]]);
  await other.api.post('/v1/split', { distinct_id: 'anonymous-2', from: 'user_2' });
  expect(await Promise.all([people(one), people(other)])).toEqual([[{ n: 2 }], [{ n: 2 }]]);
});
