import { type OnymError, onym, type SentCall, type WireAnswer } from '@onym/sdk';

// Put in by esbuild (page-server.js).
declare const ONYM_URL: string;
declare const ONYM_WRITE_KEY: string;

const steps = [...document.querySelectorAll<HTMLElement>('.card[data-step]')];
const progress = [...document.querySelectorAll<HTMLElement>('#progress li')];
const form = (path: string) => document.querySelector<HTMLFormElement>(`form[data-step="${path}"]`)!;
const byId = (id: string) => document.getElementById(id)!;

// --- Who is signed in. Stands for what a site's own server and its session cookie would know.

interface Account {
  readonly id: string;
  readonly name: string;
}

const accountKey = 'example.account';
let account: Account | null = JSON.parse(localStorage.getItem(accountKey) ?? 'null');

function signIn(next: Account | null): void {
  account = next;
  if (next) localStorage.setItem(accountKey, JSON.stringify(next));
  else localStorage.removeItem(accountKey);
}

// --- The steps

const done = new Set<string>();

/** The step itself, or the first one that has to come before it. */
function reachable(path: string): string {
  if (account) return '/welcome';
  const first = steps.find(({ dataset }) => dataset.step === path || !done.has(dataset.step!));
  return first?.dataset.step ?? '/';
}

function show(path: string): void {
  for (const step of steps) step.hidden = step.dataset.step !== path;
  const index = steps.findIndex(({ dataset }) => dataset.step === path);
  for (const [i, item] of progress.entries()) {
    item.classList.toggle('done', i < index);
    if (i === index) item.setAttribute('aria-current', 'step');
    else item.removeAttribute('aria-current');
  }
  byId('welcome-name').textContent = account ? `, ${account.name}` : '';
  const step = steps[index]!;
  document.title = `${step.querySelector('h1')!.textContent} – Sign up`;
  onym.track('Step Viewed', { step: index + 1, name: step.dataset.name });
  refreshPanel();
}

/** The URL first: the page view that Onym's client makes of it is then older than what happens in the step. */
function go(path: string): void {
  history.pushState(null, '', path);
  show(path);
  // Screen readers and the Tab key go on from here.
  steps
    .find((step) => !step.hidden)
    ?.querySelector('h1')
    ?.focus();
}

/** Shows what the URL says, or where a visitor who is not that far has to begin. */
function showUrl(): void {
  const path = reachable(location.pathname);
  if (path !== location.pathname) history.replaceState(null, '', path);
  show(path);
}

function onSubmit(path: string, then: (answers: Record<string, string>) => void): void {
  form(path).addEventListener('submit', (event) => {
    event.preventDefault();
    done.add(path);
    then(Object.fromEntries(new FormData(form(path)) as Iterable<[string, string]>));
  });
}

onSubmit('/', () => {
  onym.track('Personal Info Completed');
  go('/account');
});

onSubmit('/account', ({ company }) => {
  // Only what is worth asking about later. A password is never a property.
  onym.track('Account Setup Completed', { company });
  go('/plan');
});

onSubmit('/plan', ({ plan }) => {
  onym.track('Plan Selected', { plan });
  const { name, email } = Object.fromEntries(new FormData(form('/')) as Iterable<[string, string]>);
  const company = new FormData(form('/account')).get('company');
  // A real page has the id from its server, which made the account.
  signIn({ id: `user_${crypto.randomUUID()}`, name: name! });
  onym.identify(account!.id, { name, email, company, plan });
  onym.track('Form Submitted', { plan });
  go('/welcome');
});

byId('log-out').addEventListener('click', () => {
  signIn(null);
  // Before the URL changes: that page view is the next visitor's.
  onym.reset();
  done.clear();
  for (const one of document.forms) one.reset();
  go('/');
});

for (const button of document.querySelectorAll('[data-back]')) button.addEventListener('click', () => history.back());
window.addEventListener('popstate', showUrl);

// --- Consent

function ask(): void {
  byId('consent').hidden = false;
  byId('consent-heading').focus();
}

function answer(trackingConsent: 'granted' | 'denied'): void {
  onym.configure({ trackingConsent });
  byId('consent').hidden = true;
  refreshPanel();
}

byId('allow').addEventListener('click', () => answer('granted'));
byId('deny').addEventListener('click', () => answer('denied'));
byId('ask-again').addEventListener('click', ask);

// --- The panel

const shownCallsMax = 30;

const whenNothingIsSent: Readonly<Record<string, string>> = {
  pending: 'Calls wait in this page until you choose.',
  dismissed: 'Calls wait in this page until you choose.',
  denied: 'Calls are dropped.',
  granted: '',
};

function refreshPanel(): void {
  const consent = onym.getTrackingConsent() ?? 'pending';
  byId('distinct-id').textContent = onym.getDistinctId();
  byId('anonymous-id').textContent = onym.getAnonymousId() ?? '–';
  byId('session-id').textContent = onym.getSessionId();
  byId('tracking-consent').textContent = consent;
  byId('no-calls').textContent = whenNothingIsSent[consent] ?? '';
}

function log(route: string, what: string, outcome: string, isGood: boolean): void {
  const line = document.createElement('li');
  const parts = { route, what, [isGood ? 'good' : 'bad']: outcome };
  for (const [name, text] of Object.entries(parts)) {
    const part = document.createElement('span');
    part.className = name;
    part.textContent = text;
    line.append(part, ' ');
  }
  const calls = byId('calls');
  calls.append(line);
  if (calls.children.length > shownCallsMax) calls.firstElementChild!.remove();
}

/** An event by its name and the step or page it is about, an identify by the user. */
function describe({ event, distinct_id, properties = {} }: SentCall['payload']): string {
  const { name, $url } = properties as { name?: string; $url: string };
  if (!event) return String(distinct_id);
  return event === '$pageview' || name ? `${event}: ${name ?? new URL($url).pathname}` : String(event);
}

function onVerdict({ route, payload }: SentCall, { verdict, reason }: WireAnswer): void {
  const isGood = verdict === 'applied' || verdict === 'unchanged';
  log(route, describe(payload), reason ? `${verdict}, ${reason}` : verdict, isGood);
  refreshPanel();
}

function onError({ code, message }: OnymError): void {
  log('error', message, code, false);
}

// --- Start

const firstPath = reachable(location.pathname);
if (firstPath !== location.pathname) history.replaceState(null, '', firstPath);

// Nothing is sent before the visitor has said yes; the answer is remembered for the next visit.
onym.init(ONYM_WRITE_KEY, { baseUrl: ONYM_URL, trackingConsent: 'pending', onVerdict, onError });
show(firstPath);
byId('consent').hidden = onym.getTrackingConsent() !== 'pending';
