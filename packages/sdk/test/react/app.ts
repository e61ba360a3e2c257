import { type BrowserClient, type BrowserOptions, createOnym } from '@onym/sdk';
import { OnymProvider, useOnym } from '@onym/sdk/react';
import { createElement, StrictMode, Suspense, use, useEffect, useLayoutEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import { createRoot, type Root } from 'react-dom/client';

/** A small app for react.browser.test.ts, which drives it through `window.app`. */

export interface Shown {
  readonly apiKey: string;
  readonly options: Omit<BrowserOptions, 'onVerdict' | 'onError'>;
  /** Whose name `onVerdict` hears calls under. */
  readonly listener?: string;
  /** With React's checks, which mount everything twice. */
  readonly strict?: boolean;
  /** The form tracks when it is mounted: in a layout effect, and in an effect. */
  readonly tracks?: boolean;
}

export interface App {
  show(shown: Shown): void;
  hide(): void;
  /** Something beside the form waits for its data, within a boundary that holds the provider as well. */
  suspend(): void;
  resume(): void;
  /** What `onVerdict` heard. */
  readonly verdicts: string[];
  readonly errors: string[];
  /** The client that the form has from the hook. */
  client: BrowserClient | null;
}

declare global {
  interface Window {
    app: App;
  }
}

const root: Root = createRoot(document.getElementById('root')!);
/** Not the page's own: what tests do to one is not to be seen in another. */
const client = createOnym();
let suspendForm: (data: Promise<void> | null) => void = () => {};
let arrive: () => void = () => {};

function Form({ tracks }: { tracks: boolean }) {
  const onym = useOnym();
  window.app.client = onym;
  useLayoutEffect(() => {
    if (tracks) onym.track('In Layout Effect');
  }, [onym, tracks]);
  useEffect(() => {
    if (tracks) onym.track('In Effect');
  }, [onym, tracks]);
  const logIn = () => {
    onym.identify('user_of_react', { plan: 'pro' });
    onym.track('Logged In');
  };
  return createElement('button', { type: 'button', onClick: logIn }, 'Log in');
}

function Data() {
  const [data, setData] = useState<Promise<void> | null>(null);
  suspendForm = setData;
  if (data) use(data);
  return null;
}

window.app = {
  verdicts: [],
  errors: [],
  client: null,
  show({ apiKey, options, listener = '', strict = false, tracks = false }) {
    const all: BrowserOptions = {
      ...options,
      onVerdict: ({ route, payload }, { verdict }) =>
        window.app.verdicts.push([listener, route, payload.event, verdict].filter(Boolean).join(' ')),
      onError: ({ code }) => window.app.errors.push(code),
    };
    const form = createElement(Form, { tracks });
    const provider = createElement(OnymProvider, { apiKey, options: all, client }, form, createElement(Data));
    const boundary = createElement(Suspense, { fallback: createElement('p', null, 'Wait') }, provider);
    // Effects of a change have run when this returns.
    flushSync(() => root.render(strict ? createElement(StrictMode, null, boundary) : boundary));
  },
  hide: () => root.render(null),
  suspend() {
    suspendForm(
      new Promise((resolve) => {
        arrive = resolve;
      }),
    );
  },
  resume: () => arrive(),
};
