import { setTimeout as sleep } from 'node:timers/promises';
import type { Operation } from '@onym/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReference } from '../../../core/src/testing/index.ts';
import type { Json } from '../system/client.ts';
import { onym, type Server, secretKey, serve } from '../system/processes.ts';
import { allIds, type Crowd, startCrowd } from './crowd.ts';
import { type Engines, startEngines } from './engines.ts';

/**
 * Three nodes on one PostgreSQL and one ClickHouse, and a crowd that calls them while one is killed, the event store is away, and PostgreSQL
 * restarts. In the end every call that was acknowledged is there once, and all nodes tell the same.
 */

const environment = 'production';

let engines: Engines;
const nodes: Server[] = [];
let crowd: Crowd;
let ledger: Json[];

beforeAll(async () => {
  engines = await startEngines();
  const { variables } = engines;
  nodes.push(...(await Promise.all([0, 1, 2].map(() => serve({ variables })))));
  const there = new Set(nodes);
  const pick = () => [...there][Math.floor(Math.random() * there.size)]!;
  crowd = startCrowd(16, pick);

  await sleep(2_000);
  const killed = nodes[2]!;
  await killed.kill();
  there.delete(killed);
  await sleep(1_000);
  await engines.front.become({ away: true });
  await sleep(4_000);
  await engines.front.become({});
  await sleep(1_000);
  await engines.postgres.down();
  await sleep(1_000);
  await engines.postgres.up();
  await sleep(1_000);
  nodes[2] = await serve({ variables, dataDir: killed.dataDir });
  there.add(nodes[2]);
  await sleep(3_000);
  await crowd.stop();
  // Each has what it took in the event store once it is asked.
  for (const node of nodes) await eventually(() => node.api.rows('SELECT count() FROM events'));
  ledger = await nodes[0]!.api.ledger();
});
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  await engines?.stop();
});

async function eventually<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (tries === 20) throw error;
      await sleep(500);
    }
  }
}

it('answers nothing but what faults explain', () => {
  expect(crowd.strange).toEqual([]);
  const sent = crowd.acknowledged.map((call) => call.sent);
  expect(crowd.acknowledged.length).toBeGreaterThan(1_000);
  // The faults were felt.
  expect(Math.max(...sent)).toBeGreaterThan(1);
});

it('has every acknowledged event once', async () => {
  const uuids = crowd.acknowledged.filter(({ path }) => path === '/track').map(({ body }) => body.uuid as string);
  for (const node of nodes) {
    const rows = await node.api.rows('SELECT toString(uuid) AS uuid, count() AS times FROM events GROUP BY uuid');
    const times = new Map(rows.map((row) => [row.uuid, Number(row.times)]));
    expect(uuids.filter((uuid) => times.get(uuid) !== 1).map((uuid) => [uuid, times.get(uuid) ?? 0])).toEqual([]);
    expect([...times.values()].filter((count) => count > 1)).toEqual([]);
  }
});

it('has every acknowledged call in one ledger without gaps, which each node tells the same', async () => {
  expect(ledger.map(({ seq }) => seq)).toEqual(ledger.map((_, index) => index + 1));
  for (const node of nodes.slice(1)) expect(await node.api.ledger()).toEqual(ledger);
  const bySeq = new Map(ledger.map((row) => [row.seq, row]));
  const wrong = crowd.acknowledged.filter(({ path, body, answer }) => {
    if (typeof answer.seq !== 'number' || path === '/v1/split') return false;
    const row = bySeq.get(answer.seq);
    const named = [row?.subject, row?.link?.primary_id, row?.link?.secondary_id];
    return ![body.distinct_id, body.alias_id, body.anonymous_id].some((id) => id !== undefined && named.includes(id));
  });
  expect(wrong).toEqual([]);
});

describe('one person after the other, in the order of the ledger', () => {
  const reference = createReference();
  const source = { key: secretKey, lib: null, batch: null, public: false };

  it('gives the verdicts that callers got', () => {
    const wrong: unknown[] = [];
    for (const row of ledger) {
      const asked = { timestamp: row.timestamp === null ? null : Date.parse(row.timestamp), source };
      const { outcome, verdict } = {
        outcome: reference.submit(operationOf(row, asked), Date.parse(row.time)),
        verdict: row.link?.verdict,
      };
      if (verdict === undefined) continue;
      if ('error' in outcome || outcome.verdict !== verdict) wrong.push([row, outcome]);
    }
    expect(wrong).toEqual([]);
  });

  it('gives the identities that every node has', async () => {
    for (const node of nodes) {
      const canonicals = await node.api.canonicals(allIds);
      expect(allIds.filter((id) => canonicals.get(id) !== reference.canonical(id))).toEqual([]);
      const rows = await node.api.rows('SELECT distinct_id, identity_id FROM identifiers');
      const groups = new Map(rows.map((row) => [row.distinct_id, row.identity_id]));
      for (const group of reference.partition()) {
        const found = new Set(group.filter((id) => groups.has(id)).map((id) => groups.get(id)));
        expect(found.size).toBeLessThanOrEqual(1);
      }
    }
  });
});

it('onym verify finds no difference from any node', async () => {
  for (const node of nodes) {
    const variables = { ...engines.variables, ONYM_DATA_DIR: node.dataDir };
    const { code, stdout, stderr } = await onym(['verify', '--environment', environment], variables);
    expect([code, stdout + stderr]).toEqual([0, expect.stringContaining('agree with the ledger')]);
  }
});

function operationOf(row: Json, asked: { timestamp: number | null; source: Operation['source'] }): Operation {
  const { op, subject, link } = row;
  if (op === 'alias') return { ...asked, op, kind: 'alias', primary: link.primary_id, secondary: link.secondary_id };
  if (op === 'track') return { ...asked, op, distinctId: link.primary_id, anonymousId: link.secondary_id };
  if (op === 'identify') {
    return { ...asked, op, distinctId: subject, anonymousId: link?.secondary_id ?? null, traits: [] };
  }
  if (op === 'split') return { ...asked, op, target: { a: row.a, b: row.b } };
  throw new Error(`No call of the crowd leaves a row of ${op}.`);
}
