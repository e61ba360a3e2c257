import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { listening } from '../../../../../test-support/listening.ts';
import { snippetsOf } from '../../../../../test-support/markdown.ts';
import type { ClickHouseOptions } from '../../../src/clickhouse-options.ts';
import { ConfigError } from '../../../src/config-error.ts';
import { createEventStore } from '../../../src/events/event-store.ts';
import { environment, event, insert, mapRow, node, projection, rows } from '../fixtures.ts';
import { type Front, own, reader, startFront } from './front.ts';
import { allGrants } from './front-options.ts';

/** What a start says about a ClickHouse server that it can not work with: one line, which names the setting and what to do. */

let path: string;
let front: Front;

beforeAll(async () => {
  path = mkdtempSync(join(tmpdir(), 'onym-start-'));
  const readers = ([1, 2] as const).map((readonly) => ({ ...reader, name: `reader_${readonly}`, readonly }));
  front = await startFront(join(path, 'front'), {
    users: [own, { ...own, name: 'mighty' }, reader, ...readers],
    cluster: 'one_shard',
  });
});
afterAll(async () => {
  await front.stop();
  rmSync(path, { recursive: true, force: true });
});

async function open(server: ClickHouseOptions) {
  const store = await createEventStore({ path: join(path, 'store'), server });
  onTestFinished(() => store.close());
  await store.prepare(environment);
  return store;
}

/** `later`: what may be better in a while, so that a start is worth another try. */
async function problemOf(
  over: Partial<ClickHouseOptions>,
  { server = front.server, later = false }: { server?: ClickHouseOptions; later?: boolean } = {},
): Promise<string> {
  const error = await open({ ...server, ...over }).then(
    () => null,
    (problem: unknown) => problem,
  );
  if (later) expect(error).toMatchObject({ code: 'event-store-unavailable' });
  else expect(error, String((error as Error)?.message)).toBeInstanceOf(ConfigError);
  const { message } = error as Error;
  expect(message).not.toMatch(/\n/);
  for (const secret of [own.password, reader.password]) expect(message).not.toContain(secret);
  return message;
}

const single = { cluster: null };
const readerOf = (over: Partial<ClickHouseOptions['reader']>) => ({
  ...single,
  reader: { ...front.server.reader, ...over },
});

async function portOf(answer: string | null): Promise<number> {
  const server = createServer((request, response) => {
    // With a body unread the kernel would reset the connection, where this one is to be hung up.
    if (answer === null) request.resume().once('end', () => request.socket.destroy());
    else response.end(answer);
  });
  const port = await listening(server);
  onTestFinished(() => void server.close());
  return port;
}

test('nothing listens at the URL', async () => {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  const url = `http://127.0.0.1:${port}`;
  expect(await problemOf({ ...single, url }, { later: true })).toBe(
    `ONYM_CLICKHOUSE_URL (${url}) does not answer (connect ECONNREFUSED 127.0.0.1:${port}). Is ClickHouse up, and is this its HTTP port (8123, or 8443 with https:)?`,
  );
  expect(await problemOf(readerOf({ url }), { later: true })).toMatch(/^ONYM_CLICKHOUSE_READER_URL .* does not answer/);
});

test('the host has no address', async () => {
  expect(await problemOf({ ...single, url: 'http://clickhouse.invalid:8123' }, { later: true })).toMatch(
    /^ONYM_CLICKHOUSE_URL .*does not answer \(getaddrinfo .*clickhouse\.invalid\)/,
  );
});

test('something else answers, or breaks off', async () => {
  expect(await problemOf({ ...single, url: `http://127.0.0.1:${await portOf('<html>Hello</html>')}` })).toMatch(
    /^What answers at ONYM_CLICKHOUSE_URL .* is not ClickHouse's HTTP interface/,
  );
  expect(await problemOf({ ...single, url: `http://127.0.0.1:${await portOf(null)}` }, { later: true })).toMatch(
    /does not answer \(socket hang up\)/,
  );
});

test('a wrong password, or a wrong name', async () => {
  expect(await problemOf({ ...single, password: 'wrong' })).toBe(
    `ONYM_CLICKHOUSE_URL (${front.server.url}) refuses the user onym: wrong name or password. Correct them.`,
  );
  expect(await problemOf({ ...single, user: 'nobody' })).toMatch(/refuses the user nobody/);
  expect(await problemOf(readerOf({ password: 'wrong' }))).toMatch(
    /^ONYM_CLICKHOUSE_READER_URL .* refuses the user onym_reader/,
  );
});

test('a version that is too old', async () => {
  await front.become({ version: '24.8.4.13' });
  onTestFinished(() => front.become({}));
  expect(await problemOf(single)).toBe(
    'ONYM_CLICKHOUSE_URL is a ClickHouse 24.8.4.13, which has no lightweight UPDATE. Onym needs 25.8 or newer.',
  );
});

describe('the user that users’ SQL runs as', () => {
  test('may do more than read the views', async () => {
    expect(await problemOf(readerOf({ user: 'mighty', password: own.password }))).toMatch(
      /^The user mighty of ONYM_CLICKHOUSE_READER_URL has the right SELECT ON onym_production_data\.\*: .*SELECT ON onym_production\.\* and nothing else/,
    );
  });

  test('has a profile that takes no limits', async () => {
    expect(await problemOf(readerOf({ user: 'reader_1' }))).toMatch(/has the setting readonly = 1.* Set it to 2/);
  });

  test('may have one that takes limits alone', async () => {
    const store = await open({ ...front.server, ...readerOf({ user: 'reader_2' }) });
    expect(await rows(store, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await expect(rows(store, 'SELECT number FROM numbers(1000001)')).rejects.toMatchObject({
      code: 'query-too-expensive',
    });
  });
});

describe('a cluster', () => {
  test('that the server does not know', async () => {
    expect(await problemOf({ cluster: 'elsewhere' })).toBe(
      'ONYM_CLICKHOUSE_CLUSTER is "elsewhere", which the server does not know. Take a name from system.clusters.',
    );
  });
});

test.each([
  ['SYSTEM RELOAD DICTIONARY', '*.*'],
  ['CREATE DICTIONARY', 'onym_production_data.*'],
])('the right %s is missing', async (right, on) => {
  const words = right === 'CREATE DICTIONARY' ? 'CREATE DICTIONARY, ' : right;
  const grants = allGrants.flatMap((grant) => {
    if (!grant.includes(words)) return [grant];
    return words === right ? [] : [grant.replace(words, '')];
  });
  const weak = await startFront(join(path, `without ${right}`), { grants });
  onTestFinished(() => weak.stop());
  expect(await problemOf({}, { server: weak.server })).toBe(
    `ONYM_CLICKHOUSE_USER onym lacks rights. Run, as an administrator of ClickHouse: GRANT ${right} ON ${on} TO \`onym\`;`,
  );
});

describe('the rights that docs/stores.md shows', () => {
  const page = readFileSync(new URL('../../../../../docs/stores.md', import.meta.url), 'utf8');
  const blocks = snippetsOf(page).filter(({ kind, code }) => kind === 'sql' && code.includes('GRANT'));
  const ofOwn = blocks.map(({ code }) =>
    code.split('\n').flatMap((line) => /^(GRANT .*) TO onym;$/.exec(line)?.[1] ?? []),
  );

  test.each([
    ['of a server', null, ofOwn[0]!],
    ['of a cluster', 'one_shard', ofOwn.flat()],
  ])('%s are enough', async (name, cluster, grants) => {
    expect(grants.length).toBeGreaterThan(3);
    // All run as one user here, and views are to be defined by the one who logged in.
    const granted = [...grants, 'GRANT SET DEFINER ON *'];
    const exact = await startFront(join(path, name), { cluster, grants: granted });
    onTestFinished(() => exact.stop());
    const store = await open(exact.server);
    await insert(store, [event('ada'), event('ada-phone')]);
    await store.project(
      environment,
      projection(1, { identifiers: [mapRow('ada-phone', 'ada', 1), mapRow('ada', 'ada', 1)] }),
    );
    const people = () => rows(store, 'SELECT identity_id, count() AS n FROM events GROUP BY identity_id');
    expect(await people()).toEqual([{ identity_id: node('ada'), n: 2 }]);
    expect(await store.compact(environment, 1)).toBe(2);
    expect(await people()).toEqual([{ identity_id: node('ada'), n: 2 }]);
    for await (const _ of await store.exportTable(environment, 'events', 'ndjson'));
    expect(await store.expire(environment, { before: Date.UTC(1971, 0), dryRun: false })).toEqual([]);
    const erasure = { distinctIds: ['ada-phone'], links: [], seq: 2, receivedUpTo: Date.now() };
    expect(await store.erase(environment, [erasure])).toBe(1);
    await store.resetProjection(environment);
    await exact.become({ slow: { matching: 'onym-query', ms: 300 } });
    const gone = new AbortController();
    const asked = store.query(environment, 'SELECT count() FROM numbers(1000000000000) WHERE cityHash64(number) = 1', {
      format: 'JSON',
      signal: gone.signal,
    });
    gone.abort(new Error('gone'));
    await expect(asked).rejects.toThrow('gone');
    await exact.become({});
  });
});

describe('TLS', () => {
  let secure: Front;

  beforeAll(async () => {
    const [key, cert] = [join(path, 'key.pem'), join(path, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', cert, ...subject], { stdio: 'pipe' });
    const tls = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
    secure = await startFront(join(path, 'secure'), { tls });
  });
  afterAll(() => secure.stop());

  test('by an authority that is named', async () => {
    const store = await open(secure.server);
    expect(await rows(store, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('by one that nobody knows', async () => {
    expect(await problemOf({ ca: null }, { server: secure.server })).toBe(
      `ONYM_CLICKHOUSE_URL (${secure.server.url}) can not be reached by TLS. Its certificate is of an authority that is not known: name that in ONYM_CLICKHOUSE_CA.`,
    );
  });

  test('for another name', async () => {
    const url = secure.server.url.replace('127.0.0.1', '127.0.0.2');
    expect(await problemOf({ url }, { server: secure.server })).toMatch(/Its certificate is for another name/);
  });

  test('where none is spoken, and none where it is', async () => {
    // It answers and does not hang up: a hang-up that comes with the answer may be noticed before it, and is worth another try.
    const plainSpoken = createTcpServer((socket) => {
      socket.on('error', () => {}).once('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    onTestFinished(() => void plainSpoken.close());
    const url = `https://127.0.0.1:${await listening(plainSpoken)}`;
    expect(await problemOf({ ...single, url })).toMatch(/can not be reached by TLS\. It speaks no TLS there/);
    const plain = secure.server.url.replace('https:', 'http:');
    expect(await problemOf({ url: plain }, { server: secure.server, later: true })).toMatch(
      /does not answer .*8443 with https:/,
    );
  });
});
