import { arrayBody, nextBatch, outcomesOf } from '../delivery.ts';
import { OnymError } from '../errors.ts';
import type { Route, WireAnswer } from '../wire.ts';
import type { NodeSettings } from './options.ts';
import type { Transport } from './transport.ts';

/** Collects calls and sends them as arrays, one request at a time, so that they are judged in the order they were made. */
export interface Batcher {
  /** Resolves with the call's own answer. */
  add(route: Route, body: string): Promise<WireAnswer>;
  /** Resolves when every call added so far was answered or given up. Never rejects. */
  flush(): Promise<void>;
  /** Calls added from now on are rejected with `shut-down`. */
  shutdown(): Promise<void>;
}

interface WaitingCall {
  readonly route: Route;
  readonly body: string;
  readonly resolve: (answer: WireAnswer) => void;
  readonly reject: (error: unknown) => void;
}

const batchCharactersMax = 5_000_000;

export function createBatcher(transport: Transport, settings: NodeSettings): Batcher {
  let waiting: WaitingCall[] = [];
  let running: Promise<void> | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let isShutDown = false;

  async function sendAll(): Promise<void> {
    for (;;) {
      const calls = nextBatch(waiting, settings.batchItemsMax, batchCharactersMax);
      if (!calls[0]) return;
      waiting = waiting.slice(calls.length);
      await send(calls[0].route, calls);
    }
  }

  async function send(route: Route, calls: readonly WaitingCall[]): Promise<void> {
    try {
      const outcomes = outcomesOf(await transport.ask('POST', `/${route}`, arrayBody(calls)), calls.length);
      for (const [i, outcome] of outcomes.entries()) {
        if ('answer' in outcome) calls[i]!.resolve(outcome.answer);
        else calls[i]!.reject(outcome.error);
      }
    } catch (error) {
      for (const call of calls) call.reject(error);
    }
  }

  function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    // One that runs goes on until nothing waits.
    running ??= sendAll().finally(() => {
      running = null;
    });
    return running;
  }

  function wake(): void {
    if (waiting.length >= settings.batchItemsMax) void flush();
    else if (timer === null && running === null) {
      timer = setTimeout(() => void flush(), settings.flushIntervalMs);
      // A program that has ended otherwise is not kept from ending; shutdown() sends what waits.
      (timer as { unref?(): void }).unref?.();
    }
  }

  function refusal(): OnymError | null {
    if (isShutDown) return new OnymError('shut-down', 'The client was shut down. Make a new one to send more.');
    if (waiting.length < settings.waitingCallsMax) return null;
    return new OnymError(
      'queue-full',
      `${settings.waitingCallsMax} calls wait. Is the server reachable? Send fewer, or await them.`,
    );
  }

  return {
    add(route, body) {
      const refused = refusal();
      if (refused !== null) return Promise.reject(refused);
      return new Promise((resolve, reject) => {
        waiting.push({ route, body, resolve, reject });
        wake();
      });
    },
    async flush() {
      await flush();
      // Added between the last look and the end of it.
      if (waiting.length > 0) await flush();
    },
    async shutdown() {
      isShutDown = true;
      await flush();
    },
  };
}
