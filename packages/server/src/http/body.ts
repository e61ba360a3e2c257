import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { OnymError } from '../errors.ts';
import { parseForeign, parseWith } from '../exact-json/parse.ts';
import { limits } from '../limits.ts';
import { holdsOddId, isIdPath } from './id-numbers.ts';

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

/** Parsing millions of nested brackets blocks for seconds; below this size it does not, and items are checked one by one. */
const nestingCheckedAboveBytes = 64 * 1024;
/** No honest body comes near; jsonDepthMax is checked per item, so that a deep one costs its neighbours nothing. */
const nestingMax = 1_000;

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
  else decompress(bytes, encoding).then((plain) => parsePlain(request, plain, done), done);
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

async function decompress(bytes: Buffer, encoding: string | undefined): Promise<Buffer> {
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
    return await decompressBytes(bytes, { maxOutputLength: limits.bodyBytesMax });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new OnymError(
        'payload-too-large',
        `The body is larger than ${limits.bodyBytesMax} bytes once decompressed. Split it over several requests.`,
      );
    }
    throw new OnymError('invalid-json', `The body is not valid ${name}. Compress it again, or send it plain.`, {
      cause: error,
    });
  }
}

/**
 * Throws `invalid-json` or `invalid-payload`. Keys named `__proto__` are dropped at every level: nobody means them well. Integers beyond
 * ±(2^53 − 1) are bigints; a number that stands where an id belongs and is no integer is a WrittenNumber.
 */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new OnymError('invalid-json', 'The body is empty. Send a JSON object or array.');
  if (!isUtf8(bytes)) throw new OnymError('invalid-json', 'The body is not UTF-8. Encode it as UTF-8.');
  if (bytes.length > nestingCheckedAboveBytes && isNestedDeeper(bytes, nestingMax)) {
    throw new OnymError('invalid-payload', `The body is nested deeper than ${nestingMax} levels. Flatten it.`);
  }
  let text = bytes.toString('utf8');
  if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
  try {
    const value = parseForeign(text);
    return holdsOddId(value, text) ? parseWith(text, { withoutProto: true, isId: isIdPath }) : value;
  } catch (error) {
    throw new OnymError('invalid-json', 'The body is not valid JSON. Check it with a JSON parser and send it again.', {
      cause: error,
    });
  }
}

function isNestedDeeper(json: Buffer, levels: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i];
    if (inString) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > levels) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return false;
}
