import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { beforeAll, expect, it } from 'vitest';
import { listening } from '../../../../test-support/listening.ts';
import { onym, type Server, secretKey, serve } from '../system/processes.ts';

/** What an operator sees of a server that runs: its log, its second port, what was put aside. */

let server: Server;
beforeAll(async () => {
  server = await serve({ variables: { ONYM_METRICS_PORT: '0', ONYM_LOG_LEVEL: 'info' } });
});

const run = (...args: string[]) => onym(args, { ONYM_DATA_DIR: server.dataDir });

it('shows, replays and discards dead letters', async () => {
  await server.web.post('/track', { event: 'lost', distinct_id: 'user_1', environment: 'prod' });
  await server.api.post('/alias', { distinct_id: 'user_1', alias_id: 'guest', note: 'a\u001bb' });
  const shown = await run('dead-letters');
  expect(shown.code).toBe(0);
  expect(shown.stdout).toMatch(
    /^id +received +call +environment +key +error +item\n2 .* alias +production +ONYM_INITIAL_SECRET_KEY +reserved-distinct-id +\{.*\}\n1 .* track +- +ONYM_INITIAL_WRITE_KEY +environment-not-found .*\n$/,
  );
  expect(shown.stdout).not.toContain('\u001b');
  const { stdout } = await run('dead-letters', 'list', '--sent-by', 'ONYM_INITIAL_WRITE_KEY', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ dead_letters: [{ id: 1, environment: null }], next: null });
  const replayed = await run('dead-letters', 'replay', '--all', '--call', 'alias');
  expect(replayed).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^replayed: 0\nrejected again: 1\n {2}2 {2}reserved-distinct-id {2}alias_id/),
  });
  expect(await run('dead-letters', 'discard', '1', '2', '3')).toMatchObject({ code: 0, stdout: 'discarded: 2\n' });
  expect(await run('dead-letters')).toMatchObject({ code: 0, stdout: 'There are no dead letters.\n' });
});

it('shows what is in quarantine', async () => {
  expect(await run('quarantine')).toMatchObject({ code: 0, stdout: 'There is nothing in quarantine.\n' });
  expect(await run('quarantine', 'replay', '--all')).toMatchObject({ code: 0, stdout: 'replayed: 0\n' });
  expect(await run('quarantine', 'discard', '--all', '--json')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('"discarded": 0'),
  });
});

it('serves metrics without a key on a port of its own, and nothing else there', async () => {
  const [, url] = /"metrics":"(http:\/\/127\.0\.0\.1:\d+\/metrics)"/.exec(server.output())!;
  expect(url).not.toContain(server.url);
  const answer = await fetch(url!);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/plain')]);
  expect(await answer.text()).toContain('\nonym_ready 1\n');
  expect((await fetch(url!.replace('/metrics', '/v1/ledger'))).status).toBe(404);
  expect((await fetch(`${server.url}/metrics`)).status).toBe(401);
});

it('is reached below a path, and without a scheme', async () => {
  const proxy = createServer((call, answer) => {
    if (!call.url?.startsWith('/onym/')) return void answer.writeHead(502).end();
    const target = new URL(call.url.slice('/onym'.length), server.url);
    call.pipe(
      request(target, { method: call.method, headers: call.headers }, (from) => {
        answer.writeHead(from.statusCode!, from.headers);
        from.pipe(answer);
      }),
    );
  });
  const url = `http://127.0.0.1:${await listening(proxy)}`;
  const asked = (address: string) =>
    onym(['query', 'SELECT 1 AS one', '--format', 'csv', '--url', address, '--key', secretKey]);
  for (const address of [`${url}/onym`, `${url}/onym/`, server.url.replace('http://', '')]) {
    expect(await asked(address)).toMatchObject({ code: 0, stdout: '"one"\n1\n' });
  }
  proxy.close();
  await once(proxy, 'close');
});

it('says in its log what was asked, and what a stop did', async () => {
  await server.api.post('/v1/query', { sql: "SELECT count()\n FROM events WHERE distinct_id = 'ada'" });
  const { code } = await server.stop();
  expect(code).toBe(0);
  const lines = server
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  expect(lines).toContainEqual(
    expect.objectContaining({
      route: '/v1/query',
      asked: "SELECT count() FROM events WHERE distinct_id = '…'",
      request_id: expect.any(String),
    }),
  );
  expect(lines.slice(-2)).toMatchObject([
    { msg: 'stopping: no call is accepted any more', importsUnderWay: 0 },
    {
      msg: 'stopped: what was under way is answered, nothing waits in the journal',
      journalBytes: 0,
      drainedEvents: expect.any(Number),
    },
  ]);
});

it('keeps to the limits of its shell where the directory is at rest', async () => {
  const variables = { ONYM_DATA_DIR: server.dataDir, ONYM_QUERY_ROWS_MAX: '2' };
  const { code, stderr } = await onym(['query', 'SELECT number FROM numbers(3)'], variables);
  expect([code, stderr]).toEqual([2, expect.stringContaining('The result has more than 2 rows.')]);
  const wrong = await onym(['query', 'SELECT 1'], { ...variables, ONYM_QUERY_ROWS_MAX: 'few' });
  expect(wrong).toMatchObject({ code: 2, stderr: 'onym: ONYM_QUERY_ROWS_MAX is "few". Give a whole number.\n' });
});
