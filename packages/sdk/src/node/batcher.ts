import { arrayBody, isRetryable, nextBatch, outcomesOf, retryDelayMs } from '../delivery.ts';
import { OnymError } from '../errors.ts';
import { batchCharactersMax } from '../limits.ts';
import type { Route, WireAnswer } from '../wire.ts';
import type { NodeSettings } from './options.ts';
import { beforeEnd, withdraw } from './process-end.ts';
import type { Transport } from './transport.ts';

/** Collects calls and sends them as arrays, one request at a time, so that they are judged in the order they were made. */
export interface Batcher {
  /** Resolves with the call's own answer. Rejects when it was turned down, or when client or process ended without one. */
  add(route: Route, body: string): Promise<WireAnswer>;
  /** Resolves when every call added so far was answered, or none can be sent now: those wait, and are tried again. Never rejects. */
  flush(): Promise<void>;
  /** Sends what waits. What can't be sent within `timeoutMs` is rejected, as is what is added from now on. */
  shutdown(timeoutMs: number): Promise<void>;
}

interface WaitingCall {
  readonly route: Route;
  readonly body: string;
  readonly resolve: (answer: WireAnswer) => void;
  readonly reject: (error: unknown) => void;
}

export function createBatcher(transport: Transport, settings: NodeSettings): Batcher {
  const itemsMax = Math.max(1, settings.batchItemsMax);
  /** From the front on; a call leaves it when it was answered or given up. */
  let waiting: WaitingCall[] = [];
  let running: Promise<void> | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let failures = 0;
  let isShutDown = false;
  /** The process would have ended: what can't be sent now never will be. */
  let isEnding = false;

  async function sendAll(): Promise<void> {
    for (;;) {
      const calls = nextBatch(waiting, itemsMax, batchCharactersMax);
      if (!calls[0]) return;
      try {
        const reply = await transport.ask('POST', `/${calls[0].route}`, { body: arrayBody(calls) });
        const outcomes = outcomesOf(reply, calls.length);
        waiting = waiting.slice(calls.length);
        failures = 0;
        for (const [i, outcome] of outcomes.entries()) {
          if ('answer' in outcome) calls[i]!.resolve(outcome.answer);
          else calls[i]!.reject(outcome.error);
        }
      } catch (error) {
        if (isRetryable(error) && !isShutDown && !isEnding) {
          failures++;
          // Once for a row of failures.
          if (failures === 1) tell(error as OnymError);
          wakeIn(retryDelayMs(failures + settings.retriesMax, Math.random(), error));
          return;
        }
        const lost = isRetryable(error) ? waiting : calls;
        waiting = waiting.slice(lost.length);
        for (const call of lost) call.reject(error);
      }
    }
  }

  /** What the application's listener throws is not to stop the sending. */
  function tell(error: OnymError): void {
    Promise.resolve(error)
      .then(settings.onError)
      .catch(() => {});
  }

  function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    running ??= sendAll().finally(() => {
      running = null;
      // Added after the last look.
      if (waiting.length > 0) wakeIn(settings.flushIntervalMs);
      else withdraw(finish);
    });
    return running;
  }

  function wakeIn(delayMs: number): void {
    if (timer !== null) return;
    timer = setTimeout(() => void flush(), delayMs);
    // A process that has nothing else to do does not wait for it: then `finish` sends at once.
    (timer as { unref?(): void }).unref?.();
  }

  function finish(): void {
    isEnding = true;
    void flush().finally(() => {
      isEnding = false;
    });
  }

  function refusal(): OnymError | null {
    if (isShutDown) return new OnymError('shut-down', 'The client was shut down. Make a new one to send more.');
    if (waiting.length < settings.waitingCallsMax) return null;
    return new OnymError(
      'queue-full',
      `${settings.waitingCallsMax} calls wait. Is the server reachable? Send fewer, or await them.`,
    );
  }

  /** The one that runs, and one after it: what was added meanwhile is sent too, unless nothing can be sent now. */
  async function flushAll(): Promise<void> {
    const failuresBefore = failures;
    await flush();
    if (waiting.length > 0 && failures <= failuresBefore) await flush();
  }

  return {
    add(route, body) {
      const refused = refusal();
      if (refused !== null) return Promise.reject(refused);
      return new Promise((resolve, reject) => {
        waiting.push({ route, body, resolve, reject });
        beforeEnd(finish);
        if (running !== null) return;
        if (waiting.length >= itemsMax && failures === 0) void flush();
        else wakeIn(settings.flushIntervalMs);
      });
    },
    flush: flushAll,
    async shutdown(timeoutMs) {
      isShutDown = true;
      let timeout: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<void>((resolve) => {
        timeout = setTimeout(resolve, timeoutMs);
      });
      const sendRest = async () => {
        while (waiting.length > 0) await flush();
      };
      await Promise.race([sendRest(), late]);
      clearTimeout(timeout);
      const error = new OnymError(
        'shut-down',
        `The client was shut down before the call was sent, after ${timeoutMs} ms.`,
      );
      for (const call of waiting) call.reject(error);
      waiting = [];
      withdraw(finish);
    },
  };
}
