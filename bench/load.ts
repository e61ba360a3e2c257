import { connect, type Socket } from 'node:net';
import { freshen } from './fresh.ts';
import { quantile } from './series.ts';

/**
 * A load generator for one host: plain sockets, one request under way on each, requests made in advance. It stops by not sending
 * any more and waits for every answer, so that what it counts as acknowledged is exactly what was acknowledged.
 */
export interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  /** Whole HTTP requests, sent in turn. */
  readonly requests: readonly Buffer[];
  /** What bounds the run; one at least is given. */
  readonly durationMs?: number;
  readonly amount?: number;
  readonly until?: AbortSignal;
  /** Index of the first request; a run may go on where another ended. */
  readonly from?: number;
  /** How long a connection rests after an answer, give or take a half; it sends the next at once where none is given. */
  readonly pauseMs?: number;
  /** For each answer of status 200, with the index of its request. */
  readonly onAnswer?: (index: number, body: string) => void;
}

export interface LoadResult {
  /** Answers of status 200. */
  readonly acknowledged: number;
  /** Other answers, and connections that failed. */
  readonly errors: number;
  readonly firstError: string | null;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Requests sent; the next run's `from`. */
  readonly sent: number;
}

const latenciesMax = 1_000_000;
const answerTimeoutMs = 30_000;

export function requestOf(path: string, key: string | null, body: string): Buffer {
  const bytes = Buffer.from(body, 'utf8');
  const head =
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${bytes.length}\r\n` +
    `${key === null ? '' : `Authorization: Bearer ${key}\r\n`}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
}

interface Answer {
  status: number;
  /** Bytes of the whole answer; null while its head is incomplete. */
  length: number | null;
  bodyStart: number;
}

const contentLength = /\r\ncontent-length: *(\d+)/i;

function readHead(bytes: Buffer): Answer {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return { status: 0, length: null, bodyStart: 0 };
  const head = bytes.toString('latin1', 0, end);
  const match = contentLength.exec(head);
  if (match === null) throw new Error(`An answer without Content-Length: ${head.slice(0, 200)}`);
  return { status: Number(head.slice(9, 12)), length: end + 4 + Number(match[1]), bodyStart: end + 4 };
}

/** Between a half and one and a half, evenly: connections that rest as long as each other would send in step. */
const restOf = (n: number): number => 0.5 + ((n * 0.618) % 1);

/** The state all connections of a run share; methods on a class keep the hot path free of closures. */
class Run {
  sent: number;
  acknowledged = 0;
  errors = 0;
  firstError: string | null = null;
  readonly latencies: Float64Array;
  readonly endAt: number;
  readonly last: number;
  readonly options: LoadOptions;

  constructor(options: LoadOptions) {
    this.options = options;
    this.latencies = new Float64Array(Math.min(options.amount ?? latenciesMax, latenciesMax));
    this.sent = options.from ?? 0;
    this.last = this.sent + (options.amount ?? Number.POSITIVE_INFINITY);
    this.endAt = performance.now() + (options.durationMs ?? Number.POSITIVE_INFINITY);
  }

  mayGoOn(): boolean {
    return this.sent < this.last && performance.now() < this.endAt && !this.options.until?.aborted;
  }

  fail(message: string): void {
    this.errors++;
    this.firstError ??= message.slice(0, 500);
  }
}

class Connection {
  readonly run: Run;
  readonly socket: Socket;
  startedAt = 0;
  index = -1;
  pending: Buffer | null = null;
  readonly done: Promise<void>;
  #end = () => {};

  constructor(run: Run, host: string, port: number) {
    this.run = run;
    this.done = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.socket = connect({ host, port, noDelay: true });
    this.socket.setTimeout(answerTimeoutMs, () => this.socket.destroy(new Error('no answer in time')));
    this.socket.on('connect', () => this.next());
    this.socket.on('data', (chunk) => this.read(chunk));
    this.socket.on('error', (error) => run.fail(String(error)));
    this.socket.on('close', () => {
      if (this.index !== -1) run.fail('The connection was closed before the answer.');
      this.#end();
    });
  }

  next(): void {
    if (!this.run.mayGoOn()) {
      this.index = -1;
      this.socket.end();
      return;
    }
    const { requests } = this.run.options;
    this.index = this.run.sent++ % requests.length;
    this.startedAt = performance.now();
    // No more are under way than there are connections, so one of thousands has left when its turn comes again.
    this.socket.write(freshen(requests[this.index]!));
  }

  read(chunk: Buffer): void {
    const bytes = this.pending === null ? chunk : Buffer.concat([this.pending, chunk]);
    const { status, length, bodyStart } = readHead(bytes);
    if (length === null || bytes.length < length) {
      this.pending = bytes;
      return;
    }
    this.pending = null;
    const { run } = this;
    if (status === 200) {
      run.latencies[run.acknowledged++ % latenciesMax] = performance.now() - this.startedAt;
      run.options.onAnswer?.(this.index, bytes.toString('utf8', bodyStart));
    } else run.fail(`${status} ${bytes.toString('utf8', bodyStart)}`);
    const { pauseMs } = run.options;
    if (pauseMs === undefined) this.next();
    else setTimeout(() => this.next(), pauseMs * restOf(run.sent));
  }
}

export async function load(options: LoadOptions): Promise<LoadResult> {
  const { hostname, port } = new URL(options.url);
  const run = new Run(options);
  const start = performance.now();
  const connections = Array.from({ length: options.connections }, () => new Connection(run, hostname, Number(port)));
  await Promise.all(connections.map((connection) => connection.done));
  const seconds = (performance.now() - start) / 1000;
  const latencies = run.latencies.subarray(0, Math.min(run.acknowledged, latenciesMax));
  return {
    acknowledged: run.acknowledged,
    errors: run.errors,
    firstError: run.firstError,
    seconds,
    perSecond: run.acknowledged / seconds,
    p50Ms: quantile([...latencies], 0.5),
    p99Ms: quantile([...latencies], 0.99),
    sent: run.sent,
  };
}
