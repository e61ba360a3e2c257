import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, OnymError, statusByErrorCode } from '../errors.ts';
import { jsonLine } from './json-line.ts';
import { nameAnswer, requestIdHeader } from './request-ids.ts';

export interface ErrorBody {
  readonly ok: false;
  readonly error_code: ErrorCode;
  readonly message: string;
}

export function errorBody(error: OnymError): ErrorBody {
  return { ok: false, error_code: error.code, message: error.message };
}

/** For `overloaded` and the like when whoever threw it did not say. */
const retryAfterDefaultSeconds = 1;

/** Fastify's own errors by its codes; the messages are ours. */
const errorByFastifyCode: ReadonlyMap<string, readonly [ErrorCode, string]> = new Map([
  [
    'FST_ERR_CTP_INVALID_MEDIA_TYPE',
    ['unsupported-media-type', 'The body has a content type that is not JSON. Send it as application/json.'],
  ],
  [
    'FST_ERR_CTP_INVALID_CONTENT_LENGTH',
    ['invalid-payload', 'The body is not as long as Content-Length says. Send it again.'],
  ],
  ['FST_ERR_BAD_URL', ['invalid-payload', 'The path is not valid percent-encoded UTF-8. Encode the id in it.']],
]);

/** The one place that turns whatever was thrown into what a caller may see. */
export function toOnymError(error: unknown): OnymError {
  if (error instanceof OnymError) return error;
  const { code, statusCode } = error as Partial<FastifyError>;
  const known = code === undefined ? undefined : errorByFastifyCode.get(code);
  if (known !== undefined) return new OnymError(known[0], known[1], { cause: error });
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new OnymError('invalid-payload', 'The request could not be read. Check it and send it again.', {
      cause: error,
    });
  }
  return new OnymError('internal-error', 'Onym failed to answer; its log says why. Try again later.', {
    cause: error,
  });
}

/** Sets the status and headers of an error; for answers whose body holds more than the error. */
export function prepareErrorReply(reply: FastifyReply, error: OnymError): FastifyReply {
  if (error.status === 503 || error.status === 429) {
    reply.header('retry-after', Math.max(1, Math.ceil(error.retryAfterSeconds ?? retryAfterDefaultSeconds)));
  }
  if (error.status === 401) reply.header('www-authenticate', 'Bearer');
  return reply.code(error.status).type('application/json; charset=utf-8');
}

const isTooLarge = (error: unknown): boolean => (error as Partial<FastifyError>).code === 'FST_ERR_CTP_BODY_TOO_LARGE';

const tooLarge = (bytesMax: number): OnymError =>
  new OnymError('payload-too-large', `The body is larger than ${bytesMax} bytes. Split it over several requests.`);

export function sendError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = isTooLarge(thrown)
    ? tooLarge(request.routeOptions.bodyLimit ?? request.server.initialConfig.bodyLimit!)
    : toOnymError(thrown);
  // The ingestion routes have no logger of their own for each request.
  if (error.code === 'internal-error') request.log.error({ err: thrown, request_id: request.id }, 'request failed');
  // Those whose path can't be read have met no hook.
  nameAnswer(reply);
  return prepareErrorReply(reply, error).send(jsonLine(errorBody(error)));
}

/** Answers what was not even HTTP, or came too slowly or with too large headers, before Node closes the connection. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const [code, message]: readonly [ErrorCode, string] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['payload-too-large', 'The headers are too large. Send the key in Authorization and data in the body.']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['invalid-payload', 'The request did not arrive in time. Send it again, in smaller parts if need be.']
        : ['invalid-payload', 'This is not a valid HTTP request. Check what sent it.'];
  const body = jsonLine({ ok: false, error_code: code, message } satisfies ErrorBody);
  socket.end(
    `HTTP/1.1 ${statusByErrorCode[code]} Error\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `${requestIdHeader}: ${randomUUID()}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
