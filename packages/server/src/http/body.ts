import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { OnymError } from '../errors.ts';
import { parseJson } from '../ingest/parse-json.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the body, decompressed. */
    bodyBytes: number;
  }
}

type Decompress = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const decompressByEncoding: ReadonlyMap<string, Decompress | null> = new Map<string, Decompress | null>([
  ['identity', null],
  ['gzip', promisify<Buffer, object, Buffer>(gunzip)],
  ['x-gzip', promisify<Buffer, object, Buffer>(gunzip)],
  ['deflate', promisify<Buffer, object, Buffer>(inflate)],
  ['br', promisify<Buffer, object, Buffer>(brotliDecompress)],
]);

const notJsonMessage = 'The content type of the body is not JSON. Send it as application/json.';

/** `curl -d` says form-urlencoded of whatever it sends; a body that is no JSON is told so all the same. */
const jsonContentTypes = ['application/json', 'text/plain', 'application/x-www-form-urlencoded'];

/**
 * Reads every body as JSON, whatever of application/json, text/plain (sendBeacon) or nothing the content type says. Gzip is also
 * recognised by its first bytes, because sendBeacon cannot set Content-Encoding.
 */
export function addBodyParsers(app: FastifyInstance): void {
  app.decorateRequest('bodyBytes', 0);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(jsonContentTypes, { parseAs: 'buffer' }, parseBody);
  // Also what has no content type.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    if (request.headers['content-type'] === undefined) parseBody(request, body, done);
    else done(new OnymError('unsupported-media-type', notJsonMessage));
  });
}

type Done = (error: Error | null, body?: unknown) => void;

function parseBody(request: FastifyRequest, body: string | Buffer, done: Done): void {
  const bytes = body as Buffer;
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined && !isGzip(bytes)) parsePlain(request, bytes, done);
  else
    decompress(bytes, encoding, request.server.initialConfig.bodyLimit!).then(
      (plain) => parsePlain(request, plain, done),
      done,
    );
}

function parsePlain(request: FastifyRequest, bytes: Buffer, done: Done): void {
  let parsed: unknown;
  try {
    parsed = parseJson(bytes);
  } catch (error) {
    done(error as Error);
    return;
  }
  request.bodyBytes = bytes.length;
  done(null, parsed);
}

function isGzip(bytes: Buffer): boolean {
  return bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function decompress(bytes: Buffer, encoding: string | undefined, bytesMax: number): Promise<Buffer> {
  const name = encoding === undefined ? 'gzip' : encoding.trim().toLowerCase();
  const decompressBytes = decompressByEncoding.get(name);
  if (decompressBytes === undefined) {
    throw new OnymError(
      'unsupported-media-type',
      'The Content-Encoding is not one of gzip, deflate, br or identity. Send the body with one of these, or plain.',
    );
  }
  if (decompressBytes === null) return bytes;
  try {
    return await decompressBytes(bytes, { maxOutputLength: bytesMax });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new OnymError(
        'payload-too-large',
        `The body is larger than ${bytesMax} bytes once decompressed. Split it over several requests.`,
      );
    }
    throw new OnymError('invalid-json', `The body is not valid ${name}. Compress it again, or send it plain.`, {
      cause: error,
    });
  }
}
