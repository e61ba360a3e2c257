import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request as open, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../packages/server/test/system/client.ts';
import { listening } from '../test-support/listening.ts';
import { root, type Started, start } from './commands.ts';

/** deploy/compose/haproxy.cfg, by HAProxy itself, before two servers that stand for nodes. */

/** Why it can't be tried here, or null. Throws when CI=true. */
async function obstacleOf(): Promise<string | null> {
  const found = await start('haproxy', ['-v']).ended.catch(() => null);
  if (found?.code === 0) return null;
  const obstacle = 'haproxy is not installed';
  if (process.env.CI === 'true') throw new Error(`${obstacle}, and what needs it is to run in CI.`);
  process.stderr.write(`\nSKIPPED: ${obstacle}.\n\n`);
  return obstacle;
}
const obstacle = await obstacleOf();

interface Node {
  readonly port: number;
  /** Calls that have arrived. */
  readonly calls: { readonly headers: IncomingHttpHeaders }[];
  /** What /readyz says: of all calls, of events alone, of none. */
  keeps: 'all' | 'events' | 'nothing';
  /** What becomes of a call. */
  does: 'answer' | 'stream' | 'die';
  down(): Promise<void>;
  up(): Promise<void>;
}

async function startNode(): Promise<Node> {
  const sockets = new Set<Socket>();
  const server: Server = createServer(({ url, headers, socket }, response) => {
    if (url!.startsWith('/readyz')) {
      const asked = url === '/readyz?calls=track' ? ['all', 'events'] : ['all'];
      return void response.writeHead(asked.includes(node.keeps) ? 200 : 503).end();
    }
    node.calls.push({ headers });
    if (node.does === 'die') return void socket.destroy();
    if (node.does === 'answer') return void response.end('{"ok":true}');
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('event: row\ndata: {}\n\n');
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const port = await listening(server);
  const node: Node = {
    port,
    calls: [],
    keeps: 'all',
    does: 'answer',
    async down() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
    async up() {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
  };
  return node;
}

describe.skipIf(obstacle !== null)('the proxy', () => {
  let nodes: [Node, Node];
  let proxy: Started;
  let url: string;

  beforeAll(async () => {
    nodes = [await startNode(), await startNode()];
    const probe = createServer();
    const port = await listening(probe);
    await new Promise((resolve) => probe.close(resolve));
    url = `http://127.0.0.1:${port}`;
    const env = {
      ...process.env,
      ONYM_PROXY_BIND: `127.0.0.1:${port}`,
      ONYM_NODE_1: `127.0.0.1:${nodes[0].port}`,
      ONYM_NODE_2: `127.0.0.1:${nodes[1].port}`,
    };
    const file = ['-f', 'deploy/compose/haproxy.cfg'];
    const checked = await start('haproxy', ['-c', ...file], { cwd: root, env }).ended;
    expect(checked).toMatchObject({ code: 0, stderr: '' });
    proxy = start('haproxy', ['-db', ...file], { cwd: root, env });
    const answered = eventually(async () => (await call()) === 200, 'it answers');
    const gone = proxy.ended.then(({ stderr }) => Promise.reject(new Error(`HAProxy ended: ${stderr}`)));
    await Promise.race([answered, gone]);
    gone.catch(() => undefined);
  });
  afterAll(async () => {
    proxy.signal('SIGKILL');
    await proxy.ended;
    for (const node of nodes) await node.down().catch(() => undefined);
  });
  afterEach(async () => {
    for (const node of nodes) Object.assign(node, { keeps: 'all', does: 'answer' });
    await reached(0, 1);
    for (const node of nodes) node.calls.length = 0;
  });

  const call = (headers: Record<string, string> = {}, path = '/track'): Promise<number> =>
    fetch(url + path, { method: 'POST', body: '{}', headers }).then(
      ({ status }) => status,
      () => 0,
    );

  /** Calls until each of these nodes has had one, so that the proxy counts on them. */
  async function reached(...which: (0 | 1)[]): Promise<void> {
    for (const node of nodes) node.calls.length = 0;
    const all = async () => {
      await call();
      return which.every((one) => nodes[one].calls.length > 0);
    };
    await eventually(all, 'each node is called', 10_000);
  }

  it('says who called, and nothing that the caller says of that', async () => {
    await call({ 'x-forwarded-for': '203.0.113.9' });
    const [arrived] = nodes.flatMap(({ calls }) => calls);
    expect(arrived!.headers['x-forwarded-for']).toBe('127.0.0.1');
  });

  it('leaves alone a node that is not ready, and comes back to it', async () => {
    nodes[0].keeps = 'nothing';
    await eventually(
      async () => {
        nodes[0].calls.length = 0;
        await Promise.all(Array.from({ length: 6 }, () => call()));
        return nodes[0].calls.length === 0;
      },
      'it is left alone',
      10_000,
    );
    expect(await call()).toBe(200);
    nodes[0].keeps = 'all';
    await reached(0);
  });

  it('sends events on to a node that keeps events alone, and other calls where all are kept', async () => {
    nodes[0].keeps = 'events';
    const aliases = async () => {
      for (const { calls } of nodes) calls.length = 0;
      for (let n = 0; n < 6; n++) expect(await call({}, '/alias')).toBe(200);
      return nodes.map(({ calls }) => calls.length);
    };
    await eventually(async () => (await aliases())[0] === 0, 'aliases go to the other', 10_000);
    await reached(0, 1);
    // With none that keeps all, a node says so itself.
    nodes[1].keeps = 'events';
    await eventually(async () => (await aliases())[0]! > 0, 'both are asked again', 10_000);
  });

  it('calls another one where nobody listens, before any check has seen it', async () => {
    await nodes[0].down();
    const answers = await Promise.all(Array.from({ length: 20 }, () => call()));
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(nodes[1].calls).toHaveLength(20);
    await nodes[0].up();
  });

  it('does not send a call again that may have arrived', async () => {
    for (const node of nodes) node.does = 'die';
    const answers = [];
    for (let n = 0; n < 4; n++) answers.push(await call());
    // Or nothing at all, on a connection that has had an answer: whoever called decides.
    for (const answer of answers) expect([502, 0]).toContain(answer);
    expect(nodes[0].calls.length + nodes[1].calls.length).toBe(4);
  });

  it('passes on what is streamed as it comes', async () => {
    for (const node of nodes) node.does = 'stream';
    const stream = open(`${url}/v1/ledger`, { headers: { accept: 'text/event-stream' } });
    stream.end();
    const [response] = await once(stream, 'response');
    const [bytes] = await once(response, 'data');
    // It has no end: this is what the node has written so far.
    expect(String(bytes)).toBe('event: row\ndata: {}\n\n');
    stream.destroy();
    // As Onym does, once its next sign of life finds nobody.
    for (const node of nodes) await node.down();
    for (const node of nodes) await node.up();
  });
});
