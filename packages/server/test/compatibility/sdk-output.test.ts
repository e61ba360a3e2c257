import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { defaultSettings } from '@onym/core';
import { createOnym, Onym } from '@onym/sdk';
import { simulatedBrowser } from '@onym/sdk/testing';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { beforeAll, describe, expect, it } from 'vitest';
import { listening } from '../../../../test-support/listening.ts';
import { python, pythonObstacle } from '../../../../test-support/python.ts';
import { callReaders } from '../../src/http/protocols/onym.ts';
import { aliasSchema, identifySchema, trackSchema } from '../../src/http/protocols/onym-schemas.ts';
import { type ItemContext, itemOf, libOf, readAlias, readIdentify, readTrack } from '../../src/ingest/read-call.ts';
import { eventually } from '../system/client.ts';

/** What our own clients really send, read with the server's own schemas and readers. */

type Route = 'track' | 'identify' | 'alias';
interface Sent {
  readonly route: Route;
  readonly item: Record<string, unknown>;
}

const schemas: Record<Route, { body: TSchema }> = {
  track: trackSchema as { body: TSchema },
  identify: identifySchema as { body: TSchema },
  alias: aliasSchema as { body: TSchema },
};

/** Fields that clients send beyond what a route reads: they name the browser in every call alike. */
const passedOver: Record<Route, readonly string[]> = {
  track: [],
  identify: ['device_id'],
  alias: ['device_id', 'anonymous_id'],
};

const context: ItemContext = {
  now: Date.parse('2026-11-23T12:00:00.000Z'),
  key: 'test',
  public: false,
  small: true,
  newUuid: () => 'made by the server',
  namesByContent: true,
};

const readers: Record<Route, (item: Record<string, unknown>) => unknown> = {
  track: (item) => readTrack(itemOf(item), String(item.environment), defaultSettings, context),
  identify: (item) => readIdentify(itemOf(item), defaultSettings, context),
  alias: (item) => readAlias(itemOf(item), defaultSettings, context),
};

/** Takes requests, answers them as accepted, and keeps what they held. */
async function recorder() {
  const sent: Sent[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (more: string) => {
      text += more;
    });
    request.on('end', () => {
      const body = JSON.parse(text);
      const items: Sent['item'][] = Array.isArray(body) ? body : [body];
      sent.push(...items.map((item) => ({ route: request.url!.slice(1).split('?')[0] as Route, item })));
      const results = items.map(() => ({ ok: true, verdict: 'applied', seq: null }));
      const answer = Array.isArray(body) ? { ok: true, accepted: items.length, rejected: [], results } : results[0];
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    });
  });
  return {
    sent,
    url: `http://127.0.0.1:${await listening(server)}`,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function ofBrowser(baseUrl: string): Promise<void> {
  const browser = simulatedBrowser();
  const page = browser.open('https://shop.example/?utm_source=x', 'https://search.example/');
  const onym = createOnym(page.platform);
  onym.init('pk_test_12345', { baseUrl, release: '1.2.3' });
  onym.track('clicked', { label: 'Ü', nested: { list: [1, null] } }, { timestamp: 1_700_000_000 });
  onym.identify('user_1', { plan: 'pro' }, { traitsOnce: { first_page: '/' }, timestamp: new Date(0) });
  onym.updateTraits({ plan: 'free' });
  onym.alias('stripe:cus_1');
  onym.page('/about');
  await onym.flush();
  onym.reset({ resetDeviceId: true });
  onym.track('by beacon');
  page.close();
}

async function ofNode(baseUrl: string): Promise<void> {
  for (const batching of [false, true]) {
    const onym = new Onym({ apiKey: 'sk_test_12345', baseUrl, batching });
    const common = { environment: 'staging', timestamp: new Date(0), batch: 'b' };
    const calls = [
      onym.track({
        event: 'x',
        distinctId: 'user_1',
        anonymousId: 'anonymous-1',
        deviceId: 'd',
        sessionId: 's',
        properties: { a: 1 },
        uuid: 'u',
        ...common,
      }),
      onym.track({ event: 'x', anonymousId: 'anonymous-1' }),
      onym.identify({ distinctId: 'user_1', anonymousId: null, traits: { a: 1 }, traitsOnce: { b: null }, ...common }),
      onym.alias({ distinctId: 'user_1', newUserId: 'crm:1', ...common }),
      onym.alias({ distinctId: 'user_1', aliasId: 'crm:2', timestamp: 1_700_000_000_123 }),
    ];
    await onym.shutdown();
    await Promise.all(calls);
  }
}

const script = `
import sys
from datetime import datetime, timezone
from onym import Onym
client = Onym(api_key="sk_test_12345", base_url=sys.argv[1])
moment = datetime(2026, 1, 1, tzinfo=timezone.utc)
client.track(event="x", distinct_id="user_1", anonymous_id="anonymous-1", device_id="d", session_id="s", properties={"a": 1}, timestamp=moment, uuid="u")
client.track(event="x", distinct_id="user_1", timestamp=1700000000)
client.identify(distinct_id="user_1", anonymous_id="anonymous-1", traits={"a": 1}, traits_once={"b": None}, environment="staging")
client.alias(distinct_id="user_1", new_user_id="stripe:cus_1")
client.alias(distinct_id="user_1", alias_id="crm:1", timestamp="2026-01-01T00:00:00Z")
`;

async function ofPython(baseUrl: string): Promise<void> {
  const PYTHONPATH = fileURLToPath(new URL('../../../../clients/python', import.meta.url));
  const child = spawn(python, ['-c', script, baseUrl], { env: { ...process.env, PYTHONPATH }, stdio: 'inherit' });
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
}

const clients = {
  'onym-js': { make: ofBrowser, calls: { track: 4, identify: 2, alias: 1 } },
  'onym-node': { make: ofNode, calls: { track: 4, identify: 2, alias: 4 } },
  'onym-python': { make: ofPython, calls: { track: 2, identify: 1, alias: 2 } },
} as const;

describe.each(Object.entries(clients))('%s', (lib, { make, calls }) => {
  const lacking = lib === 'onym-python' ? pythonObstacle() : null;
  if (lacking !== null) return it.skip(lacking, () => {});

  let sent: Sent[];
  beforeAll(async () => {
    const { sent: received, url, stop } = await recorder();
    await make(url);
    const count = calls.track + calls.identify + calls.alias;
    // A beacon is not waited for by who sends it.
    await eventually(async () => received.length >= count, `${count} calls`);
    sent = received;
    stop();
  });

  it('sends every kind of call', () => {
    const counts = { track: 0, identify: 0, alias: 0 };
    for (const { route } of sent) counts[route]++;
    expect(counts).toEqual(calls);
  });

  it.each(['track', 'identify', 'alias'] as const)('%s is what the schema says, and nothing beyond it', (route) => {
    const { body } = schemas[route];
    const check = Compile(body);
    const [itemSchema] = (body as unknown as { anyOf: [{ properties: object }] }).anyOf;
    const declared = [...Object.keys(itemSchema.properties), ...passedOver[route]];
    for (const { item } of sent.filter((one) => one.route === route)) {
      expect([...check.Errors(item)]).toEqual([]);
      expect(Object.keys(item).filter((field) => !declared.includes(field))).toEqual([]);
    }
  });

  it.each(['track', 'identify', 'alias'] as const)('%s is taken by the reader, and names its library', (route) => {
    for (const { item } of sent.filter((one) => one.route === route)) {
      expect(() => readers[route](item)).not.toThrow();
      expect(callReaders[route].fields.unknownIn(item)).toEqual([]);
      expect(libOf(itemOf(item), item.properties)).toBe(lib);
      expect(item.timestamp).toBeDefined();
      if (route === 'track') expect(item.uuid).toEqual(expect.any(String));
    }
  });
});
