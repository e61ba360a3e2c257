import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../system/client.ts';
import { onym, type Server, serve } from '../system/processes.ts';
import { type Engines, startEngines } from './engines.ts';

/** Who is erased at one node is erased at all of them, those that are away included. */

let engines: Engines;
let one: Server;
let other: Server;
beforeAll(async () => {
  engines = await startEngines();
  const { variables } = engines;
  [one, other] = await Promise.all([serve({ variables }), serve({ variables })]);
});
afterAll(async () => {
  await Promise.all([one?.stop(), other?.stop()]);
  await engines?.stop();
});

const seen = (distinct_id: string) => ({ event: 'seen', distinct_id });
const eventsOf = async (node: Server, id: string) =>
  Number((await node.api.rows(`SELECT count() AS n FROM events WHERE distinct_id = '${id}'`))[0].n);
const erase = (node: Server, id: string) => node.api.request('DELETE', `/v1/identities/${id}?by=distinct_id`);

it('events that another node has in its journal go too', async () => {
  await one.api.posted('/identify', { distinct_id: 'ada', anonymous_id: 'anonymous-1' });
  await engines.front.become({ away: true });
  for (let event = 0; event < 5; event++) await other.api.posted('/track', seen('anonymous-1'));
  await engines.front.become({});
  const { status, body } = await erase(one, 'ada');
  expect([status, body]).toMatchObject([200, { ok: true }]);
  await other.api.posted('/track', seen('stranger'));
  for (const node of [one, other]) {
    expect(await eventsOf(node, 'anonymous-1')).toBe(0);
    expect((await node.api.get('/v1/identities/ada?by=distinct_id')).status).toBe(404);
  }
});

it('a node that is away keeps an erasure open until it is back, or let go of', async () => {
  const away = await serve({ variables: engines.variables });
  await away.api.posted('/identify', { distinct_id: 'eve', anonymous_id: 'anonymous-2' });
  await engines.front.become({ away: true });
  await away.api.posted('/track', seen('anonymous-2'));
  await away.kill();
  await engines.front.become({});
  // Nobody waits for it any more.
  await sleep(11_000);
  const { status, body } = await erase(one, 'eve');
  expect([status, body.error_code]).toEqual([503, 'event-store-unavailable']);
  expect(body.message).toContain('a node that is away may hold events of it in its journal');
  const { stdout } = await onym(['nodes'], engines.variables);
  expect(stdout.match(/away/g)).toHaveLength(1);
  expect((await one.api.get('/v1/identities/eve?by=distinct_id')).status).toBe(404);

  const back = await serve({ variables: engines.variables, dataDir: away.dataDir });
  await eventually(async () => (await eventsOf(back, 'anonymous-2')) === 0, 'its events are gone, too');
  await back.stop();
  expect(JSON.parse((await onym(['nodes', '--json'], engines.variables)).stdout)).toHaveLength(2);
});

it('onym nodes says what there is, and what it can not do', async () => {
  const node = JSON.parse((await onym(['nodes', '--json'], engines.variables)).stdout)[0].id;
  expect(await onym(['nodes', 'retire', node], engines.variables)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is there. Stop its server first'),
  });
  expect(await onym(['nodes', 'retire', 'nobody'], engines.variables)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no node "nobody"'),
  });
  expect(await onym(['nodes'])).toMatchObject({ code: 2, stderr: expect.stringContaining('ONYM_POSTGRES_URL') });
});
