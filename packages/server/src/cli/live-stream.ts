import { setTimeout as sleep } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import { RequestError, type Running, refusalOf } from './transport.ts';

export interface Following {
  readonly path: string;
  /** Asked before every connection: a server that was started again has another address, and another key for this machine. */
  readonly server: () => Promise<Running | null>;
  readonly signal: AbortSignal;
  /** The server listens for us: nothing that comes from now on is missed. */
  onOpen(): void;
  onMessage(name: string, data: string): void;
  /** The connection is gone; the next one is tried until it comes about. */
  onLost(): void;
}

const reconnectDelayMs = 1_000;

/** Follows a live stream, from where it was cut, until `signal` is aborted. Throws what the server says no with, and at first if none is there. */
export async function follow({ path, server, signal, onOpen, onMessage, onLost }: Following): Promise<void> {
  let lastId = '';
  const parser = createParser({
    onEvent({ event = 'message', data, id }) {
      lastId = id ?? lastId;
      onMessage(event, data);
    },
  });
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    const response = await connected(server, path, lastId, signal);
    if (response === null && isFirst) throw new RequestError('The server does not answer. Is it running there?', null);
    if (response !== null) {
      onOpen();
      await readAll(response, parser.feed, signal);
      parser.reset();
      if (!signal.aborted) onLost();
    }
    await sleep(reconnectDelayMs, undefined, { signal }).catch(() => {});
  }
}

/** null where nobody answers, or not yet. */
async function connected(
  server: Following['server'],
  path: string,
  lastId: string,
  signal: AbortSignal,
): Promise<Response | null> {
  const running = await server();
  if (running === null) return null;
  const headers = {
    accept: 'text/event-stream',
    authorization: `Bearer ${running.secret}`,
    ...(lastId === '' ? {} : { 'last-event-id': lastId }),
  };
  let response: Response;
  try {
    response = await fetch(new URL(path, running.url), { headers, signal });
  } catch {
    return null;
  }
  if (response.ok) return response;
  const refusal = refusalOf(response.status, await response.text());
  if (response.status >= 500) return null;
  throw refusal;
}

async function readAll(response: Response, feed: (text: string) => void, signal: AbortSignal): Promise<void> {
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body!) feed(decoder.decode(chunk as Uint8Array, { stream: true }));
  } catch (error) {
    // Cut off, which is as good an end as any. What the reader makes of a message is another matter.
    if (!signal.aborted && !isCut(error)) throw error;
  }
}

const isCut = (error: unknown): boolean => error instanceof TypeError && error.message === 'terminated';
