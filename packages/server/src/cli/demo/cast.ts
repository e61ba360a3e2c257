import { type Answer, type BrowserClient, createOnym, type Explanation, Onym, type OnymError, type WireAnswer } from '@onym/sdk';
import { simulatedBrowser } from '@onym/sdk/testing';
import { answerLines, verdictLine } from './answers.ts';
import type { Screen } from './screen.ts';
import { callText } from './text.ts';

/** Those who make the calls. What is shown is made from what is sent: the method, its arguments, and the answer. */

type ArgumentsOf<Method> = Method extends (...args: infer Arguments) => unknown ? Arguments : never;

/** A browser with the shop open in it: the real client, in a simulated page. */
export interface Device {
  /** The page loads, and its script starts the client, which tells of the page view by itself. */
  open(): Promise<void>;
  call<Name extends 'track' | 'identify' | 'alias'>(name: Name, ...args: ArgumentsOf<BrowserClient[Name]>): Promise<void>;
  reset(): Promise<void>;
  distinctId(): string;
  close(): void;
}

export interface DeviceOptions {
  readonly url: string;
  readonly writeKey: string;
  readonly screen: Screen;
}

export function createDevice(who: string, { url, writeKey, screen }: DeviceOptions): Device {
  const page = simulatedBrowser().open('https://shop.example/teapots');
  const client = createOnym(page.platform);
  let answers: WireAnswer[] = [];
  let failure: OnymError | null = null;
  let end = () => {};

  /** The client answers nobody, as a page has no time for it: who wants to know listens. */
  async function perform(code: string, run: () => void): Promise<void> {
    await screen.call(who, code);
    run();
    await client.flush();
    if (failure !== null) throw failure;
    for (const answer of answers) await screen.answer([verdictLine(answer, screen.style)]);
    answers = [];
  }

  return {
    open() {
      const options = { baseUrl: url };
      return perform(callText('init', [writeKey, options]), () => {
        end = client.init(writeKey, {
          ...options,
          onVerdict: (_, answer) => answers.push(answer),
          onError: (error) => {
            failure ??= error;
          },
        });
      });
    },
    call: (name, ...args) =>
      perform(callText(name, args), () => (client[name] as (...all: typeof args) => void)(...args)),
    reset: () => perform(callText('reset', []), () => client.reset()),
    distinctId: () => client.getDistinctId() ?? '',
    close() {
      end();
      page.close();
    },
  };
}

/** A program on the shop's own servers. */
export interface Program {
  call<Name extends 'track' | 'identify' | 'alias' | 'split' | 'explain'>(
    name: Name,
    ...args: ArgumentsOf<Onym[Name]>
  ): Promise<Awaited<ReturnType<Onym[Name]>>>;
}

export function createProgram(who: string, onym: Onym, screen: Screen): Program {
  return {
    async call(name, ...args) {
      await screen.call(who, callText(name, args));
      const answer = await (onym[name] as (...all: typeof args) => Promise<Answer | Explanation>)(...args);
      await screen.answer(answerLines(answer, screen.style));
      return answer as never;
    },
  };
}
