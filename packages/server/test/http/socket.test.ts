import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Fact } from '@onym/core';
import { afterEach, describe, expect, it } from 'vitest';
import type { StoredEvent } from '../../src/events/types.ts';
import type { AppOptions } from '../../src/http/app.ts';
import type { Key } from '../../src/keys/types.ts';
import { limits } from '../../src/limits.ts';
import { nodeId } from '../../src/node-id.ts';
import { asSecret, now, pk, sk, type TestApp, testApp } from './support.ts';

let t: TestApp;
let port: number;
let base: string;

async function listen(options: Partial<AppOptions> = {}): Promise<void> {
  t = testApp(options);
  await t.app.listen({ port: 0, host: '127.0.0.1' });
  ({ port } = t.app.server.address() as AddressInfo);
  base = `http://127.0.0.1:${port}`;
}

afterEach(() => t.app.close());

/** Everything the server sends until it closes the connection. */
async function exchange(text: string, then?: (socket: Socket) => void): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  then?.(socket);
  let received = '';
  socket.on('data', (data) => {
    received += data;
  });
  socket.on('error', () => {});
  await once(socket, 'close');
  return received;
}

const event = { event: 'e', distinct_id: 'a' };

describe('bodies over a socket', () => {
  it('a beacon is accepted', async () => {
    await listen();
    const response = await fetch(`${base}/track?apiKey=${pk}`, { method: 'POST', body: JSON.stringify(event) });
    expect(await response.json()).toEqual({ ok: true, verdict: 'applied', seq: null });
  });

  it('a gzip bomb is payload-too-large', async () => {
    await listen();
    const bomb = gzipSync(Buffer.alloc(5 * limits.bodyBytesMax, ' '));
    expect(bomb.length).toBeLessThan(limits.bodyBytesMax);
    const response = await fetch(`${base}/track`, {
      method: 'POST',
      headers: { ...asSecret, 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: bomb,
    });
    expect([response.status, ((await response.json()) as { error_code: string }).error_code]).toEqual([
      413,
      'payload-too-large',
    ]);
  });

  it('a body announced too large is refused at once, one that turns out so when it does', async () => {
    await listen();
    const head = `POST /track HTTP/1.1\r\nHost: onym\r\nAuthorization: Bearer ${sk}\r\nContent-Type: application/json\r\n`;
    const announced = await exchange(`${head}Content-Length: ${limits.bodyBytesMax + 1}\r\n\r\n{`);
    expect(announced).toMatch(/^HTTP\/1.1 413 /);
    expect(announced).toContain('"error_code":"payload-too-large"');
    expect(announced.toLowerCase()).toContain('access-control-allow-origin: *');
    const fromPage = await exchange(`${head}Origin: null\r\nContent-Length: ${limits.bodyBytesMax + 1}\r\n\r\n{`);
    expect(fromPage).toMatch(/^HTTP\/1.1 413 /);
    expect(fromPage.toLowerCase()).toContain('access-control-allow-origin: null');
    const chunk = `100000\r\n${' '.repeat(0x100000)}\r\n`;
    const chunked = await exchange(`${head}Transfer-Encoding: chunked\r\n\r\n`, (socket) => {
      for (let i = 0; i < 21; i++) socket.write(chunk);
    });
    expect(chunked).toContain('"error_code":"payload-too-large"');
  });

  it('a body that does not arrive in time ends the connection, and nothing else', async () => {
    await listen({ requestTimeoutMs: 200 });
    const slow = await exchange(
      `POST /track HTTP/1.1\r\nHost: onym\r\nAuthorization: Bearer ${sk}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
    );
    expect(slow).toMatch(/^HTTP\/1.1 400 /);
    expect(slow).toContain('"error_code":"invalid-payload"');
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
  });

  it('an Origin comes back as it was sent, or is no HTTP', async () => {
    await listen();
    const asking = (origin: string) =>
      exchange(`OPTIONS /track HTTP/1.1\r\nHost: onym\r\nConnection: close\r\nOrigin: ${origin}\r\n\r\n`);
    expect(await asking('https://caf\u00e9.example')).toMatch(/^HTTP\/1.1 204 /);
    for (const control of ['\u0000', '\u0001', '\u007f', '\rX: y', '\nX: y']) {
      const answer = await asking(`https://shop.example${control}`);
      expect(answer).not.toMatch(/^HTTP\/1.1 5/);
      expect(answer.toLowerCase()).not.toMatch(/^x: /m);
    }
  });

  it('what is no HTTP, or has endless headers, is answered in the usual shape', async () => {
    await listen();
    expect(await exchange('nonsense\r\n\r\n')).toContain('"error_code":"invalid-payload"');
    const large = await exchange(`GET /healthz HTTP/1.1\r\nHost: onym\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(large).toMatch(/^HTTP\/1.1 413 /);
    expect(large).toContain('"error_code":"payload-too-large"');
  });

  it('a client that leaves in the middle of its body does no harm', async () => {
    await listen();
    await exchange(
      `POST /track HTTP/1.1\r\nHost: onym\r\nAuthorization: Bearer ${sk}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
      (socket) => setImmediate(() => socket.destroy()),
    );
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
    expect(t.services.tracked).toEqual([]);
  });
});

const separate = (seq: number): Fact => ({
  seq,
  time: now,
  timestamp: null,
  verdict: 'applied',
  reason: null,
  source: { key: 'web', lib: null, batch: null, public: true },
  op: 'separate',
  a: 'a',
  b: `b${seq}`,
});

function append(...seqs: number[]): void {
  t.services.facts.push(...seqs.map(separate));
  for (const listener of t.services.listeners) listener();
}

interface Stream {
  readonly status: number;
  /** Reads on until the text so far satisfies `enough`, or the stream ends. */
  until(enough: (text: string) => boolean): Promise<string>;
  close(): void;
}

async function openStream(query = '', headers: Record<string, string> = {}, path = '/v1/ledger'): Promise<Stream> {
  const closing = new AbortController();
  const response = await fetch(`${base}${path}?${query}`, {
    headers: { ...asSecret, accept: 'text/event-stream', ...headers },
    signal: closing.signal,
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    status: response.status,
    async until(enough) {
      while (!enough(text)) {
        const { value, done } = await reader.read();
        if (done) break;
        text += value;
      }
      return text;
    },
    close: () => closing.abort(),
  };
}

const idsOf = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
const toEnd = () => false;

async function eventually(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('the live ledger', () => {
  it('sends what there is, then what comes, in order and without gaps', async () => {
    await listen();
    append(...Array.from({ length: 1_200 }, (_, i) => i + 1));
    const stream = await openStream();
    await stream.until((text) => idsOf(text).length >= 1_200);
    append(1_201);
    append(1_202, 1_203);
    const text = await stream.until((so) => so.includes('id: 1203\n'));
    expect(idsOf(text)).toEqual(Array.from({ length: 1_203 }, (_, i) => i + 1));
    expect(text).toMatch(/^retry: 2000\n\nid: 1\nevent: ledger\ndata: \{"seq":1,.*"a":"a","b":"b1"\}\n\n/);
    stream.close();
    await eventually(() => t.services.listeners.size === 0);
  });

  it('goes on after Last-Event-ID, or after `after`', async () => {
    await listen();
    append(1, 2, 3, 4);
    const resumed = await openStream('after=1', { 'last-event-id': '3' });
    expect(idsOf(await resumed.until((text) => text.includes('id: 4')))).toEqual([4]);
    resumed.close();
    const later = await openStream('after=2');
    expect(idsOf(await later.until((text) => text.includes('id: 4')))).toEqual([3, 4]);
    later.close();
    expect((await openStream('', { 'last-event-id': 'x' })).status).toBe(400);
  });

  it('begins at the end after `head`, and says where that is', async () => {
    await listen();
    append(1, 2);
    const stream = await openStream('after=head');
    await stream.until((text) => text.includes('start'));
    append(3);
    const text = await stream.until((so) => so.includes('"seq":3'));
    expect(text).toMatch(/^retry: 2000\n\nid: 2\nevent: start\ndata: \{"after":2\}\n\nid: 3\nevent: ledger\n/);
    stream.close();
  });

  it('sends heartbeats while nothing happens', async () => {
    await listen({ heartbeatIntervalMs: 10 });
    const stream = await openStream();
    expect(await stream.until((text) => text.split(': still here\n\n').length > 3)).toContain(': still here');
    stream.close();
  });

  it('ends when its key is revoked', async () => {
    await listen({ heartbeatIntervalMs: 10 });
    const stream = await openStream();
    t.keys.revoked.add('backend');
    await stream.until(toEnd);
    await eventually(() => t.services.listeners.size === 0);
  });

  it.each<[string, Partial<Key>]>([
    ['scope', { scopes: ['query', 'steer'] }],
    ['environment', { environments: ['staging'] }],
  ])('ends when its %s is taken from the key', async (_what, rest) => {
    await listen({ heartbeatIntervalMs: 10 });
    const stream = await openStream();
    t.keys.restricted.set('backend', rest);
    await stream.until(toEnd);
    await eventually(() => t.services.listeners.size === 0);
  });

  it('ends when the server stops', async () => {
    await listen();
    const stream = await openStream();
    await stream.until((text) => text !== '');
    const closed = t.app.close();
    await stream.until(toEnd);
    await closed;
    expect(t.services.listeners.size).toBe(0);
  });

  it('breaks off when the ledger cannot be read, so that the client comes back', async () => {
    await listen();
    append(1);
    const stream = await openStream();
    await stream.until((text) => text.includes('id: 1\n'));
    t.services.ledgerPage = async () => {
      throw new Error('broken');
    };
    append(2);
    await expect(stream.until(toEnd)).rejects.toThrow();
    await eventually(() => t.services.listeners.size === 0);
  });

  it('is bounded in number', async () => {
    await listen();
    const streams = await Promise.all(Array.from({ length: limits.concurrentStreamsMax }, () => openStream()));
    const refused = await openStream();
    expect(refused.status).toBe(429);
    expect(await refused.until(toEnd)).toContain('"error_code":"too-many-requests"');
    streams[0]!.close();
    await eventually(() => t.services.listeners.size < limits.concurrentStreamsMax);
    const admitted = await openStream();
    expect(admitted.status).toBe(200);
    for (const stream of [...streams, admitted]) stream.close();
  });
});

describe('a query over a socket', () => {
  it('is cancelled when the client leaves', async () => {
    await listen();
    let signal: AbortSignal | undefined;
    let ended = false;
    t.services.reads.query = async (_environment, _sql, options) => {
      signal = options.signal;
      const bytes = (async function* () {
        try {
          for (;;) yield Buffer.alloc(65_536, 'x');
        } finally {
          ended = true;
        }
      })();
      return Object.assign(bytes, { size: 2 ** 40 });
    };
    const closing = new AbortController();
    const response = await fetch(`${base}/v1/query`, {
      method: 'POST',
      headers: { ...asSecret, 'content-type': 'application/json' },
      body: JSON.stringify({ sql: 'SELECT 1' }),
      signal: closing.signal,
    });
    await response.body!.getReader().read();
    closing.abort();
    await eventually(() => ended && signal?.aborted === true);
  });

  it('is no failure when the client leaves before the answer', async () => {
    const lines: string[] = [];
    await listen({ logger: { level: 'warn', stream: { write: (line: string) => void lines.push(line) } } });
    let asked = false;
    let ended = false;
    t.services.reads.query = (_environment, _sql, { signal }) => {
      asked = true;
      return new Promise((_, reject) => {
        signal!.addEventListener('abort', () => {
          ended = true;
          reject(signal!.reason);
        });
      });
    };
    const closing = new AbortController();
    const gone = fetch(`${base}/v1/query`, {
      method: 'POST',
      headers: { ...asSecret, 'content-type': 'application/json' },
      body: JSON.stringify({ sql: 'SELECT 1' }),
      signal: closing.signal,
    });
    await eventually(() => asked);
    closing.abort();
    await expect(gone).rejects.toThrow();
    await eventually(() => ended);
    await t.app.close();
    expect(lines).toEqual([]);
  });
});

describe('live events', () => {
  const openEvents = (query = '') => openStream(query, {}, '/v1/events');
  const eventOf = (name: string, distinctId: string, properties = '{}'): StoredEvent => ({
    uuid: '01a21e6a-9e4f-7000-8b0a-0e15cc97c22a',
    timestamp: now,
    client_timestamp: null,
    received_at: now,
    event: name,
    properties,
    lossy: false,
    distinct_id: distinctId,
    anonymous_id: null,
    device_id: null,
    session_id: null,
  });
  const say = (...events: StoredEvent[]) => {
    for (const hear of t.services.eventListeners) hear(events);
  };
  const namesOf = (text: string) => [...text.matchAll(/^data: .*"event":"(\w+)"/gm)].map((match) => match[1]);

  it('are sent from the first one on, with the identity of the moment', async () => {
    await listen();
    const stream = await openEvents();
    await stream.until((text) => text !== '');
    say(eventOf('one', 'a', '{"big":12345678901234567890}'), eventOf('two', 'b'));
    const text = await stream.until((so) => so.includes('two'));
    expect(text).toMatch(/^retry: 2000\n\nevent: event\ndata: \{"uuid":.*"properties":\{"big":12345678901234567890\}/);
    expect(text).toContain(`"identity_id":"${nodeId('production', 'a')}"`);
    stream.close();
    await eventually(() => t.services.eventListeners.size === 0);
  });

  it('can be those of one name, or of one person under any of its ids', async () => {
    await listen();
    t.services.people.resolve = async (_environment, ids) =>
      new Map(ids.map((id) => [id, { canonicalId: id === 'a2' ? 'a' : id, known: true }]));
    const [named, personal] = [await openEvents('event=two'), await openEvents('distinct_id=a2')];
    await Promise.all([named, personal].map((stream) => stream.until((text) => text !== '')));
    say(eventOf('one', 'a'), eventOf('two', 'b'), eventOf('three', 'a2'), eventOf('two', 'c'));
    say(eventOf('two', 'b'));
    say(eventOf('last', 'a'));
    expect(namesOf(await named.until((text) => namesOf(text).length >= 3))).toEqual(['two', 'two', 'two']);
    expect(namesOf(await personal.until((text) => text.includes('last')))).toEqual(['one', 'three', 'last']);
    for (const stream of [named, personal]) stream.close();
  });

  it('leave out what a slow reader does not take, and say so in its place', async () => {
    await listen();
    const stream = await openEvents();
    await stream.until((text) => text !== '');
    const many = Array.from({ length: limits.streamedEventsWaitingMax + 7 }, () => eventOf('many', 'a'));
    say(...many);
    say(eventOf('late', 'a'));
    const text = await stream.until((so) => so.includes('event: dropped'));
    expect(namesOf(text)).toHaveLength(limits.streamedEventsWaitingMax);
    expect(text).toMatch(/event: dropped\ndata: \{"count":8\}\n\n$/);
    say(eventOf('after', 'a'));
    expect(namesOf(await stream.until((so) => so.includes('"after"'))).at(-1)).toBe('after');
    stream.close();
  });

  it('are asked for as a stream', async () => {
    await listen();
    const response = await fetch(`${base}/v1/events`, { headers: asSecret });
    expect(response.status).toBe(400);
    expect(((await response.json()) as { message: string }).message).toContain('Accept: text/event-stream');
  });
});
