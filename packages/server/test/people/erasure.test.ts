import { expect, it } from 'vitest';
import { sharedServer } from './shared-server.ts';
import { differencesOf, filesWith, writeKey } from './support.ts';

const { client, server, directory } = sharedServer();

/** Nobody else's text holds one of these. */
const adasTexts = ['ada-lovelace', 'anonymous-ada', 'stripe:cus_ada', 'crm:ada', 'ada@example.org', 'Ockham Park'];
const uuid = /^[0-9a-f-]{36}$/;

async function ada(): Promise<void> {
  const { track, identify, alias, post } = client;
  await track('anonymous-ada', { properties: { page: 'Ockham Park' } });
  await identify('ada-lovelace', 'anonymous-ada', { email: 'ada@example.org', home: 'Ockham Park' });
  await identify('ada-lovelace', undefined, { home: 'London' });
  await alias('ada-lovelace', 'stripe:cus_ada');
  await track('stripe:cus_ada', { uuid: '11111111-1111-4111-8111-111111111111' });
  // Once hers, and taken off her again.
  await alias('ada-lovelace', 'crm:babbage');
  await post('/v1/split', { distinct_id: 'ada-lovelace', from: 'crm:babbage' });
  await post('/v1/separations', { a: 'crm:ada', b: 'bob' });
  await alias('ada-lovelace', 'crm:ada');
  const sql = "SELECT count() FROM events -- ada-lovelace\nWHERE distinct_id IN ('anonymous-ada', 'bob')";
  await post('/v1/queries', { name: 'Of ada-lovelace', sql });
}

async function bob(): Promise<void> {
  const { track, identify } = client;
  await identify('bob', 'anonymous-bob', { plan: 'pro' });
  // Refused, for the visitor is ada's: bob's city must stay all the same.
  expect(await identify('bob', 'anonymous-ada', { city: 'Rome' })).toMatchObject({ verdict: 'refused' });
  // This call alone says that carol is known.
  expect(await identify('carol', 'anonymous-ada')).toMatchObject({ verdict: 'refused' });
  await track('bob', { anonymous_id: 'anonymous-ada', device_id: 'crm:ada' });
  await track('crm:babbage');
}

it('asks how to read the id, and for a secret key', async () => {
  for (const query of ['', '?by=name', '?environment=production']) {
    const { status, text } = await client.call('DELETE', `/v1/identities/x${query}`);
    expect([status, JSON.parse(text).error_code]).toEqual([400, 'invalid-payload']);
  }
  const { status } = await client.call('DELETE', '/v1/identities/x?by=distinct_id', undefined, writeKey);
  expect(status).toBe(403);
  expect(await client.erase('never-seen')).toMatchObject({ ok: false, error_code: 'not-found' });
  expect(await client.erase('x', '&environment=nowhere')).toMatchObject({ error_code: 'environment-not-found' });
});

it('erases a person everywhere, and nobody else', async () => {
  const { erase, identity, ledger, query } = client;
  await ada();
  await bob();
  await client.call('POST', '/track', { distinct_id: 'ada-lovelace' });
  await client.call('POST', '/identify', { distinct_id: 'null', anonymous_id: 'anonymous-ada' });
  const neighbours = ['bob', 'carol', 'crm:babbage'];
  const before = await Promise.all(neighbours.map(identity));
  const rows = await ledger();

  const dry = await erase('anonymous-ada', '&dry_run=true');
  expect(dry).toMatchObject({ ok: true, verdict: 'applied', seq: null });
  expect(await ledger()).toEqual(rows);
  expect((await identity('ada-lovelace')).event_count).toBe(2);

  const receipt = await erase('anonymous-ada');
  expect(receipt).toEqual({
    ok: true,
    verdict: 'applied',
    seq: rows.length + 1,
    receipt: {
      id: expect.stringMatching(uuid),
      erased_at: expect.any(String),
      identifiers: 4,
      events: 2,
      links: 6,
      traits: 3,
      ledger_rows: 9,
      dead_letters: 2,
      separations: 2,
    },
  });
  const { id: _id, erased_at: _at, ...counts } = receipt.receipt;
  expect(dry.receipt).toMatchObject(counts);

  // The ledger: as many rows, in their places, and nothing of her.
  const after = await ledger();
  expect(after.map(({ seq }: { seq: number }) => seq)).toEqual([...rows.keys(), rows.length].map((index) => index + 1));
  expect(after.slice(0, -1).map(({ time }: { time: string }) => time)).toEqual(
    rows.map(({ time }: { time: string }) => time),
  );
  expect(after.at(-1)).toMatchObject({ op: 'erase', seq: receipt.seq, receipt: receipt.receipt });
  const blank = after.filter(({ op }: { op: string }) => op === 'erased');
  for (const row of blank) expect(row).toMatchObject({ reason: null, timestamp: null, source: { key: null } });
  expect(await differencesOf(server())).toEqual([]);

  // Queries and routes.
  const list = adasTexts.map((text) => `'${text}'`).join(',');
  expect(await query('SELECT distinct_id FROM events ORDER BY distinct_id')).toEqual([
    { distinct_id: 'bob' },
    { distinct_id: 'crm:babbage' },
  ]);
  expect(await query("SELECT anonymous_id, device_id FROM events WHERE distinct_id = 'bob'")).toEqual([
    { anonymous_id: null, device_id: null },
  ]);
  for (const table of ['events', 'identities', 'identifiers', 'links']) {
    expect(JSON.stringify(await query(`SELECT * FROM ${table}`))).not.toMatch(new RegExp(adasTexts.join('|')));
  }
  expect(await query(`SELECT * FROM identifiers WHERE distinct_id IN (${list})`)).toEqual([]);
  for (const route of ['conflicts', 'review', 'lint', 'ledger']) {
    expect((await client.call('GET', `/v1/${route}`)).text).not.toMatch(new RegExp(adasTexts.join('|')));
  }
  const saved = JSON.parse((await client.call('GET', '/v1/queries')).text);
  expect(saved.queries).toMatchObject([
    { name: 'Of erased', sql: "SELECT count() FROM events  \nWHERE distinct_id IN ('erased', 'bob')", version: 2 },
  ]);
  expect(await identity('ada-lovelace')).toMatchObject({ error_code: 'not-found' });

  // Others are who they were. What only she was evidence of, is no more.
  const [bobNow, carolNow] = await Promise.all(neighbours.map(identity));
  expect(bobNow).toEqual(before[0]);
  expect(bobNow.traits).toEqual({ plan: 'pro', city: 'Rome' });
  expect(carolNow).toEqual(before[1]);
  expect(carolNow.known).toBe(true);
  expect(await identity('crm:babbage')).toMatchObject({ known: false, identifier_count: 1, event_count: 1 });
});

it('leaves no name in the files beside the event store', async () => {
  expect(await filesWith(directory(), adasTexts)).toEqual([]);
});

it('greets the same ids as strangers', async () => {
  const { identify, track, identity, alias } = client;
  expect(await identify('ada-lovelace', 'anonymous-bob-2')).toMatchObject({
    verdict: 'applied',
    canonical_id: 'ada-lovelace',
  });
  // Separated before, and refused before: both are forgotten.
  expect(await alias('crm:ada', 'bob')).toMatchObject({ verdict: 'applied' });
  expect(await identify('carol', 'anonymous-ada')).toMatchObject({ verdict: 'applied' });
  await track('ada-lovelace');
  const now = await identity('ada-lovelace');
  expect(now).toMatchObject({ traits: {}, identifier_count: 2, event_count: 1 });
  expect((await identity('carol')).identifier_count).toBe(2);
  expect(await differencesOf(server())).toEqual([]);
});

it('erases a visitor who has nothing but events, by either name, and one environment only', async () => {
  const { track, erase, json, query, identity } = client;
  await track('visitor-1');
  await track('visitor-2');
  await track('visitor-2', { environment: 'staging' });
  expect(await erase('visitor-1')).toMatchObject({ receipt: { identifiers: 1, events: 1, ledger_rows: 0 } });
  const { identity_id } = await identity('visitor-2');
  const erased = await json('DELETE', `/v1/identities/${identity_id}?by=identity_id`);
  expect(erased).toMatchObject({ verdict: 'applied', receipt: { identifiers: 1, events: 1 } });
  expect(await query("SELECT count() AS n FROM events WHERE distinct_id LIKE 'visitor%'")).toEqual([{ n: 0 }]);
  const there = await json('GET', '/v1/identities/visitor-2?by=distinct_id&environment=staging');
  expect(there.event_count).toBe(1);
  expect(await erase('visitor-2')).toMatchObject({ error_code: 'not-found' });
});

it('erases what comes back again, and many identifiers at once', async () => {
  const { alias, track, erase, post } = client;
  const ids = Array.from({ length: 450 }, (_, index) => `crm:many-${index}`);
  await post(
    '/alias',
    ids.map((alias_id) => ({ distinct_id: 'many', alias_id })),
  );
  await post(
    '/track',
    ids.map((distinct_id) => ({ distinct_id, event: 'seen' })),
  );
  await track('many');
  expect((await erase('many')).receipt).toMatchObject({ identifiers: 451, events: 451, links: 450, ledger_rows: 450 });
  await alias('many', 'crm:many-1');
  expect((await erase('crm:many-1')).receipt).toMatchObject({ identifiers: 2, events: 0, links: 1, ledger_rows: 1 });
  expect(await differencesOf(server())).toEqual([]);
  expect(await filesWith(directory(), ['crm:many-'])).toEqual([]);
});
