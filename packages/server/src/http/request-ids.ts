import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyReply } from 'fastify';

/** In answers, and in requests whose caller has a name for them already. */
export const requestIdHeader = 'x-request-id';

/** What tracing and proxies make: a UUID, a hex or base64 number, parts joined by signs. Nothing that could be mistaken in a log. */
const saneId = /^[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,127}$/;

/** Names a request: by the caller's own id where that is sane, else by this process and a number. */
export function createRequestIds(): (request: IncomingMessage) => string {
  const process = randomBytes(6).toString('hex');
  let count = 0;
  return ({ headers }) => {
    const given = headers[requestIdHeader];
    return typeof given === 'string' && saneId.test(given) ? given : `${process}-${(++count).toString(36)}`;
  };
}

export function nameAnswer(reply: FastifyReply): FastifyReply {
  return reply.header(requestIdHeader, reply.request.id);
}
