import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientOf, eventually } from '../system/client.ts';
import { onym, type Server, serve } from '../system/processes.ts';
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

it('a key that is made from a third machine works at both, and revoked at neither', async () => {
  const { ONYM_POSTGRES_URL } = engines.variables;
  const keys = (...args: string[]) => onym(['keys', ...args], { ONYM_POSTGRES_URL });
  const made = await keys('create', 'elsewhere', '--secret', '-e', 'production', '--json');
  const { secret } = JSON.parse(made.stdout);
  const statuses = () =>
    Promise.all([one, other].map(async ({ url }) => (await clientOf(url, secret).get('/v1/ledger')).status));
  await eventually(async () => (await statuses()).every((status) => status === 200), 'both know it');
  expect((await keys('revoke', 'elsewhere')).code).toBe(0);
  await eventually(async () => (await statuses()).every((status) => status === 401), 'both refuse it');
});

it('a node that starts again finds its keys where they were', async () => {
  const { dataDir } = other;
  expect((await other.stop()).code).toBe(0);
  other = await serve({ dataDir, variables: engines.variables });
  expect((await other.api.get('/v1/ledger')).status).toBe(200);
});
