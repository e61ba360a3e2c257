import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Begun } from '../keys/sessions.ts';

/** Says who is signed in to the console. */
export const sessionCookieName = 'onym_session';

const held = new RegExp(`(?:^|;) *${sessionCookieName}=([\\w-]+) *(?:;|$)`);

/** What the request's cookie holds; it must reach no log and no message. */
export const sessionSecretOf = ({ headers: { cookie } }: Pick<FastifyRequest, 'headers'>): string | null =>
  cookie === undefined ? null : (held.exec(cookie)?.[1] ?? null);

/**
 * No Path: a browser then sends it to what lies beside /v1/session alone, below whatever path a proxy serves this, and never to the routes of
 * applications.
 */
const attributesFor = (request: FastifyRequest): string =>
  `HttpOnly; SameSite=Strict${request.protocol === 'https' ? '; Secure' : ''}`;

export function giveSession(reply: FastifyReply, { secret, endsAt }: Begun, now: number): void {
  const seconds = Math.ceil((endsAt - now) / 1_000);
  reply.header('set-cookie', `${sessionCookieName}=${secret}; Max-Age=${seconds}; ${attributesFor(reply.request)}`);
}

export function takeSession(reply: FastifyReply): void {
  reply.header('set-cookie', `${sessionCookieName}=; Max-Age=0; ${attributesFor(reply.request)}`);
}
