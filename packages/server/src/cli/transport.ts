import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readConfig } from '../config.ts';
import { limitVariables } from '../configured-limits.ts';
import { isDataDirectory, localAccessFile } from '../disk/data-directory.ts';
import { checkOwner } from '../disk/directory-owner.ts';
import { readLocalAccess } from '../keys/local-access.ts';
import type { Visit } from '../open-parts.ts';
import { type PlaceOptions, serverVariables } from './options.ts';
import { printNote, shown } from './print.ts';
import { serverAddress } from './server-address.ts';
import { leaveStandardInput } from './standard-input.ts';

/** A way to ask a server: over HTTP where one runs, in this process where the data directory is at rest. */
export interface Transport {
  /** Throws RequestError with the server's own message unless the answer is a success. */
  request(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<string>;
  /** As `request`, with a body and an answer of any size and any duration. */
  stream(method: 'GET' | 'POST' | 'DELETE', path: string, body?: StreamedBody): Promise<AsyncIterable<Uint8Array>>;
  close(): Promise<void>;
}

export interface StreamedBody {
  readonly type: string;
  readonly bytes: Readable;
  /** How many they are: a body that ends early is then seen as such. */
  readonly length: number;
}

type Servers = ReturnType<typeof serverVariables>;

export interface TransportOptions extends PlaceOptions {
  /** What to do where there is no data directory yet: make one, or one to be thrown away. Else it is an error. */
  readonly newDirectory?: 'to stay' | 'for this';
  /** What the directory itself holds, whichever servers the variables name. */
  readonly isOwn?: boolean;
}

/** The server said no, or could not be reached. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number | null;
  constructor(message: string, status: number | null, cause?: unknown) {
    super(message, { cause });
    this.status = status;
  }
}

/** Where a server runs, and a key that it takes. */
export interface Running {
  readonly url: string;
  readonly secret: string;
}

/** The server that `--url` names, or the one that runs on the data directory; null where none does. */
export async function runningServer(options: PlaceOptions): Promise<Running | null> {
  if (options.url !== undefined) {
    if (options.key === undefined)
      throw new RequestError('--url needs a secret key: give --key or set ONYM_SECRET_KEY.', null);
    return { url: checkedUrl(options.url), secret: options.key };
  }
  const local = readLocalAccess(localAccessFile(resolve(options.dataDir)));
  return local !== null && (await answers(local.url)) ? local : null;
}

/** As `runningServer`, for what needs one. */
export async function requireServer(options: PlaceOptions): Promise<Running> {
  const running = await runningServer(options);
  if (running !== null) return running;
  throw new RequestError(
    `No server runs on ${options.dataDir}. Start one with \`onym serve\`, or give --url and --key of another.`,
    null,
  );
}

export async function openTransport(options: TransportOptions, visit: Visit): Promise<Transport> {
  const running = await runningServer(options);
  if (running !== null) return overHttp(running.url, running.secret);
  const dataDir = resolve(options.dataDir);
  checkOwner(dataDir);
  const servers = options.isOwn ? {} : serverVariables();
  if (servers.ONYM_POSTGRES_URL !== undefined) {
    // A node's directory holds its journal. Where there is none, nothing may be left in one that is thrown away.
    return existsSync(join(dataDir, 'journal'))
      ? inProcess(dataDir, visit, servers)
      : inTemporaryDirectory(visit, { ...servers, ONYM_ACKNOWLEDGE: 'event-store' });
  }
  if (!isDataDirectory(dataDir)) {
    if (options.newDirectory === 'to stay') {
      printNote(`There is no Onym data in ${shown(dataDir)} yet: it is made now.`);
      return inProcess(dataDir, undefined, servers);
    }
    if (options.newDirectory === 'for this') return inTemporaryDirectory(undefined, servers);
    throw new RequestError(
      `There is no Onym data in ${dataDir}. Give the server's data directory with --data-dir, or --url and --key.`,
      null,
    );
  }
  return inProcess(dataDir, visit, servers);
}

function checkedUrl(text: string): string {
  const address = serverAddress(text);
  if (address !== null) return address;
  throw new RequestError(
    `--url ${JSON.stringify(text)} is no address. Give one such as http://127.0.0.1:7700 or https://example.com/onym.`,
    null,
  );
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(5_000) });
    return true;
  } catch {
    return false;
  }
}

function overHttp(url: string, key: string): Transport {
  return {
    async request(method, path, body) {
      let response: Response;
      try {
        response = await fetch(`${url}${path}`, {
          method,
          headers: {
            authorization: `Bearer ${key}`,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      } catch (error) {
        throw new RequestError(`No server answers at ${url}. Is it running?`, null, error);
      }
      const text = await response.text().catch((error) => {
        throw brokenOff(error);
      });
      return checked(response.status, text);
    },
    stream: (method, path, body) => streamOverHttp(new URL(`${url}${path}`), key, method, body),
    async close() {},
  };
}

/** By node:http: fetch gives an answer five minutes to begin, and another five between two pieces. */
async function streamOverHttp(
  url: URL,
  key: string,
  method: string,
  body: StreamedBody | undefined,
): Promise<AsyncIterable<Uint8Array>> {
  const headers = { authorization: `Bearer ${key}`, ...bodyHeaders(body) };
  const call = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, { method, headers });
  const answered = new Promise<IncomingMessage>((answer, fail) => {
    call.once('response', answer);
    call.once('error', (error) =>
      fail(new RequestError(`No server answers at ${url.origin}. Is it running?`, null, error)),
    );
  });
  // A server that refuses answers before it has read everything.
  if (body === undefined) call.end();
  else pipeline(body.bytes, call).catch((error) => call.destroy(error));
  const response = await answered;
  await checkedStream(response.statusCode ?? 0, response);
  return toItsEnd(response);
}

const brokenOff = (error: unknown): RequestError =>
  new RequestError('The answer broke off before its end; what has come of it is not all. Try again.', null, error);

async function* toItsEnd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw brokenOff(error);
  }
}

const bodyHeaders = (body: StreamedBody | undefined): Record<string, string> =>
  body === undefined ? {} : { 'content-type': body.type, 'content-length': String(body.length) };

async function checkedStream(status: number, response: AsyncIterable<Uint8Array>): Promise<void> {
  if (status < 400) return;
  const chunks: Uint8Array[] = [];
  for await (const chunk of response) chunks.push(chunk);
  checked(status, Buffer.concat(chunks).toString('utf8'));
}

/** As nothing is there to be asked, so nothing is left behind. */
async function inTemporaryDirectory(visit: Visit | undefined, servers: Servers): Promise<Transport> {
  const directory = mkdtempSync(join(tmpdir(), 'onym-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    const transport = await inProcess(directory, visit, servers);
    return { ...transport, close: () => transport.close().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The whole server without a socket. Imported only here: the engines take a moment to load. */
async function inProcess(dataDir: string, visit: Visit | undefined, servers: Servers): Promise<Transport> {
  leaveStandardInput();
  const { createServer } = await import('../server.ts');
  const { ONYM_ENVIRONMENTS, ONYM_SETTINGS } = process.env;
  // They are of this machine and of this process, whoever's the directory is.
  const limits = Object.fromEntries(Object.keys(limitVariables).map((name) => [name, process.env[name]]));
  const directory = { ...limits, ...servers, ONYM_DATA_DIR: dataDir };
  const server = await createServer(
    visit === undefined
      ? // A new one. Its keys are made by the first start of the server, which shows them.
        { config: readConfig({ ...directory, ONYM_ENVIRONMENTS, ONYM_SETTINGS }), makesKeys: false }
      : { config: readConfig(directory), visit },
  );
  return {
    async request(method, path, body) {
      const response = await server.app.inject({
        method,
        url: path,
        headers: { authorization: `Bearer ${server.localSecret}` },
        ...(body === undefined ? {} : { payload: body as object }),
      });
      return checked(response.statusCode, response.body);
    },
    async stream(method, path, body) {
      const response = await server.app.inject({
        method,
        url: path,
        headers: { authorization: `Bearer ${server.localSecret}`, ...bodyHeaders(body) },
        ...(body === undefined ? {} : { payload: body.bytes }),
        payloadAsStream: true,
      });
      const chunks = response.stream();
      await checkedStream(response.statusCode, chunks);
      return toItsEnd(chunks);
    },
    close: () => server.stop(),
  };
}

function checked(status: number, body: string): string {
  if (status < 400) return body;
  throw refusalOf(status, body);
}

/** An error with the server's own message. */
export function refusalOf(status: number, body: string): RequestError {
  let message = body;
  try {
    message = (JSON.parse(body) as { message: string }).message;
  } catch {
    // Not one of our own answers: shown as it is.
  }
  return new RequestError(message, status);
}

/** Opens, asks, and closes, whatever happens. `visit` is what the asking may do to a directory that no server runs on. */
export async function withTransport<T>(
  options: TransportOptions,
  ask: (transport: Transport) => Promise<T>,
  visit: Visit = 'read',
): Promise<T> {
  const transport = await openTransport(options, visit);
  try {
    return await ask(transport);
  } finally {
    await transport.close();
  }
}
