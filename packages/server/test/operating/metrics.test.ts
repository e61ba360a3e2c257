import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createDiskUse } from '../../src/metrics/disk-use.ts';
import { familiesOf, problemsOf } from './exposition.ts';
import { operatedServer, writeKey } from './support.ts';

/** /metrics counts what happened, by Prometheus's rules, and has all that the dashboard and the alerts of deploy/ ask for. */

let t: Awaited<ReturnType<typeof operatedServer>>;
let text: string;
const value = (line: string): number =>
  Number(
    text
      .split('\n')
      .find((each) => each.startsWith(`${line} `))
      ?.split(' ')[1],
  );

beforeAll(async () => {
  t = await operatedServer({ ONYM_KEY_RATE_MAX: '1', ONYM_ADDRESS_RATE_MAX: '0' });
  await t.post('/identify', { distinct_id: 'user_1', anonymous_id: 'anonymous-1' });
  await t.post('/alias', [
    { distinct_id: 'user_1', alias_id: 'crm:1' },
    { distinct_id: 'user_1', alias_id: 'crm:1' },
    { distinct_id: 'user_1', alias_id: 'null' },
  ]);
  await t.post('/identify', { distinct_id: 'user_2', anonymous_id: 'anonymous-1' });
  const uuid = '00000000-0000-4000-8000-000000000001';
  await t.post('/track', [
    { event: 'a', distinct_id: 'user_1', uuid },
    { event: 'a', distinct_id: 'user_1', uuid },
    { event: 'b', distinct_id: 'guest' },
  ]);
  for (let call = 0; call < 12; call++) await t.post('/track', { event: 'c', distinct_id: 'user_1' }, writeKey);
  const csv = 'distinct_id,alias_id\nuser_1,crm:2\nuser_1,null\n';
  for (const query of ['kind=alias&batch=one', 'kind=alias&dry_run=true', 'kind=alias&batch=one', 'kind=page']) {
    await t.server.app.inject({
      method: 'POST',
      url: `/v1/import?${query}`,
      headers: { authorization: 'Bearer sk_operating_test', 'content-type': 'text/csv' },
      payload: csv,
    });
  }
  await t.post('/v1/query', { sql: 'SELECT count() FROM events' });
  // Which writes those that wait.
  await t.get('/v1/dead-letters');
  ({ text } = await t.call('GET', '/metrics'));
});
afterAll(() => t.stop());

describe('/metrics', () => {
  it('is what promtool calls clean', () => {
    expect(problemsOf(text)).toEqual([]);
  });

  it('is judged by rules that find what is wrong', () => {
    const wrong = [
      '# HELP a_total h\n# TYPE a_total gauge\na_total 1',
      '# HELP a h\n# TYPE a counter\na 1',
      '# TYPE a_total counter\na_total 1',
      '# HELP a_total h\n# TYPE a_total counter\na_total{b="1",c="2"} 1\na_total{c="2",b="1"} 2',
      '# HELP a_ms h\n# TYPE a_ms gauge\na_ms 1',
      '# HELP a_milliseconds h\n# TYPE a_milliseconds gauge\na_milliseconds 1',
      '# HELP a_gauge h\n# TYPE a_gauge gauge\na_gauge 1',
      '# HELP a_count h\n# TYPE a_count gauge\na_count 1',
      '# HELP a h\n# TYPE a gauge\na{le="1"} 1',
      'a 1',
    ];
    for (const exposition of wrong) expect([exposition, problemsOf(exposition).length]).not.toEqual([exposition, 0]);
    expect(() => problemsOf('nonsense')).toThrow('not the text format');
  });

  it('counts what happened', () => {
    const lines = [
      'onym_verdicts_total{call="identify",verdict="applied"} 1',
      'onym_verdicts_total{call="identify",verdict="refused"} 1',
      'onym_verdicts_total{call="alias",verdict="applied"} 1',
      'onym_verdicts_total{call="alias",verdict="unchanged"} 1',
      'onym_verdicts_total{call="alias",verdict="held"} 0',
      'onym_verdicts_total{call="track",verdict="unchanged"} 1',
      'onym_identity_calls_repeated_total 1',
      'onym_events_reserved_total 1',
      'onym_events_duplicate_total 1',
      'onym_events_repeated_total 0',
      'onym_dead_letters_total 1',
      'onym_rejected_items_total{call="alias",error_code="reserved-distinct-id"} 1',
      'onym_dead_letters 1',
      'onym_dead_letters_dropped_total{reason="queue-full"} 0',
      'onym_rate_limited_requests_total{counted="key"} 2',
      'onym_rate_limited_requests_total{counted="address"} 0',
      'onym_imports_total{kind="import",outcome="done"} 2',
      'onym_imports_total{kind="dry-run",outcome="done"} 1',
      'onym_import_rows_total{kind="import",verdict="applied"} 1',
      'onym_import_rows_total{kind="import",verdict="invalid"} 1',
      'onym_imports_running 0',
      'onym_journal_bytes 0',
      'onym_journal_oldest_age_seconds 0',
      'onym_ready 1',
    ];
    const found = text.split('\n');
    expect(lines.filter((line) => !found.includes(line))).toEqual([]);
    expect(value('onym_verdicts_total{call="track",verdict="applied"}')).toBe(12);
    expect(value('onym_events_drained_total')).toBe(12);
    const head = value('onym_ledger_head_seq{environment="production"}');
    expect(head).toBeGreaterThan(3);
    expect(value('onym_projected_seq{environment="production"}')).toBe(head);
    expect(value('onym_map_pending_rows{environment="production"}')).toBeGreaterThan(0);
    for (const part of ['identity', 'journal', 'events', 'keys'])
      expect(value(`onym_data_bytes{part="${part}"}`)).toBeGreaterThan(0);
    expect(value('onym_disk_size_bytes')).toBeGreaterThan(value('onym_disk_free_bytes'));
    expect(value('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
  });

  it('says how long events have waited', async () => {
    await t.post('/track', { event: 'd', distinct_id: 'user_1' });
    ({ text } = await t.call('GET', '/metrics'));
    // It may have been drained meanwhile.
    if (value('onym_journal_bytes') > 0) expect(value('onym_journal_oldest_age_seconds')).toBeGreaterThan(0);
  });
});

describe('GET /v1/status', () => {
  it('tells the same', async () => {
    const { environment, all, node } = await t.get('/v1/status');
    ({ text } = await t.call('GET', '/metrics'));
    const counted = (metric: string) => value(metric);
    expect({ environment, all, node }).toEqual({
      environment: {
        name: 'production',
        events: expect.any(Number),
        ledger_head: counted('onym_ledger_head_seq{environment="production"}'),
        projected_seq: counted('onym_projected_seq{environment="production"}'),
        lag: 0,
        pending_rows: counted('onym_map_pending_rows{environment="production"}'),
        folded_age_seconds: null,
      },
      all: { dead_letters: 1, nodes: null },
      node: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        version: expect.any(String),
        since: expect.any(String),
        keeps: { calls: true, events: true, obstacles: [] },
        journal: { bytes: expect.any(Number), oldest_age_seconds: expect.any(Number), waiting_events: 0 },
        drained: { events: expect.any(Number), failures: 0 },
        quarantined: 0,
        calls: {
          track: { applied: counted('onym_verdicts_total{call="track",verdict="applied"}'), unchanged: 1 },
          identify: { applied: 1, unchanged: 0, refused: 1, held: 0 },
          alias: { applied: 1, unchanged: 1, refused: 0, held: 0 },
        },
        rejected: { alias: { 'reserved-distinct-id': 1 } },
        rate_limited: { key: 2, address: 0 },
        dead_letters: { kept: 1, waiting: 0, dropped: { 'queue-full': 0, 'write-failed': 0, 'newer-ones': 0 } },
        disk: { free_bytes: expect.any(Number), size_bytes: counted('onym_disk_size_bytes') },
      },
    });
    expect(environment.events + node.journal.bytes).toBeGreaterThan(11);
    expect(Date.now() - Date.parse(node.since)).toBeGreaterThan(0);
    expect(node.disk.free_bytes).toBeLessThan(node.disk.size_bytes);
  });

  it('is of the environment asked for, and the rest of all', async () => {
    const { environment, node } = await t.get('/v1/status?environment=staging');
    expect(environment).toMatchObject({ name: 'staging', events: 0, pending_rows: 0, lag: 0 });
    expect(node.calls.identify.refused).toBe(1);
    expect(await t.get('/v1/status?environment=nowhere')).toMatchObject({ error_code: 'environment-not-found' });
  });
});

describe('deploy/', () => {
  const read = (name: string) => readFileSync(new URL(`../../../../deploy/${name}`, import.meta.url), 'utf8');
  /** Names as Prometheus has them: a histogram's are those of its parts. */
  const shown = () =>
    new Set([...familiesOf(text)].flatMap(([name, { samples }]) => [name, ...samples.map((each) => each.name)]));
  const unknownIn = (expressions: readonly string[]): string[] => {
    const names = shown();
    return expressions
      .flatMap((expression) => expression.match(/\b(?:onym|nodejs|process)_\w+/g) ?? [])
      .filter((name) => !names.has(name));
  };

  it('alerts.yaml asks for metrics that there are, and says what each alert is', () => {
    const { groups } = parse(read('alerts.yaml')) as {
      groups: {
        rules: { alert: string; expr: string; labels: { severity: string }; annotations: Record<string, string> }[];
      }[];
    };
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(10);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { alert, expr, labels, annotations } of rules) {
      expect([alert, unknownIn([expr])]).toEqual([alert, []]);
      expect(expr).toMatch(/\b(?:onym|nodejs)_\w+|^up\{job="onym"\}/);
      expect(['warning', 'critical']).toContain(labels.severity);
      expect(Object.keys(annotations)).toEqual(['summary', 'description']);
    }
    const operating = readFileSync(new URL('../../../../docs/operating.md', import.meta.url), 'utf8');
    expect(rules.map(({ alert }) => alert).filter((alert) => !operating.includes(`\`${alert}\``))).toEqual([]);
  });

  it('grafana-dashboard.json asks for metrics that there are, and shows all of Onym’s', () => {
    const { panels } = JSON.parse(read('grafana-dashboard.json')) as {
      panels: {
        id: number;
        type: string;
        targets?: { expr: string }[];
        gridPos: { x: number; y: number; w: number; h: number };
      }[];
    };
    const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(unknownIn(expressions)).toEqual([]);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const asked = expressions.join(' ');
    const own = [...familiesOf(text).keys()].filter((name) => name.startsWith('onym_'));
    expect(own.filter((name) => !asked.includes(name))).toEqual([]);
    const overlaps = panels.filter((a, i) =>
      panels.some(
        (b, j) =>
          j > i &&
          a.gridPos.x < b.gridPos.x + b.gridPos.w &&
          b.gridPos.x < a.gridPos.x + a.gridPos.w &&
          a.gridPos.y < b.gridPos.y + b.gridPos.h &&
          b.gridPos.y < a.gridPos.y + a.gridPos.h,
      ),
    );
    expect(overlaps).toEqual([]);
    // Each of many nodes says it of all of them: a sum would count it as often as there are nodes.
    const ofAll = ['ledger_head_seq', 'projected_seq', 'map_pending_rows', 'dead_letters', 'nodes'];
    const summed = new RegExp(`sum[^(]*\\(.*\\bonym_(?:${ofAll.join('|')})\\b`);
    expect(expressions.filter((expression) => summed.test(expression))).toEqual([]);
    expect(expressions.filter((expression) => !expression.includes('{instance=~"$instance"'))).toEqual([]);
  });

  it('docs/operating.md names every metric', () => {
    const operating = readFileSync(new URL('../../../../docs/operating.md', import.meta.url), 'utf8');
    const own = [...familiesOf(text).keys()].filter((name) => name.startsWith('onym_'));
    expect(own.filter((name) => !operating.includes(`\`${name}`))).toEqual([]);
  });
});

describe('disk use', () => {
  it('adds up files by part, a file of two names once, and looks again after a minute', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'onym-disk-'));
    let time = 0;
    const disk = createDiskUse(directory, () => time);
    for (const name of ['identity.db', 'identity.db-wal', 'local-access.json', 'lock.db']) {
      writeFileSync(join(directory, name), Buffer.alloc(100_000));
    }
    const { mkdirSync, linkSync } = await import('node:fs');
    mkdirSync(join(directory, 'events', 'data'), { recursive: true });
    writeFileSync(join(directory, 'events', 'data', 'part'), Buffer.alloc(1_000_000));
    linkSync(join(directory, 'events', 'data', 'part'), join(directory, 'events', 'part'));
    const parts = await disk.parts();
    expect([...parts.keys()].sort()).toEqual(['events', 'identity']);
    expect(parts.get('identity')).toBeGreaterThanOrEqual(200_000);
    expect(parts.get('events')).toBeGreaterThanOrEqual(1_000_000);
    expect(parts.get('events')).toBeLessThan(2_000_000);
    rmSync(join(directory, 'events'), { recursive: true });
    expect(await disk.parts()).toBe(parts);
    time = 60_000;
    expect([...(await disk.parts()).keys()]).toEqual(['identity']);
    rmSync(directory, { recursive: true });
  });
});
