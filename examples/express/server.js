import { randomBytes, randomUUID } from 'node:crypto';
import { Onym } from '@onym/sdk';
import express from 'express';
import { page } from './page.js';
import { createUser, findUser } from './users.js';

/**
 * @typedef {import('./users.js').User} User
 * @typedef {{ visitor: string, user: User | null }} Locals Who sent a request.
 */

const { ONYM_URL: baseUrl, ONYM_SECRET_KEY: apiKey, PORT = '7702', NODE_ENV } = process.env;

// --- Onym

/** A visitor never sees that Onym is down: it is for the log, and for whoever watches it. */
const onError = (/** @type {{ code: string, message: string }} */ { code, message }) =>
  console.error(`[onym] ${code}: ${message}`);

// With batching a call goes into a queue and the visitor gets the answer at once, whether Onym is quick, slow or down. The queue is sent in
// the order the calls were made, so that no identify overtakes the page views before it, and waits while Onym is away. The price: it is in
// memory, and lost if this process is killed without a SIGTERM. A call that must not be lost is one to await, without batching.
const onym = new Onym({ baseUrl, apiKey, batching: true, onError });

// A visitor waits for what is read, so it gets one short try.
const reader = new Onym({ baseUrl, apiKey, retriesMax: 0, requestTimeoutMs: 2_000 });

/**
 * `refused` and `held` are answers, not errors: two ids were not joined, and somebody should look why (`onym review list`, `/v1/conflicts`).
 *
 * @param {string} call
 * @param {Promise<import('@onym/sdk').Answer>} answer
 */
async function watch(call, answer) {
  try {
    const { verdict, reason, seq } = await answer;
    if (verdict === 'refused' || verdict === 'held') console.warn(`[onym] ${call} ${verdict}: ${reason}, seq ${seq}`);
  } catch {
    // onError has heard of it.
  }
}

/**
 * Of an event. With both ids it is evidence that they are one person: if the identify gets lost, the next event makes up for it.
 *
 * @param {Locals} locals
 */
const who = ({ user, visitor }) => (user ? { distinctId: user.id, anonymousId: visitor } : { distinctId: visitor });

// --- Cookies, and who they say it is

/** @type {Map<string, User>} by token */
const sessions = new Map();

const cookieOptions = { httpOnly: true, sameSite: 'lax', secure: NODE_ENV === 'production', path: '/' };
const visitorMaxAgeMs = 365 * 24 * 60 * 60 * 1_000;
const sessionMaxAgeMs = 7 * 24 * 60 * 60 * 1_000;

/** A visitor may send any cookie. What is no id of ours is no evidence of who they are. */
const visitorForm = /^anonymous-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @param {import('express').Response} response */
function newVisitor(response) {
  // Onym knows ids that begin so for anonymous ones.
  const visitor = `anonymous-${randomUUID()}`;
  response.cookie('visitor', visitor, { ...cookieOptions, maxAge: visitorMaxAgeMs });
  return visitor;
}

/** @param {import('express').Request} request */
function cookiesOf(request) {
  const pairs = (request.headers.cookie ?? '').split('; ').map((pair) => pair.split('='));
  return Object.fromEntries(pairs.map(([name = '', value = '']) => [name, value]));
}

/**
 * @param {import('express').Response} response
 * @param {User} user
 * @param {string} event
 */
function signIn(response, user, event) {
  const { locals } = response;
  // Somebody else was signed in here and did not log out: the visitor id is theirs.
  if (locals.user !== null && locals.user !== user) locals.visitor = newVisitor(response);
  locals.user = user;
  const token = randomBytes(32).toString('base64url');
  sessions.set(token, user);
  response.cookie('session', token, { ...cookieOptions, maxAge: sessionMaxAgeMs });

  const { id, email, name } = user;
  // What this browser did before is the user's from here on.
  void watch('identify', onym.identify({ distinctId: id, anonymousId: locals.visitor, traits: { email, name } }));
  void onym.track({ ...who(locals), event });
}

// --- Routes

const app = express();
app.use(express.urlencoded({ extended: false, limit: '10kb' }));

app.use((request, response, next) => {
  const { visitor = '', session = '' } = cookiesOf(request);
  response.locals.visitor = visitorForm.test(visitor) ? visitor : newVisitor(response);
  response.locals.user = sessions.get(session) ?? null;
  next();
});

app.get('/', (request, response) => {
  // The name that Onym's browser client gives page views, so that both are counted as one.
  const $url = `${request.protocol}://${request.headers.host}/`;
  void onym.track({ ...who(response.locals), event: '$pageview', properties: { $url } });
  response.send(page(response.locals));
});

app.post('/signup', async (request, response) => {
  const form = formOf(request);
  if (!form.name || !form.email || form.password.length < 8) {
    return problem(response, 400, 'A name, an e-mail address and a password of 8 characters are needed.');
  }
  const user = await createUser(form);
  if (!user) return problem(response, 409, 'There is an account with this e-mail address.');
  signIn(response, user, 'Signed Up');
  response.redirect(303, '/');
});

app.post('/login', async (request, response) => {
  const user = await findUser(formOf(request));
  // Nothing for Onym: whoever this is has not shown to be that user.
  if (!user) return problem(response, 401, 'The e-mail address or the password is wrong.');
  signIn(response, user, 'Logged In');
  response.redirect(303, '/');
});

app.post('/checkout', (_request, response) => {
  const { user } = response.locals;
  if (!user) return problem(response, 401, 'Log in first.');
  // What a payment service would answer with.
  user.customerId ??= `stripe:cus_${randomBytes(7).toString('hex')}`;
  // What Onym is told of the customer elsewhere, by the payment service's webhook for one, is the user's too.
  void watch('alias', onym.alias({ distinctId: user.id, aliasId: user.customerId }));
  void onym.track({ ...who(response.locals), event: 'Checkout Completed' });
  response.redirect(303, '/');
});

app.post('/logout', (request, response) => {
  sessions.delete(cookiesOf(request).session ?? '');
  response.clearCookie('session', cookieOptions);
  // Whoever comes next may be somebody else. With the old id their visits would be this user's, and their own login would be refused as a
  // second person's claim to it.
  newVisitor(response);
  response.redirect(303, '/');
});

app.get('/me', async (_request, response) => {
  const { user } = response.locals;
  if (!user) return problem(response, 401, 'Log in first.');
  let profile = null;
  try {
    profile = await reader.identity(user.id, { by: 'distinct_id' });
  } catch (error) {
    onError(/** @type {import('@onym/sdk').OnymError} */ (error));
  }
  response.json({ id: user.id, name: user.name, email: user.email, profile });
});

/** @param {import('express').Request} request */
function formOf({ body }) {
  const text = (/** @type {string} */ name) => (typeof body?.[name] === 'string' ? body[name] : '');
  return { name: text('name').trim(), email: text('email').trim().toLowerCase(), password: text('password') };
}

/**
 * @param {import('express').Response} response
 * @param {number} status
 * @param {string} message
 */
function problem(response, status, message) {
  response.status(status).send(page({ ...response.locals, message }));
}

// --- Start and end

const server = app.listen(Number(PORT), '127.0.0.1', (error) => {
  if (error) throw error;
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`The shop is at http://127.0.0.1:${port}

Open it, sign up, buy something, and follow "What Onym knows of you". Ctrl-C ends it.`);
});

/** Whoever stops this process kills it when it takes too long. */
const stopMaxMs = 5_000;

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    // What is under way is answered; then what waits is sent, and nothing keeps the process.
    server.close(() => void onym.shutdown());
    setTimeout(() => {
      console.error('[onym] is not to be reached: what waits is lost.');
      process.exit();
    }, stopMaxMs).unref();
  });
}
