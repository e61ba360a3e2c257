import {
  type Answer,
  type BrowserClient,
  type BrowserOptions,
  createOnym,
  type Explanation,
  type Onym,
  type OnymError,
  type WireAnswer,
} from '@onym/sdk';
import { simulatedBrowser } from '@onym/sdk/testing';
import { answerLines, verdictText } from './answers.ts';
import type { Screen } from './screen.ts';
import { callText } from './text.ts';

/** Those who make the calls. What is shown is made from what is sent: the method, its arguments, and the answer. */

type ArgumentsOf<Method> = Method extends (...args: infer Arguments) => unknown ? Arguments : never;

/** A browser with the shop open in it: the real client, in a simulated page. */
export interface Device {
  /** The page starts the client, which tells of the page view by itself. */
  open(): Promise<unknown>;
  /** Resolves with what the server answered; null where nothing was sent. */
  call<Name extends 'track' | 'identify' | 'alias' | 'reset'>(
    name: Name,
    ...args: ArgumentsOf<BrowserClient[Name]>
  ): Promise<WireAnswer | null>;
  /** The user id, or the anonymous id before an identify. */
  distinctId(): string;
  close(): void;
}

export interface DeviceOptions {
  readonly url: string;
  readonly writeKey: string;
  readonly screen: Screen;
}

export function createDevice(who: string, { url, writeKey, screen }: DeviceOptions): Device {
  const { style } = screen;
  const page = simulatedBrowser().open('https://shop.example/');
  const client = createOnym(page.platform);
  let told: { readonly text: string; readonly answer: WireAnswer }[] = [];
  let failure: OnymError | null = null;
  let end = () => {};

  async function perform(code: string, run: () => void): Promise<WireAnswer | null> {
    await screen.call(who, code);
    run();
    await client.flush();
    if (failure !== null) throw failure;
    const answers = told;
    told = [];
    for (const { text } of answers) await screen.answer([text]);
    return answers.at(-1)?.answer ?? null;
  }

  const listeners: Pick<BrowserOptions, 'onVerdict' | 'onError'> = {
    onVerdict({ route, payload }, answer) {
      // The seq of a track is that of the evidence in it, which the story does not speak of.
      const verdict = verdictText({ ...answer, seq: route === 'track' ? null : answer.seq }, style);
      const isAutomatic = String(payload.event).startsWith('$');
      const text = isAutomatic ? verdict + style.dim(`, ${payload.event}`) : verdict;
      told.push({ text, answer });
    },
    onError(error) {
      failure ??= error;
    },
  };

  return {
    open: () =>
      perform(callText('init', [writeKey, { baseUrl: url }]), () => {
        end = client.init(writeKey, { baseUrl: url, ...listeners });
      }),
    call: (name, ...args) =>
      perform(callText(name, args), () => (client[name] as (...all: typeof args) => void)(...args)),
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
