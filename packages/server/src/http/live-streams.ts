import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OnymError } from '../errors.ts';
import type { KeyStore } from '../keys/types.ts';
import { limits } from '../limits.ts';
import { mayRead, type RequestSession } from './auth.ts';

/** How long a client that lost the connection waits before it comes back. */
const reconnectDelayMs = 2_000;
const retryAfterSeconds = 10;
/** How soon a session's end is seen while it has much to read. */
const lookEveryMs = 1_000;

/** What a live stream sends. */
export interface LiveSource {
  /** Calls `notify` whenever there may be more. Returns how to stop. */
  listen(notify: () => void): () => void;
  /** Server-sent events that there are now; '' when there are none. Asked for no faster than the client takes them. */
  next(): Promise<string>;
}

export interface LiveStreams {
  /**
   * Answers with server-sent events until the client leaves, the server stops, or the key may not read this environment any more, or the session has ended.
   * Throws `too-many-requests` beyond `concurrentStreamsMax`.
   */
  send(request: FastifyRequest, reply: FastifyReply, environment: string, source: LiveSource): FastifyReply;
}

export interface LiveStreamParts {
  readonly keys: Pick<KeyStore, 'active'>;
  readonly heartbeatIntervalMs: number;
  readonly stopping: AbortSignal;
}

interface Reader {
  /** Its name. */
  readonly key: string;
  readonly session: RequestSession | null;
}

export const isLiveWanted = (request: FastifyRequest): boolean =>
  request.headers.accept?.includes('text/event-stream') ?? false;

/** One server-sent event. `data` is one line. */
export function serverSentEvent(name: string, data: string, id?: number): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${data}\n\n`;
}

export function createLiveStreams({ keys, heartbeatIntervalMs, stopping }: LiveStreamParts): LiveStreams {
  let open = 0;

  async function* stream(environment: string, { key, session }: Reader, gone: AbortSignal, source: LiveSource) {
    const ended = AbortSignal.any([gone, stopping]);
    let pending = false;
    let wake: (() => void) | null = null;
    const notify = () => {
      pending = true;
      wake?.();
    };
    let lookedAt = performance.now();
    const isStanding = async () => {
      if (session === null || performance.now() - lookedAt < lookEveryMs) return true;
      lookedAt = performance.now();
      // While nobody can say, it holds as its key does.
      return session.isStanding().catch(() => true);
    };
    const mayGoOn = async () => {
      const current = keys.active(key);
      const isReader = current !== null && mayRead(current) && current.environments.includes(environment);
      return isReader && (await isStanding());
    };
    ended.addEventListener('abort', notify);
    const stopListening = source.listen(notify);
    try {
      yield `retry: ${reconnectDelayMs}\n\n`;
      while (!ended.aborted && (await mayGoOn())) {
        pending = false;
        const text = await source.next();
        if (text !== '') yield text;
        if (text !== '' || pending || ended.aborted) continue;
        const isQuiet = await new Promise<boolean>((resolve) => {
          const timer = setTimeout(() => resolve(true), heartbeatIntervalMs);
          wake = () => {
            clearTimeout(timer);
            resolve(false);
          };
        });
        wake = null;
        if (isQuiet) yield ': still here\n\n';
      }
    } finally {
      stopListening();
      ended.removeEventListener('abort', notify);
    }
  }

  return {
    send(request, reply, environment, source) {
      if (open >= limits.concurrentStreamsMax) {
        throw new OnymError(
          'too-many-requests',
          `${limits.concurrentStreamsMax} streams are open already. Close one, or read pages instead.`,
          { retryAfterSeconds },
        );
      }
      open++;
      const gone = new AbortController();
      reply.raw.once('close', () => {
        gone.abort();
        open--;
      });
      const reader = { key: request.key!.name, session: request.session };
      const text = stream(environment, reader, gone.signal, source);
      return reply
        .header('content-type', 'text/event-stream; charset=utf-8')
        .header('cache-control', 'no-cache, no-transform')
        .header('x-accel-buffering', 'no')
        .send(Readable.from(text, { objectMode: false, highWaterMark: 64 * 1024 }));
    },
  };
}
