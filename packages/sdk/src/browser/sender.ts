import {
  arrayBody,
  isRetryable,
  nextBatch,
  type OnError,
  type Outcome,
  outcomesOf,
  request,
  retryDelayMs,
} from '../delivery.ts';
import type { OnymError } from '../errors.ts';
import { keepaliveCharactersMax, pageBatchCharactersMax, pageBatchItemsMax } from '../limits.ts';
import type { StoredCall } from './outbox.ts';
import type { Platform } from './platform.ts';

export interface SenderOptions {
  /** What may be sent now, in order. */
  readonly waiting: () => StoredCall[];
  /** They were answered: they are not to be sent again. */
  readonly done: (calls: readonly StoredCall[]) => void;
  /** Of one API key and environment: what tabs take turns by. */
  readonly name: string;
  readonly urlOf: (route: string) => string;
  readonly requestTimeoutMs: number;
  readonly onError: OnError;
  /** Each call that was answered, accepted or not. */
  readonly onOutcome: (call: StoredCall, outcome: Outcome) => void;
}

export interface Sender {
  /** Sends after a delay; after a failure not before its own is over. */
  wake(delayMs: number): void;
  /** Sends now, whatever failed before. Resolves when everything that waits was answered, or can't be sent. Never rejects. */
  flush(): Promise<void>;
  /** The page goes: hands what is unanswered to the browser. It stays in the outbox, since nobody will hear the answer. */
  leave(): void;
  stop(): void;
}

export function createSender(platform: Platform, options: SenderOptions): Sender {
  const { waiting, done, onError } = options;
  let cancelTimer: (() => void) | null = null;
  let timerAt = Infinity;
  let failures = 0;
  let notBefore = 0;
  let tail = Promise.resolve();
  let stopped = false;

  function wake(delayMs: number): void {
    const now = platform.now();
    const at = Math.max(now + delayMs, notBefore);
    if (stopped || at >= timerAt) return;
    cancelTimer?.();
    timerAt = at;
    cancelTimer = platform.setTimer(at - now, flush);
  }

  /** One at a time, each looking afresh: what was called since the one before looked is sent too. */
  function flush(): Promise<void> {
    cancelTimer?.();
    timerAt = Infinity;
    tail = tail.then(() => platform.exclusively(options.name, sendAll, options.requestTimeoutMs)).catch(onError);
    return tail;
  }

  async function sendAll(): Promise<void> {
    while (!stopped) {
      const calls = nextBatch(waiting(), pageBatchItemsMax, pageBatchCharactersMax);
      if (calls.length === 0) return;
      try {
        const outcomes = await post(calls);
        // Before anybody is told: what was acknowledged is not sent again, whatever a listener does.
        done(calls);
        failures = notBefore = 0;
        for (const [i, call] of calls.entries()) options.onOutcome(call, outcomes[i]!);
      } catch (error) {
        if (isRetryable(error)) {
          notBefore = platform.now() + retryDelayMs(++failures, platform.random(), error);
          wake(0);
          // Once for a row of failures: a browser may be offline for a day.
          if (failures === 1) onError(error as OnymError);
          return;
        }
        done(calls);
        onError(error as OnymError);
      }
    }
  }

  async function post(calls: readonly StoredCall[]): Promise<Outcome[]> {
    const body = arrayBody(calls);
    const keepalive = body.length < keepaliveCharactersMax;
    const init = { method: 'POST', headers: { 'content-type': 'text/plain' }, body, keepalive };
    const reply = await request(platform.fetch, options.urlOf(calls[0]!.route), init, options.requestTimeoutMs);
    return outcomesOf(reply, calls.length);
  }

  return {
    wake,
    flush,
    leave() {
      for (let rest = waiting(); rest[0]; ) {
        const calls = nextBatch(rest, pageBatchItemsMax, keepaliveCharactersMax);
        platform.beacon(options.urlOf(rest[0].route), arrayBody(calls));
        rest = rest.slice(calls.length);
      }
    },
    stop() {
      stopped = true;
      cancelTimer?.();
    },
  };
}
