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

it('what both were sent wrongly, either reports', async () => {
  const mistake = { environment: 'staging', properties: { $lib: 'shop' } };
  await one.api.posted('/alias', { ...mistake, distinct_id: 'user_1', alias_id: 'anonymous-1' });
  await one.api.get('/v1/lint?environment=staging');
  await other.api.posted('/alias', { ...mistake, distinct_id: 'user_2', alias_id: 'anonymous-2' });
  const { body } = await other.api.get('/v1/lint?environment=staging');
  const { findings } = body as { findings: { rule: string; examples: { distinct_id: string }[] }[] };
  const users = findings.flatMap(({ rule, examples }) => (rule === 'alias-at-login' ? examples : []));
  expect(users.map(({ distinct_id }) => distinct_id).sort()).toEqual(['user_1', 'user_2']);
});
