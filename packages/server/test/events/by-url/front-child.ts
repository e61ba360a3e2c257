/**
 * ClickHouse's HTTP interface over chDB, as far as `@clickhouse/client` uses it. In a process of its own, for chDB has one data directory
 * per process.
 */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { drainPending } from 'chdb';
import { openFrontEngine } from './front-engine.ts';
import { type Faults, type FromFront, type FrontOptions, noFaults, type Ran, type ToFront } from './front-options.ts';
import { createStatements } from './front-statements.ts';

const options = JSON.parse(process.argv[2]!) as FrontOptions;
const { anchor, data } = openFrontEngine(options);
const statements = createStatements(data, options);
const ran: Ran[] = [];
const sockets = new Set<Socket>();
let faults: Faults = noFaults;
let lost = 0;

/** Of the interface itself, and no settings of the engine. */
const parameters = new Set(['query', 'query_id', 'database', 'wait_end_of_query', 'session_id']);

function userOf({ headers }: IncomingMessage): FrontOptions['users'][number] | undefined {
  const [, basic = ''] = /^Basic (.*)$/.exec(headers.authorization ?? '') ?? [];
  const [name, password] = basic
    ? Buffer.from(basic, 'base64').toString('utf8').split(/:(.*)/s)
    : [headers['x-clickhouse-user'], headers['x-clickhouse-key']];
  return options.users.find((user) => user.name === name && user.password === password);
}

function fail(response: ServerResponse, status: number, code: number, message: string): void {
  response.writeHead(status, { 'X-ClickHouse-Exception-Code': code, 'Content-Type': 'text/plain; charset=UTF-8' });
  response.end(`${message} (version 26.7.2.1)\n`);
}

const handle: RequestListener = async (request, response) => {
  const url = new URL(request.url!, 'http://front');
  if (url.pathname === '/ping') return void response.end('Ok.\n');
  if (faults.proxyError) return void response.writeHead(502).end('<html>Bad Gateway</html>');
  const { 'content-encoding': encoding, 'accept-encoding': accepted } = request.headers;
  const body = await buffer(encoding === 'gzip' ? request.pipe(createGunzip()) : request);
  const user = userOf(request);
  if (user === undefined) {
    return fail(
      response,
      403,
      516,
      'Code: 516. DB::Exception: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)',
    );
  }
  const asked = url.searchParams.get('query');
  const sql = asked ?? body.toString('utf8');
  const zips = url.searchParams.get('enable_http_compression') === '1' && /gzip/.test(accepted ?? '');
  const settings = Object.fromEntries([...url.searchParams].filter(([name]) => !parameters.has(name)));
  const note: Ran = {
    host: new URL(`http://${request.headers.host}`).hostname,
    user: user.name,
    sql: sql.slice(0, 2_000),
    settings,
    encodings: [encoding ?? null, zips ? 'gzip' : null],
  };
  if (faults.slow !== null && new RegExp(faults.slow.matching).test(sql)) await sleep(faults.slow.ms);
  try {
    const whole = url.searchParams.get('wait_end_of_query') === '1';
    const database = url.searchParams.get('database');
    const answer = await statements
      .run({
        user,
        sql,
        rows: asked === null ? null : body,
        database,
        settings,
        whole,
        version: faults.version,
      })
      .finally(() => ran.push(note));
    if (faults.lose !== null && lost < faults.lose.times && new RegExp(faults.lose.matching).test(sql)) {
      lost += 1;
      request.socket.destroy();
      return;
    }
    response.writeHead(200, zips ? { 'Content-Encoding': 'gzip' } : {});
    await (zips ? pipeline(answer, createGzip(), response) : pipeline(answer, response));
  } catch (error) {
    const { message } = error as Error;
    // What was begun is broken off: its status was sent long before.
    if (response.headersSent) return void request.socket.destroy();
    fail(response, 500, Number(/^Code: (\d+)/.exec(message)?.[1] ?? 1002), message);
  }
};

const listener: RequestListener = (request, response) => {
  Promise.resolve(handle(request, response)).catch(() => request.socket.destroy());
};
const server = options.tls === null ? createServer(listener) : createTlsServer(options.tls, listener);
server.on(options.tls === null ? 'connection' : 'secureConnection', (socket: Socket) => {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
  socket.on('error', () => undefined);
});

const tell = (message: FromFront): void => void process.send!(message);
let port = 0;

const listen = () =>
  // On all of the loopback: a cluster's nodes are told apart by address.
  new Promise<void>((resolve) => {
    server.listen(port, '0.0.0.0', () => {
      ({ port } = server.address() as AddressInfo);
      resolve();
    });
  });

async function become(next: Faults): Promise<void> {
  const wasAway = faults.away;
  faults = next;
  lost = 0;
  if (next.away && !wasAway) {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  }
  if (!next.away && wasAway) await listen();
}

process.on('message', async (message: ToFront) => {
  if ('ask' in message) tell({ ran: ran.splice(0) });
  else {
    await become(message.faults);
    tell({ done: true });
  }
});
process.on('disconnect', async () => {
  for (const socket of sockets) socket.destroy();
  server.close();
  // Tables of which no replica is active are not closed in any time that one would wait.
  if (options.zookeeper !== null) process.kill(process.pid, 'SIGKILL');
  anchor.close();
  await drainPending();
  process.exit(0);
});
await listen();
tell({ port });
