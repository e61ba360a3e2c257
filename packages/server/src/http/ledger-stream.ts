import type { Seq } from '@onym/core';
import { stringifyExact } from '../exact-json/stringify.ts';
import { mayRead } from './auth.ts';
import type { RouteContext } from './route-context.ts';
import { factToWire } from './wire.ts';

const rowsPerRead = 500;
/** How long a client that lost the connection waits before it comes back. */
const reconnectDelayMs = 2_000;

export interface LedgerStreamOptions {
  readonly environment: string;
  readonly after: Seq;
  /** Name of the key that opened the stream; the stream ends when it may not read this any more. */
  readonly key: string;
  /** Aborted when the client left. */
  readonly gone: AbortSignal;
}

/**
 * The ledger as server-sent events, gap-free and in order: every row is read from the ledger, and a notice of new ones only says
 * when to read. A slow client is read for no faster than it takes.
 */
export async function* ledgerStream(
  { environment, after, key, gone }: LedgerStreamOptions,
  { services, keys, heartbeatIntervalMs, stopping }: RouteContext,
): AsyncGenerator<string> {
  const ended = AbortSignal.any([gone, stopping]);
  let pending = false;
  let wake: (() => void) | null = null;
  const notify = () => {
    pending = true;
    wake?.();
  };
  ended.addEventListener('abort', notify);
  const stopListening = services.onLedger(environment, notify);
  const mayGoOn = () => {
    const current = keys.active(key);
    return current !== null && mayRead(current) && current.environments.includes(environment);
  };
  let seq = after;
  try {
    yield `retry: ${reconnectDelayMs}\n\n`;
    while (!ended.aborted && mayGoOn()) {
      pending = false;
      const facts = await services.ledgerPage(environment, seq, rowsPerRead);
      let text = '';
      for (const fact of facts) {
        text += `id: ${fact.seq}\nevent: ledger\ndata: ${stringifyExact(factToWire(fact))}\n\n`;
        seq = fact.seq;
      }
      if (text !== '') yield text;
      if (facts.length > 0 || pending || ended.aborted) continue;
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
