import { describe, expect, test } from 'vitest';
import { onServers } from '../nodes/engines-under-test.ts';
import { dataDirectory, type Server, secretKey, serve } from './processes.ts';

/** The way of an event, sent as text and read as text: what bytes go in, and what is told of them wherever events are read. */

const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const long = 'é💥x'.repeat(30_000);

interface Case {
  readonly name: string;
  readonly sent: string;
  /** Where it is not what was sent. */
  readonly told?: string;
}

/** Properties; keys in the order in which the engine shows them. */
const cases: readonly Case[] = [
  {
    name: 'integers of 64 bits and more',
    sent: '{"a":9223372036854775807,"b":-9223372036854775808,"c":18446744073709551615,"d":123456789012345678901234567890,"e":9007199254740993}',
  },
  { name: 'long digits that are no integers', sent: '{"a":"1234567890123456789","b":0.1234567890123456}' },
  {
    name: 'numbers written otherwise',
    sent: '{"a":-0,"b":1.0,"c":1e3,"d":0.50}',
    told: '{"a":0,"b":1,"c":1000,"d":0.5}',
  },
  { name: 'a key that comes twice', sent: '{"a":1,"b":2,"a":{"c":3}}', told: '{"a":{"c":3},"b":2}' },
  {
    name: 'escapes',
    sent: '{"a":"\\u0041\\/\\u00e9\\ud83d\\ude00","\\u0062":"\\\\\\"\\n\\t\\u2028"}',
    told: '{"a":"A/é😀","b":"\\\\\\"\\n\\t\u2028"}',
  },
  { name: 'lone surrogates', sent: '{"a":"x\\ud800","b":["\\udc00y"]}', told: '{"a":"x\ufffd","b":["\ufffdy"]}' },
  { name: 'NUL', sent: '{"a":"x\\u0000y"}' },
  {
    name: 'what looks like the rest of a row',
    sent: '{"a":",\\"properties\\":{},\\"properties_raw\\":\\"","properties":{"properties_raw":"{}"}}',
  },
  { name: 'what the column does not keep', sent: '{"a.b":1,"none":null,"empty":{}}' },
  { name: 'as deep as may be', sent: nested(31) },
  { name: 'as long as may be', sent: `{"a":"${long}"}` },
  { name: 'blanks', sent: ' {\n "a" : [ 1 ,\t2 ] } ', told: '{"a":[1,2]}' },
  { name: 'nothing', sent: '{}' },
];
/** Ids and names that end lines and texts. */
const oddId = 'id "quoted",\n"properties":{} é💥';
const oddName = 'name",\n"properties":{"x":1}\u0000';

const post = async (server: Server, path: string, body: string): Promise<string> => {
  const headers = { authorization: `Bearer ${secretKey}` };
  return (await fetch(server.url + path, { method: 'POST', headers, body })).text();
};
const read = async (server: Server, path: string): Promise<string> =>
  (await fetch(server.url + path, { headers: { authorization: `Bearer ${secretKey}` } })).text();

const itemOf = ({ sent }: Case, index: number): string =>
  `{"event":${JSON.stringify(oddName)},"distinct_id":${JSON.stringify(`${oddId}${index}`)},"uuid":"case-${index}",` +
  `"session_id":"s","properties":${sent}}`;

async function theyComeBack(variables: Record<string, string>): Promise<void> {
  const dataDir = dataDirectory();
  let server = await serve({ dataDir, variables });
  const array = `[${cases.map(itemOf).join(',')}]`;
  expect(await post(server, '/track', array)).toContain(`"accepted":${cases.length},"rejected":[]`);
  // Single ones go beside others.
  const singles = cases.map((one, index) => itemOf(one, index).replaceAll('case-', 'single-'));
  for (const answer of await Promise.all(singles.map((item) => post(server, '/track', item)))) {
    expect(answer).toMatch(/^\{"ok":true,"verdict":"applied",/);
  }
  await server.kill();
  server = await serve({ dataDir, variables });
  // Sent again, it counts once.
  expect(await post(server, '/track', singles[0]!)).toContain('"ok":true');
  // The engine writes escapes in its own way there.
  const exported = (await read(server, '/v1/export/events?format=ndjson'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { distinct_id: string; properties: object });
  for (const [index, { name, sent, told = sent }] of cases.entries()) {
    const id = `${oddId}${index}`;
    const timeline = await read(server, `/v1/identities/${encodeURIComponent(id)}/events`);
    expect(timeline.split(`"properties":${told}`).length, name).toBe(3);
    const { events } = JSON.parse(timeline) as { events: { event: string; distinct_id: string; session_id: string }[] };
    expect(events, name).toMatchObject(Array(2).fill({ event: oddName, distinct_id: id, session_id: 's' }));
    const properties = exported.filter((event) => event.distinct_id === id).map((event) => event.properties);
    expect(properties, name).toEqual(Array(2).fill(JSON.parse(told)));
  }
  await server.stop();
}

describe('events come back as they were sent, over a kill and a restart', () => {
  test('acknowledged by the journal', () => theyComeBack({}));
  // It needs an event store by URL.
  test.runIf(onServers)('acknowledged by the event store', () => theyComeBack({ ONYM_ACKNOWLEDGE: 'event-store' }));
});
