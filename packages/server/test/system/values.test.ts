import { beforeAll, describe, expect, test } from 'vitest';
import { onServers } from '../nodes/engines-under-test.ts';
import { dataDirectory, onym, type Server, secretKey, serve } from './processes.ts';

/** What calls carry, sent as text and read as text: no parser of the tests' own comes between. */

let server: Server;
const dataDir = dataDirectory();

beforeAll(async () => {
  server = await serve({ dataDir });
});

const asText = async (method: string, path: string, body?: string, headers: Record<string, string> = {}) => {
  const response = await fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${secretKey}`, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  return response.text();
};
const post = (path: string, body: string) => asText('POST', path, body);
const get = (path: string) => asText('GET', path);
const query = async (sql: string) => (await post('/v1/query', JSON.stringify({ sql, format: 'ndjson' }))).trim();

describe('integers beyond a double', () => {
  // In the order in which profiles show keys.
  const json =
    '{"beyond":123456789012345678901234567890,"largest":18446744073709551615,"least":-9223372036854775808,"list":[9007199254740995,{"id":-9007199254740997}],"order_id":9007199254740993,"price":1.25,"small":7}';
  const holdsAll = (text: string, escaped = false) => {
    const wanted = escaped ? json.replaceAll('"', '""') : json;
    expect(text).toContain(wanted);
  };

  test('events keep every digit wherever they are read, over a kill and a restart', async () => {
    await post('/track', `{"event":"ordered","distinct_id":"digits","properties":${json}}`);
    await server.kill();
    server = await serve({ dataDir });
    holdsAll(await get('/v1/identities/digits/events'));
    holdsAll(await get('/v1/identities/digits/export'));
    holdsAll(await get('/v1/export/events?format=ndjson'));
    holdsAll(await get('/v1/export/events?format=csv'), true);
    const columns = ['order_id', 'largest', 'least', 'beyond'].map((key) => `properties.${key} AS ${key}`);
    expect(await query(`SELECT ${columns.join(', ')} FROM events WHERE event = 'ordered'`)).toBe(
      '{"order_id":9007199254740993,"largest":18446744073709551615,"least":-9223372036854775808,"beyond":1.2345678901234568e29}',
    );
    expect(await query(`SELECT count() AS n FROM events WHERE properties.order_id = 9007199254740993`)).toBe('{"n":1}');
    const cli = ['--data-dir', dataDir];
    const shown = await onym(['query', 'SELECT properties.order_id FROM events', ...cli]);
    expect(shown.stdout).toContain('9007199254740993');
  });

  test('traits keep every digit wherever they are read, and an equal one is a repeat', async () => {
    const call = (id: string) => `{"distinct_id":"${id}","traits":${json}}`;
    expect(await post('/identify', call('traits-1'))).toContain('"verdict":"applied"');
    expect(await post('/identify', call('traits-1'))).toContain('"verdict":"unchanged"');
    const other = call('traits-1').replace('9007199254740993', '9007199254740992');
    expect(await post('/identify', other)).toContain('"verdict":"applied"');
    expect(await post('/identify', call('traits-1'))).toContain('"verdict":"applied"');
    await server.stop();
    server = await serve({ dataDir });
    expect(await post('/identify', call('traits-1'))).toContain('"verdict":"unchanged"');
    holdsAll(await get('/v1/identities/traits-1'));
    for (const value of ['9007199254740993', '9007199254740992']) {
      expect(await get('/v1/identities/traits-1/traits/order_id')).toContain(`"value":${value},`);
      expect(await get('/v1/identities/traits-1/export')).toContain(`"value":${value},`);
      expect(await get('/v1/ledger?after=0')).toContain(`{"key":"order_id","value":${value},"once":false}`);
    }
    holdsAll(await get('/v1/export/identities?format=ndjson'));
    const traits = await query(`SELECT traits FROM identities WHERE canonical_id = 'traits-1'`);
    for (const part of ['"order_id":9007199254740993', '"largest":18446744073709551615', '"id":-9007199254740997']) {
      expect(traits).toContain(part);
    }
    const preview = await post('/alias?dry_run=true', '{"distinct_id":"traits-2","alias_id":"traits-1"}');
    expect(preview).toContain('"key":"order_id","to":9007199254740993}');
    expect(preview).toContain('"key":"beyond","to":123456789012345678901234567890}');
    await post('/alias', '{"distinct_id":"traits-2","alias_id":"traits-1"}');
    const split = await post('/v1/split?dry_run=true', '{"distinct_id":"traits-2","from":"traits-1"}');
    expect(split).toContain('123456789012345678901234567890');
    const cli = ['--data-dir', dataDir];
    const told = await onym(['split', 'traits-2', 'traits-1', '--dry-run', '--json', ...cli]);
    expect(told.stdout).toContain('9007199254740993');
    expect((await onym(['verify', ...cli])).code).toBe(0);
  });

  test('the live ledger says them too', async () => {
    const after = JSON.parse(await post('/identify', '{"distinct_id":"live","traits":{"n":12345678901234567891}}')).seq;
    const gone = new AbortController();
    const response = await fetch(`${server.url}/v1/ledger?after=${after - 1}`, {
      headers: { authorization: `Bearer ${secretKey}`, accept: 'text/event-stream' },
      signal: gone.signal,
    });
    let text = '';
    for await (const chunk of response.body!) {
      text += Buffer.from(chunk as Uint8Array).toString('utf8');
      if (text.includes('data: ') && text.endsWith('\n\n')) break;
    }
    gone.abort();
    expect(text).toContain('"value":12345678901234567891');
  });

  test('imports keep them, typed cells of CSV included, and say them of rows they reject', async () => {
    const imported = (name: string, type: string, body: string, rest = '') =>
      asText('POST', `/v1/import?batch=${name}${rest}`, body, { 'content-type': type, accept: 'application/json' });
    const lines = `{"user_id":1234567890123456789,"traits":${json}}\n{"user_id":0,"traits":{"n":9007199254740993}}\n`;
    const answer = await imported('digits-ndjson', 'application/x-ndjson', lines);
    expect(answer).toContain('"applied":1,');
    expect(answer).toContain('"row":{"user_id":0,"traits":{"n":9007199254740993}}');
    holdsAll(await get('/v1/identities/1234567890123456789'));
    const csv = 'user_id,account,more\ncsv-1,9007199254740993,"{""n"":9007199254740993}"\n';
    await imported('digits-csv', 'text/csv', csv, '&kind=identify&trait=account:number&trait=more:json');
    expect(await get('/v1/identities/csv-1')).toContain(
      '"traits":{"account":9007199254740993,"more":{"n":9007199254740993}}',
    );
    const events = `{"event":"sold","distinct_id":"imported","timestamp":"2026-01-01","properties":${json}}\n`;
    await imported('digits-events', 'application/x-ndjson', events);
    holdsAll(await get('/v1/identities/imported/events'));
  });
});

describe('ids as numbers', () => {
  test('are the text of their digits on every route', async () => {
    await post('/identify', '{"distinct_id":501,"anonymous_id":2234567890123456789}');
    await post('/alias', '[{"distinct_id":501,"alias_id":502},{"distinct_id":501,"new_user_id":503}]');
    await post(
      '/track',
      '[{"event":"n","distinct_id":501,"session_id":9,"uuid":77},{"event":"n","distinct_id":501,"uuid":"77"}]',
    );
    const profile = JSON.parse(await get('/v1/identities/501'));
    expect(profile).toMatchObject({ canonical_id: '501', identifier_count: 4, event_count: 1 });
    expect(profile.identifiers.map((row: { distinct_id: string }) => row.distinct_id)).toEqual([
      '2234567890123456789',
      '501',
      '502',
      '503',
    ]);
    const { identities } = JSON.parse(await post('/v1/resolve', '{"distinct_ids":[2234567890123456789,"503"]}'));
    expect(Object.keys(identities).sort()).toEqual(['2234567890123456789', '503']);
    const split = JSON.parse(await post('/v1/split', '{"distinct_id":501,"from":503}'));
    expect(split).toMatchObject({ verdict: 'applied', separations: [{ a: '501', b: '503' }] });
    const separated = JSON.parse(await post('/v1/separations', '{"a":501,"b":9007199254740993}'));
    expect(separated).toMatchObject({ ok: true, verdict: 'applied' });
    const lifted = await asText('DELETE', '/v1/separations', '{"a":9007199254740993,"b":501}', {
      'content-type': 'application/json',
    });
    expect(JSON.parse(lifted)).toMatchObject({ ok: true, verdict: 'applied' });
  });
});

describe('properties with dots in their keys', () => {
  test('are exact on the timeline, and both ways to one path are readable in SQL', async () => {
    const properties = '{"a":{"b":2},"a.b":1,"c.d":"x"}';
    await post('/track', `{"event":"dotted","distinct_id":"dots","properties":${properties}}`);
    await post('/identify', `{"distinct_id":"dots","traits":${properties}}`);
    expect(await get('/v1/identities/dots/events')).toContain(`"properties":${properties}`);
    expect(
      await query(
        "SELECT properties.`a%2Eb` AS dotted, properties.a.b AS nested, properties.c.d AS other FROM events WHERE event = 'dotted'",
      ),
    ).toBe('{"dotted":1,"nested":2,"other":"x"}');
    expect(
      await query("SELECT traits.`a%2Eb` AS dotted, traits.a.b AS nested FROM identities WHERE canonical_id = 'dots'"),
    ).toBe('{"dotted":1,"nested":2}');
    expect(await get('/v1/export/identities?format=ndjson')).toContain(`"traits":${properties}`);
  });
});

describe('clocks', () => {
  test('that run ahead neither pin last_seen nor come first, and what they said is kept', async () => {
    const day = new Date(Date.now() + 86_400_000).toISOString();
    await post('/track', '{"event":"far","distinct_id":"clock","timestamp":"2999-01-01T00:00:00Z"}');
    expect(await get('/v1/lint?rule=clock-skew')).toContain('"timestamp":"2999-01-01T00:00:00.000Z"');
    await post('/track', `{"event":"tomorrow","distinct_id":"clock","timestamp":"${day}"}`);
    await post('/track', '{"event":"old","distinct_id":"clock","timestamp":"1970-01-01T00:00:00Z"}');
    const latest = Date.now() + 5 * 60_000;
    const profile = JSON.parse(await get('/v1/identities/clock'));
    expect(profile.event_count).toBe(3);
    expect(profile.first_seen).toBe('1970-01-01T00:00:00.000Z');
    expect(Date.parse(profile.last_seen)).toBeLessThanOrEqual(latest);
    const { events } = JSON.parse(await get('/v1/identities/clock/events'));
    expect(events.map((event: Record<string, string>) => [event.event, event.client_timestamp])).toEqual([
      ['tomorrow', day],
      ['far', '2999-01-01T00:00:00.000Z'],
      ['old', null],
    ]);
    for (const event of events) expect(Date.parse(event.timestamp)).toBeLessThanOrEqual(latest);
    expect(
      await query(
        "SELECT max(timestamp) <= now64(3) + INTERVAL 5 MINUTE AS sane, max(client_timestamp) AS said FROM events WHERE distinct_id = 'clock'",
      ),
    ).toBe('{"sane":1,"said":"2999-01-01T00:00:00.000Z"}');
    expect(await get('/v1/export/events?format=csv')).toContain('2999-01-01T00:00:00.000Z');
  });

  test('at the very end of a timeline is what comes after, too', async () => {
    await post('/track', '{"event":"first","distinct_id":"clock-2","timestamp":"9999-12-31T23:59:59.999Z"}');
    await post('/track', '{"event":"second","distinct_id":"clock-2"}');
    const { events, next } = JSON.parse(await get('/v1/identities/clock-2/events?limit=1'));
    const rest = JSON.parse(await get(`/v1/identities/clock-2/events?limit=1&before=${next}`));
    expect([...events, ...rest.events].map((event: { event: string }) => event.event).sort()).toEqual([
      'first',
      'second',
    ]);
  });
});

describe('whose event it is', () => {
  test('the first of the ids that names somebody', async () => {
    await post('/track', '{"event":"seen","distinct_id":"","anonymous_id":"anonymous-blank"}');
    await post('/track', '{"event":"seen","distinct_id":"null","anonymous_id":"anonymous-blank"}');
    await post('/track', '{"event":"seen","distinct_id":"undefined","anonymous_id":"","device_id":"anonymous-blank"}');
    await post('/identify', '{"distinct_id":"user-blank","anonymous_id":"anonymous-blank"}');
    expect(JSON.parse(await get('/v1/identities/user-blank'))).toMatchObject({ event_count: 3, identifier_count: 2 });
    expect(await query("SELECT count() AS n FROM events WHERE distinct_id IN ('', 'null', 'undefined')")).toBe(
      '{"n":0}',
    );
  });

  test('where all name nobody it is kept, and joins nobody', async () => {
    await post('/track', '{"event":"nobody","distinct_id":"null","anonymous_id":"guest"}');
    expect(await query("SELECT distinct_id, anonymous_id FROM events WHERE event = 'nobody'")).toBe(
      '{"distinct_id":"null","anonymous_id":"guest"}',
    );
    expect(await post('/track', '{"event":"nobody","distinct_id":null}')).toContain('"invalid-payload"');
  });

  test('empty optional fields and PHP’s empty arrays cost nothing', async () => {
    const php = '"properties":[],"session_id":"","uuid":"","message_id":"","batch":"","device_id":"","timestamp":""';
    expect(await post('/track', `{"event":"php","distinct_id":"php-1","anonymous_id":"",${php}}`)).toContain(
      '"applied"',
    );
    const answer = await post(
      '/identify',
      '{"distinct_id":"php-1","anonymous_id":"","traits":[],"traits_once":[],"batch":""}',
    );
    expect(JSON.parse(answer)).toMatchObject({ ok: true, verdict: 'applied', canonical_id: 'php-1' });
  });
});

describe('an event that is sent twice without a uuid', () => {
  const event = (over: string) =>
    `{"event":"viewed","distinct_id":"twice","session_id":"s-1","timestamp":"2026-11-01T10:00:00.123Z","properties":{"path":"/","n":1}${over}}`;

  test('counts once if it carries a session and a time, over a restart too', async () => {
    expect(await post('/track', event(''))).toContain('"applied"');
    expect(await post('/track', event(''))).toContain('"unchanged"');
    expect(await post('/track', `[${event('')},${event(',"batch":"b"')}]`)).toContain('"unchanged"');
    await server.stop();
    server = await serve({ dataDir });
    // A node answers by what it has taken itself since its start.
    expect(await post('/track', event(''))).toContain(onServers ? '"applied"' : '"unchanged"');
    for (const other of [',"session_id":"s-2"', ',"timestamp":"2026-11-01T10:00:00.124Z"', ',"properties":{"n":2}']) {
      expect(await post('/track', event(other))).toContain('"applied"');
    }
    expect(await query("SELECT count() AS n FROM events WHERE distinct_id = 'twice'")).toBe('{"n":4}');
  });

  test('counts twice without them', async () => {
    for (const bare of [
      '{"event":"bare","distinct_id":"bare","session_id":"s"}',
      '{"event":"bare","distinct_id":"bare"}',
    ]) {
      await post('/track', bare);
      await post('/track', bare);
    }
    expect(await query("SELECT count() AS n FROM events WHERE distinct_id = 'bare'")).toBe('{"n":4}');
  });

  test('rows of a file that are alike are two events', async () => {
    const row = `{"event":"tick","distinct_id":"rows","session_id":"s","timestamp":"2026-01-01T00:00:00Z"}\n`;
    await asText('POST', '/v1/import?batch=alike', row + row, { 'content-type': 'application/x-ndjson' });
    expect(await query("SELECT count() AS n FROM events WHERE distinct_id = 'rows'")).toBe('{"n":2}');
  });
});
