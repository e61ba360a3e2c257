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
import type { Outbox, StoredCall } from './outbox.ts';
import type { Platform } from './platform.ts';

export interface SenderOptions {
  readonly outbox: () => Outbox;
  /** Of one API key and environment: what tabs take turns by. */
  readonly name: string;
  readonly urlOf: (route: string) => string;
  readonly requestTimeoutMs: number;
  readonly flushIntervalMs: number;
  readonly onError: OnError;
  /** Each call that was answered, accepted or not. */
  readonly onOutcome: (call: StoredCall, outcome: Outcome) => void;
}

export interface Sender {
  /** Sends soon: after `flushIntervalMs`, or at once; after a failure not before its delay is over. */
  wake(atOnce?: boolean): void;
  /** The network is back: what failed is tried again at once. */
  revive(): void;
  /** Resolves when everything that waits was answered, or can't be sent now. Never rejects. */
  flush(): Promise<void>;
  /** The page goes: hands what is unanswered to the browser. It stays in the outbox, since nobody will hear the answer. */
  leave(): void;
  stop(): void;
}

const batchItemsMax = 100;
const batchCharactersMax = 50_000;
/** A browser lets a request outlive its page only while all such requests hold less than 64 KiB; a character takes up to three bytes. */
const keepaliveCharactersMax = 20_000;

export function createSender(platform: Platform, options: SenderOptions): Sender {
  const { outbox, onError } = options;
  let cancelTimer: (() => void) | null = null;
  let timerAt = Number.POSITIVE_INFINITY;
  let failures = 0;
  let notBefore = 0;
  /** On its way, by a request that will outlive the page. */
  let surviving: readonly string[] = [];
  let tail = Promise.resolve();
  let stopped = false;

  function wakeIn(delayMs: number): void {
    const now = platform.now();
    const at = Math.max(now + delayMs, notBefore);
    if (stopped || at >= timerAt) return;
    cancelTimer?.();
    timerAt = at;
    cancelTimer = platform.setTimer(at - now, () => {
      timerAt = Number.POSITIVE_INFINITY;
      void flush();
    });
  }

  /** One at a time, each looking afresh: what was called since the one before looked is sent too. */
  function flush(): Promise<void> {
    tail = tail.then(() => platform.exclusively(options.name, sendAll, options.requestTimeoutMs)).catch(onError);
    return tail;
  }

  async function sendAll(): Promise<void> {
    while (!stopped) {
      const batch = nextBatch(outbox().list(), batchItemsMax, batchCharactersMax);
      if (batch === null) return;
      const { calls } = batch;
      try {
        const outcomes = await post(batch.route, calls);
        // Before anybody is told: what was acknowledged is not sent again, whatever a listener does.
        outbox().remove(calls);
        failures = notBefore = 0;
        for (const [i, call] of calls.entries()) options.onOutcome(call, outcomes[i]!);
      } catch (error) {
        if (isRetryable(error)) {
          notBefore = platform.now() + retryDelayMs(++failures, platform.random(), error);
          wakeIn(0);
          // Once for a row of failures: a browser may be offline for a day.
          if (failures === 1) onError(error as OnymError);
          return;
        }
        outbox().remove(calls);
        onError(error as OnymError);
      }
    }
  }

  async function post(route: string, calls: readonly StoredCall[]): Promise<Outcome[]> {
    const body = arrayBody(calls);
    const keepalive = body.length < keepaliveCharactersMax;
    if (keepalive) surviving = calls.map(({ key }) => key);
    try {
      const init = { method: 'POST', headers: { 'content-type': 'text/plain' }, body, keepalive };
      const reply = await request(platform.fetch, options.urlOf(route), init, options.requestTimeoutMs);
      return outcomesOf(reply, calls.length);
    } finally {
      surviving = [];
    }
  }

  return {
    wake: (atOnce = false) => wakeIn(atOnce ? 0 : options.flushIntervalMs),
    revive() {
      notBefore = 0;
      wakeIn(0);
    },
    flush,
    leave() {
      let waiting = outbox()
        .list()
        .filter(({ key }) => !surviving.includes(key));
      for (;;) {
        const batch = nextBatch(waiting, batchItemsMax, keepaliveCharactersMax);
        if (batch === null || !platform.beacon(options.urlOf(batch.route), arrayBody(batch.calls))) return;
        waiting = waiting.slice(batch.calls.length);
      }
    },
    stop() {
      stopped = true;
      cancelTimer?.();
    },
  };
}
