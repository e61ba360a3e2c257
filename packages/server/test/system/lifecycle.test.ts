import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, existsSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/disk/sqlite.ts';
import { type Answer, clientOf, eventually, type Json } from './client.ts';
import { missing, newSent, startLoad } from './load.ts';
import { dataDirectory, onym, serve, startServe, writeKey } from './processes.ts';
import { mountSmallDisk } from './small-disk.ts';

/** Starting, stopping, and what stands in the way of either. */

const journalFile = (dataDir: string) => join(dataDir, 'journal', 'journal.sqlite');

function journaledBatches(dataDir: string): number {
  const journal = openDatabase(journalFile(dataDir), { readonly: true });
  try {
    return journal.prepare<[], number>('SELECT count(*) FROM batches').pluck().get() as number;
  } finally {
    journal.close();
  }
}

test('the data directory belongs to one process, and to one user', async () => {
  const { api, dataDir, stop } = await serve();
  const second = await startServe({ dataDir }).ended;
  expect(second).toMatchObject({ code: 2, stdout: '' });
  expect(second.stderr).toMatch(/^onym: Another Onym process uses the data directory .*--data-dir/);
  expect(second.stderr).toContain(dataDir);
  expect(await api.posted('/alias', { distinct_id: 'user_1', alias_id: 'crm:1' })).toMatchObject({ seq: 1 });
  expect(statSync(dataDir).mode & 0o077).toBe(0);
  expect(statSync(join(dataDir, 'local-access.json')).mode & 0o077).toBe(0);
  expect(await stop()).toMatchObject({ code: 0 });
  expect(existsSync(join(dataDir, 'local-access.json'))).toBe(false);
  // It left the lock too.
  expect(await (await serve({ dataDir })).stop()).toMatchObject({ code: 0 });
});

test('SIGTERM under load: what was acknowledged is drained, and the process ends with 0', async () => {
  const sent = newSent();
  const first = await serve();
  const load = startLoad(first.api, first.web, sent);
  await eventually(async () => load.acknowledged() >= 300, '300 requests answered', 60_000);
  const ended = await first.stop();
  await load.stop();
  expect(ended).toMatchObject({ code: 0, signal: null, stderr: '' });
  for (const { status, headers, body } of load.failures) {
    expect([status, body?.ok, Number(headers.get('retry-after')) > 0]).toEqual([503, false, true]);
  }
  expect(journaledBatches(first.dataDir)).toBe(0);

  const { api, stop } = await serve({ dataDir: first.dataDir });
  expect(await missing(api, sent)).toEqual([]);
  await stop();
});

test('a wrong configuration is told by the name of its variable', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as { port: number };
  const file = join(dataDirectory(), 'file');
  writeFileSync(file, '');
  const settings = (value: unknown) => ({ ONYM_SETTINGS: JSON.stringify(value) });
  const wrong: [variables: Record<string, string>, named: RegExp][] = [
    [{ ONYM_PORT: 'http' }, /ONYM_PORT is "http"/],
    [{ ONYM_QUERY_MEMORY_MAX: 'much' }, /ONYM_QUERY_MEMORY_MAX is "much". Give a size/],
    [{ ONYM_METRICS_PORT: 'http' }, /ONYM_METRICS_PORT is "http"/],
    [{ ONYM_METRICS_PORT: String(port) }, new RegExp(`ONYM_METRICS_PORT ${port} of 127.0.0.1 is in use`)],
    [{ ONYM_TRUSTED_PROXIES: 'example.com' }, /ONYM_TRUSTED_PROXIES holds "example.com"/],
    [{ ONYM_TRUSTED_PROXIES: '10.0.0.0/33' }, /ONYM_TRUSTED_PROXIES holds "10.0.0.0\/33"/],
    [{ ONYM_PORT: '70000' }, /ONYM_PORT is "70000"/],
    [{ ONYM_PORT: String(port) }, new RegExp(`ONYM_PORT.*${port}`)],
    [{ ONYM_HOST: '192.0.2.1' }, /ONYM_HOST.*192\.0\.2\.1/],
    [{ ONYM_ENVIRONMENTS: 'production,not ok' }, /ONYM_ENVIRONMENTS holds "not ok"/],
    [{ ONYM_ENVIRONMENTS: ' , ' }, /ONYM_ENVIRONMENTS names no environment/],
    [{ ONYM_INITIAL_WRITE_KEY: 'sk_12345678' }, /ONYM_INITIAL_WRITE_KEY must begin with pk_/],
    [{ ONYM_INITIAL_SECRET_KEY: 'sk_short' }, /ONYM_INITIAL_SECRET_KEY must begin with sk_/],
    [{ ONYM_LOG_LEVEL: 'loud' }, /ONYM_LOG_LEVEL is "loud"/],
    [{ ONYM_SETTINGS: '{' }, /ONYM_SETTINGS is not JSON/],
    [settings({ elsewhere: {} }), /ONYM_SETTINGS names the environment "elsewhere"/],
    [settings({ production: { sizeMax: 1 } }), /ONYM_SETTINGS\.production has no setting sizeMax/],
    [
      settings({ production: { identifiersPerIdentityMax: 0 } }),
      /ONYM_SETTINGS\.production\.identifiersPerIdentityMax/,
    ],
    [{ ONYM_POSTGRES_URL: 'postgres://x' }, /ONYM_POSTGRES_URL/],
    [{ ONYM_DATA_DIR: file }, /The data directory .*file cannot be used/],
  ];
  for (let from = 0; from < wrong.length; from += 4) {
    await Promise.all(
      wrong.slice(from, from + 4).map(async ([variables, named]) => {
        const { code, stdout, stderr } = await startServe({ dataDir: dataDirectory(), variables }).ended;
        expect({ variables, code, stderr }).toEqual({ variables, code: 2, stderr: expect.stringMatching(named) });
        expect(stdout).not.toContain('listens at');
        // A message for people: one line, no stack.
        expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      }),
    );
  }
});

test('the first start without keys makes them and shows them once; flags go before variables', async () => {
  const dataDir = dataDirectory();
  const variables = { ONYM_INITIAL_WRITE_KEY: undefined, ONYM_INITIAL_SECRET_KEY: undefined };
  const first = await serve({ dataDir, variables });
  await eventually(async () => first.output().includes('ONYM_SECRET_KEY='), 'keys are shown');
  const [, pk] = /ONYM_WRITE_KEY=(pk_\S+)/.exec(first.output())!;
  const [, sk] = /ONYM_SECRET_KEY=(sk_\S+)/.exec(first.output())!;
  const use = async (url: string) => {
    expect((await clientOf(url, pk!).post('/track', { event: 'e', distinct_id: 'u' })).status).toBe(200);
    expect((await clientOf(url, pk!).get('/v1/ledger')).status).toBe(403);
    expect((await clientOf(url, sk!).get('/v1/ledger')).status).toBe(200);
    expect((await clientOf(url, writeKey).get('/v1/ledger')).status).toBe(401);
  };
  await use(first.url);
  expect((await first.stop()).code).toBe(0);

  const second = await serve({ dataDir, variables });
  await use(second.url);
  const { stdout } = await second.stop();
  expect(stdout).not.toMatch(/[ps]k_/);
  // No terminal: every line is JSON.
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.at(0)).toMatchObject({ msg: expect.stringContaining('listens at http://'), data: dataDir });

  const flags = await onym(['serve', '--data-dir', dataDir, '--port', '123456'], { ONYM_PORT: '0' });
  expect(flags).toMatchObject({ code: 2, stderr: expect.stringContaining('ONYM_PORT is "123456"') });
});

test('ONYM_SECRET_KEY and ONYM_WRITE_KEY are for clients: no start registers them, and the log says so', async () => {
  const dataDir = dataDirectory();
  const none = { ONYM_INITIAL_WRITE_KEY: undefined, ONYM_INITIAL_SECRET_KEY: undefined };
  const exported = { ONYM_WRITE_KEY: 'pk_of_another_server', ONYM_SECRET_KEY: 'sk_of_another_server' };
  const server = await serve({ dataDir, variables: { ...none, ...exported } });
  await eventually(async () => server.output().includes('ONYM_SECRET_KEY=sk_'), 'keys are shown');
  const [, made] = /ONYM_SECRET_KEY=(sk_\S+)/.exec(server.output())!;
  expect(made).not.toBe(exported.ONYM_SECRET_KEY);
  expect((await clientOf(server.url, exported.ONYM_SECRET_KEY).get('/v1/ledger')).status).toBe(401);
  expect((await clientOf(server.url, made!).get('/v1/ledger')).status).toBe(200);
  const warned = messagesOf(server.output(), 40);
  expect(warned).toEqual([
    expect.stringMatching(/^ONYM_WRITE_KEY is not registered: .*clients.* ONYM_INITIAL_WRITE_KEY .*`onym keys create`/),
    expect.stringMatching(
      /^ONYM_SECRET_KEY is not registered: .*clients.* ONYM_INITIAL_SECRET_KEY .*`onym keys create`/,
    ),
  ]);
  expect(server.output()).not.toContain('of_another_server');
  await server.stop();

  // The shell of a client of this very server.
  const again = await serve({ dataDir, variables: { ...none, ONYM_SECRET_KEY: made, ONYM_LOG_LEVEL: 'info' } });
  expect((await clientOf(again.url, made!).get('/v1/ledger')).status).toBe(200);
  expect(messagesOf(again.output(), 40)).toEqual([]);
  expect(messagesOf(again.output(), 30)).toContainEqual(
    expect.stringMatching(/^ONYM_SECRET_KEY is not registered: .*works\.$/),
  );
  await again.stop();
});

test('ONYM_INITIAL_SECRET_KEY counts at the first start: later ones register and revoke nothing, and say so', async () => {
  const dataDir = dataDirectory();
  const first = await serve({ dataDir });
  expect(first.output()).not.toMatch(/[ps]k_/);
  expect((await first.api.get('/v1/ledger')).status).toBe(200);
  expect(messagesOf(first.output(), 40)).toEqual([]);
  await first.stop();

  const changed = { ONYM_INITIAL_SECRET_KEY: 'sk_changed_since', ONYM_LOG_LEVEL: 'info' };
  const second = await serve({ dataDir, variables: changed });
  expect((await second.api.get('/v1/ledger')).status).toBe(200);
  expect((await clientOf(second.url, 'sk_changed_since').get('/v1/ledger')).status).toBe(401);
  expect(messagesOf(second.output(), 40)).toEqual([
    expect.stringMatching(/^ONYM_INITIAL_SECRET_KEY is ignored: it counts at the first start.*unknown here/),
  ]);
  expect(messagesOf(second.output(), 30)).toContainEqual(
    expect.stringMatching(/^ONYM_INITIAL_WRITE_KEY is ignored: .*works\.$/),
  );
  await second.stop();

  expect((await onym(['keys', 'revoke', 'ONYM_INITIAL_SECRET_KEY'], { ONYM_DATA_DIR: dataDir })).code).toBe(0);
  const third = await serve({ dataDir });
  expect((await third.api.get('/v1/ledger')).status).toBe(401);
  expect((await third.web.post('/track', { event: 'e', distinct_id: 'u' })).status).toBe(200);
  expect(messagesOf(third.output(), 40)).toEqual([
    expect.stringMatching(/^ONYM_INITIAL_SECRET_KEY is ignored: .*was revoked/),
  ]);
  await third.stop();
});

test('keys that a first start made are shown also where it cannot listen', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as { port: number };
  const dataDir = dataDirectory();
  const variables = { ONYM_INITIAL_WRITE_KEY: undefined, ONYM_INITIAL_SECRET_KEY: undefined };
  const failed = await startServe({ dataDir, variables: { ...variables, ONYM_PORT: String(port) } }).ended;
  expect(failed.code).toBe(2);
  const [, made] = /ONYM_SECRET_KEY=(sk_\S+)/.exec(failed.stdout)!;
  const server = await serve({ dataDir, variables });
  expect((await clientOf(server.url, made!).get('/v1/ledger')).status).toBe(200);
  await server.stop();
});

test('a command on a directory at rest leaves its keys as they are', async () => {
  const dataDir = dataDirectory();
  await (await serve({ dataDir })).stop();
  const keys = async () => (await onym(['keys', 'list', '--json'], { ONYM_DATA_DIR: dataDir })).stdout;
  const before = await keys();
  const asked = await onym(['query', 'SELECT 1'], {
    ONYM_DATA_DIR: dataDir,
    ONYM_ENVIRONMENTS: 'qa',
    ONYM_INITIAL_SECRET_KEY: 'sk_of_the_shell',
    ONYM_SECRET_KEY: 'sk_of_a_client',
  });
  expect(asked.code).toBe(0);
  expect(await keys()).toBe(before);
});

/** Of the log's lines at this level (30: info, 40: warn). */
function messagesOf(output: string, level: number): string[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter((line) => line.level === level && line.msg.startsWith('ONYM_'))
    .map((line) => line.msg);
}

test('a torn tail of the journal is cut, and the server starts', async () => {
  let server = await serve();
  const { dataDir } = server;
  const wal = `${journalFile(dataDir)}-wal`;
  const uuids: string[] = [];
  const track = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const uuid = randomUUID();
      await server.web.posted('/track', { event: 'e', distinct_id: 'user_1', uuid });
      uuids.push(uuid);
    }
  };
  const stored = async () =>
    new Map(
      (await server.api.rows('SELECT toString(uuid) AS id, count() AS n FROM events GROUP BY id')).map(({ id, n }) => [
        id,
        Number(n),
      ]),
    );

  // As a power cut leaves it: half of what was not yet synced, and not what was meant to be there.
  for (const garbage of [randomBytes(300), Buffer.alloc(10_000)]) {
    await track(30);
    await server.kill();
    expect(statSync(wal).size).toBeGreaterThan(0);
    appendFileSync(wal, garbage);
    server = await serve({ dataDir });
    expect(await stored()).toEqual(new Map(uuids.map((uuid) => [uuid, 1])));
  }

  // Worse than that: the disk lost the end of what it had synced. The rest is there, and the server works.
  const before = uuids.length;
  await track(30);
  await server.kill();
  truncateSync(wal, statSync(wal).size - 1_000);
  server = await serve({ dataDir });
  expect((await server.api.get('/readyz')).status).toBe(200);
  const left = await stored();
  expect(uuids.slice(0, before).filter((uuid) => !left.has(uuid))).toEqual([]);
  await track(1);
  expect((await stored()).has(uuids.at(-1)!)).toBe(true);
  expect(await server.stop()).toMatchObject({ code: 0 });
});

test('a full disk: 503 storage-full with a time to come again, nothing acknowledged is lost, and all is well once there is room', async (context) => {
  const disk = mountSmallDisk(256);
  if (disk === null) return context.skip('Neither root nor sudo: a small disk cannot be mounted.');
  onTestFinished(() => disk.unmount());
  const server = await serve({ dataDir: join(disk.path, 'data') });
  onTestFinished(async () => void (await server.kill()));
  const { api } = server;
  const text = randomBytes(60_000).toString('hex');
  const uuids: string[] = [];
  const pairs: string[] = [];
  let n = 0;

  const calls: Record<string, () => Promise<Answer>> = {
    async track() {
      const uuid = randomUUID();
      const answer = await api.post('/track', { event: 'e', distinct_id: 'user_1', uuid, properties: { text } });
      if (answer.status === 200) uuids.push(uuid);
      return answer;
    },
    identify: () => api.post('/identify', { distinct_id: `user_${++n}`, traits: { n, text } }),
    async alias() {
      const items = Array.from({ length: 100 }, () => ({ distinct_id: `person_${++n}`, alias_id: `crm:${n}` }));
      const answer = await api.post('/alias', items);
      if (answer.status === 200) pairs.push(...items.map(({ distinct_id }) => distinct_id));
      return answer;
    },
  };
  for (const call of Object.values(calls)) expect((await call()).status).toBe(200);
  await api.rows('SELECT count() FROM events');

  disk.fill();
  for (const [name, call] of Object.entries(calls)) {
    // Files have some slack; then there is no room.
    let answer = await call();
    for (let i = 0; i < 2_000 && answer.status === 200; i++) answer = await call();
    expect({ name, status: answer.status, body: answer.body }).toEqual({
      name,
      status: 503,
      body: { ok: false, error_code: 'storage-full', message: expect.any(String) },
    });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  // It goes on answering what needs no room.
  expect((await api.get('/healthz')).status).toBe(200);
  expect((await api.canonicals(['crm:2'])).size).toBe(1);
  const headWhenFull = (await api.ledger()).length;

  disk.free();
  for (const [name, call] of Object.entries(calls)) {
    await eventually(async () => (await call()).status === 200, `${name} is taken again`);
  }
  let rows: Json[] = [];
  await eventually(async () => {
    const { status, body } = await api.post('/v1/query', {
      sql: 'SELECT toString(uuid) AS id, count() AS n FROM events GROUP BY id',
    });
    rows = body.data ?? [];
    return status === 200;
  }, 'events are drained again');
  const stored = new Map(rows.map(({ id, n: times }) => [id, Number(times)]));
  expect(uuids.filter((uuid) => stored.get(uuid) !== 1)).toEqual([]);
  expect(stored.size).toBe(uuids.length);

  const ledger = await api.ledger();
  expect(ledger.length).toBeGreaterThan(headWhenFull);
  expect(ledger.map(({ seq }) => seq)).toEqual(ledger.map((_, i) => i + 1));
  const secondaries = pairs.map((id) => id.replace('person_', 'crm:'));
  const canonicals = await api.canonicals(secondaries);
  expect(secondaries.map((id) => canonicals.get(id))).toEqual(pairs);
  expect(await onym(['verify'], { ONYM_DATA_DIR: server.dataDir })).toMatchObject({ code: 0, stderr: '' });
  expect(await server.stop()).toMatchObject({ code: 0, signal: null });
});
