import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { matchesShown, snippetsOf } from '../test-support/markdown.ts';
import { inBash, onymOnPath, orNo } from '../test-support/onym-on-path.ts';

/** Runs the commands of coming-from.md, in their order, on files as the vendors write them, in a folder where nothing is. */

const page = readFileSync(new URL('coming-from.md', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'onym-coming-from-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lines = (...rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const visitor = '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';

const posthogEvent = (event: string, distinct_id: string, timestamp: string, properties: object) => ({
  uuid: crypto.randomUUID(),
  event,
  distinct_id,
  properties: { $lib: 'web', ...properties },
  timestamp,
  person_id: '018f0000-0000-7000-8000-000000000001',
});
const segmentCall = (type: string, messageId: string, more: object) => ({
  type,
  messageId,
  timestamp: '2025-05-06T07:08:09.000Z',
  receivedAt: '2025-05-06T07:08:11.000Z',
  context: { library: { name: 'analytics.js' } },
  integrations: {},
  ...more,
});
const mixpanelEvent = (event: string, $insert_id: string, properties: object) => ({
  event,
  properties: { time: 1_746_515_289, $insert_id, ...properties },
});
const amplitudeEvent = (event_type: string, $insert_id: string, more: object) => ({
  event_type,
  $insert_id,
  device_id: 'b7f3R',
  event_time: '2025-05-06 07:08:09.123000',
  event_properties: {},
  user_properties: {},
  session_id: 1_746_515_289_123,
  city: 'Ulm',
  platform: 'Web',
  ...more,
});

const files: Readonly<Record<string, string | Buffer>> = {
  'posthog-persons.jsonl': lines(
    {
      id: '1',
      distinct_ids: ['ph_1', visitor, 'ann@example.com'],
      properties: { plan: 'pro' },
      created_at: '2025-01-02T03:04:05Z',
    },
    {
      id: '2',
      distinct_ids: ['0190a1b2-0000-7000-8000-000000000002'],
      properties: { $initial_referrer: '$direct' },
      created_at: '2025-01-02T03:04:05Z',
    },
  ),
  'posthog-events.jsonl': lines(
    posthogEvent('$pageview', visitor, '2025-05-06T07:08:09Z', { $set_once: { first_page: '/pricing' } }),
    posthogEvent('$identify', 'ph_1', '2025-05-06T07:09:09Z', { $anon_distinct_id: visitor, $set: { plan: 'team' } }),
    posthogEvent('$identify', 'ph_9', '2025-05-07T07:09:09Z', { $anon_distinct_id: visitor }),
  ),
  'segment-archive.json.gz': gzipSync(
    lines(
      segmentCall('page', 'ajs-1', { anonymousId: 'seg-1', properties: { url: 'https://example.com/' } }),
      segmentCall('identify', 'ajs-2', { userId: 'sg_1', anonymousId: 'seg-1', traits: { plan: 'pro' } }),
      segmentCall('track', 'ajs-3', { userId: 'sg_1', event: 'Order Completed', properties: { total: 9.5 } }),
      segmentCall('alias', 'ajs-4', { userId: 'sg_1', previousId: 'sg-old-1' }),
    ),
  ),
  'identifies.csv': [
    'id,anonymous_id,user_id,context_ip,context_traits_email,plan,received_at',
    'm1,seg-2,sg_2,192.0.2.1,bob@example.com,free,2025-05-06 07:08:09.000 UTC',
    '',
  ].join('\n'),
  'mixpanel-events.ndjson': lines(
    mixpanelEvent('Visit', 'i1', { distinct_id: '$device:d1', $device_id: 'd1', $browser: 'Firefox' }),
    mixpanelEvent('Signed Up', 'i2', { distinct_id: 'mp_1', $user_id: 'mp_1', $device_id: 'd1' }),
  ),
  'mixpanel-people.json': JSON.stringify({
    page: 0,
    status: 'ok',
    results: [
      {
        $distinct_id: 'mp_1',
        $properties: { $email: 'cid@example.com', plan: 'pro', $last_seen: '2025-05-06T07:08:09' },
      },
    ],
  }),
  'amplitude-events.json.gz': gzipSync(
    lines(
      amplitudeEvent('page_view', 'a1', { user_id: null }),
      amplitudeEvent('order', 'a2', {
        user_id: 'am_1',
        event_properties: { total: 9.5 },
        user_properties: { plan: 'pro' },
      }),
    ),
  ),
};

beforeAll(() => {
  for (const [name, contents] of Object.entries(files)) writeFileSync(join(folder, name), contents);
});

const run = (code: string): Promise<string> =>
  inBash(orNo(code), folder, { ...onymOnPath(join(folder, 'bin')), ONYM_DATA_DIR: join(folder, 'onym-data') });

const snippets = snippetsOf(page).filter(({ kind }) => kind === 'sh');

it('has a command for each vendor', () => expect(snippets.length).toBeGreaterThan(6));

it.for(snippets.map((snippet) => [`line ${snippet.line}`, snippet] as const))('%s', async ([, { code, shown }]) => {
  const printed = await run(code);
  if (shown !== null && !matchesShown(printed, shown)) expect(printed).toBe(shown);
});
