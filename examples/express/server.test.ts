import { beforeAll, describe, expect, it } from 'vitest';
import { eventually, type Json } from '../../packages/server/test/system/client.ts';
import { type Server, secretKey, serve } from '../../packages/server/test/system/processes.ts';
import { type Example, runProgram } from '../example-process.ts';
import { expectReadmeToHold } from '../readme.ts';

/** The shop by HTTP, and what a real Onym knows of its visitors afterwards. */

let onym: Server;
let shop: Example;

beforeAll(async () => {
  onym = await serve();
  shop = await shopAt(onym.url);
});

const shopAt = (url: string) => runProgram('express/server.js', { ONYM_URL: url, ONYM_SECRET_KEY: secretKey });

/** Keeps cookies and follows no redirect. */
function browser({ url } = shop) {
  const cookies = new Map<string, string>();

  async function request(method: string, path: string, form?: Record<string, string>) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: { cookie },
      ...(form && { body: new URLSearchParams(form) }),
    });
    for (const line of response.headers.getSetCookie()) {
      expect(line).toMatch(/; Path=\/; .*HttpOnly; SameSite=Lax/);
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value === '') cookies.delete(name!);
      else cookies.set(name!, value!);
    }
    return { status: response.status, text: await response.text() };
  }

  return {
    cookies,
    visitor: () => cookies.get('visitor')!,
    get: (path: string) => request('GET', path),
    post: (path: string, form?: Record<string, string>) => request('POST', path, form),
    async me(): Promise<Json> {
      const { status, text } = await request('GET', '/me');
      expect(status).toBe(200);
      return JSON.parse(text);
    },
  };
}

let person = 0;
/** Somebody who has no account yet. */
const somebody = () => ({ name: 'Ada', email: `ada-${++person}@example.com`, password: 'a long password' });

const idsOf = (profile: Json): string[] => profile.identifiers.map((one: Json) => one.distinctId ?? one.distinct_id);

/** A profile, once it has so many events: the shop sends in the background. */
async function profileOf(id: string, eventCount: number): Promise<Json> {
  let profile: Json = null;
  await eventually(async () => {
    const answer = await onym.api.get(`/v1/identities/${encodeURIComponent(id)}`);
    profile = answer.body;
    return answer.status === 200 && profile.event_count >= eventCount;
  }, `${eventCount} events of ${id}`);
  return profile;
}

async function eventsOf(id: string): Promise<string[]> {
  const { events } = await onym.api.got(`/v1/identities/${encodeURIComponent(id)}/events`);
  return events.map(({ event }: Json) => event).sort();
}

async function held(): Promise<object> {
  const [{ n }] = await onym.api.rows('SELECT count()::Float64 AS n FROM events');
  return { events: n, ledger: (await onym.api.ledger()).length };
}

describe('a customer', () => {
  it('is one identity: visits, sign-up, checkout, and a second device', async () => {
    const ada = somebody();
    const laptop = browser();
    expect((await laptop.get('/')).status).toBe(200);
    expect((await laptop.get('/')).status).toBe(200);
    const laptopId = laptop.visitor();
    expect(laptopId).toMatch(/^anonymous-/);
    expect((await laptop.post('/signup', ada)).status).toBe(303);
    expect((await laptop.get('/')).text).toContain('Hello Ada.');
    expect((await laptop.post('/checkout')).status).toBe(303);
    const { id } = await laptop.me();
    expect(laptop.visitor()).toBe(laptopId);
    expect((await laptop.post('/logout')).status).toBe(303);
    expect(laptop.visitor()).not.toBe(laptopId);
    expect((await laptop.get('/me')).status).toBe(401);

    const phone = browser();
    await phone.get('/');
    expect((await phone.post('/login', { ...ada, email: ada.email.toUpperCase() })).status).toBe(303);
    await phone.post('/checkout');

    const profile = await profileOf(id, 8);
    expect(profile).toMatchObject({
      canonical_id: id,
      known: true,
      traits: { name: 'Ada', email: ada.email },
      event_count: 8,
    });
    // One of the payment service, though both devices have bought something.
    const customerIds = idsOf(profile).filter((one) => one.startsWith('stripe:'));
    expect(customerIds).toEqual([expect.stringMatching(/^stripe:cus_[0-9a-f]{14}$/)]);
    expect(idsOf(profile).sort()).toEqual([laptopId, phone.visitor(), ...customerIds, id].sort());
    expect(await eventsOf(id)).toEqual(
      [...Array(4).fill('$pageview'), ...Array(2).fill('Checkout Completed'), 'Logged In', 'Signed Up'].sort(),
    );
    const seen = (await phone.me()).profile;
    expect(seen).toMatchObject({ canonicalId: id, eventCount: 8, identityId: profile.identity_id });
    expect(idsOf(seen).sort()).toEqual(idsOf(profile).sort());
  });

  it('calls arrive in the order they were made', async () => {
    const ada = somebody();
    const page = browser();
    await page.get('/');
    await page.post('/signup', ada);
    await page.post('/checkout');
    const { id } = await page.me();
    await profileOf(id, 3);
    const rows = (await onym.api.ledger()).filter(({ link }) => link?.primary_id === id);
    // The identify's own link, not one that an event made up for; then the alias.
    expect(rows.map(({ op, verdict }) => `${op} ${verdict}`)).toEqual(['identify applied', 'alias applied']);
  });
});

describe('the next one on the same browser', () => {
  it('is another identity after a logout', async () => {
    const [ada, grace] = [somebody(), somebody()];
    const page = browser();
    await page.get('/');
    await page.post('/signup', ada);
    const [adaId, adaVisitor] = [(await page.me()).id, page.visitor()];
    await page.post('/logout');
    await page.get('/');
    await page.post('/signup', grace);
    const [graceId, graceVisitor] = [(await page.me()).id, page.visitor()];

    const graces = await profileOf(graceId, 2);
    const adas = await profileOf(adaId, 2);
    expect(idsOf(graces).sort()).toEqual([graceVisitor, graceId].sort());
    expect(idsOf(adas).sort()).toEqual([adaVisitor, adaId].sort());
    expect(await eventsOf(adaId)).toEqual(['$pageview', 'Signed Up']);
    expect(await eventsOf(graceId)).toEqual(['$pageview', 'Signed Up']);
  });

  it('is another identity also when the first one did not log out', async () => {
    const page = browser();
    await page.post('/signup', somebody());
    const adaId = (await page.me()).id;
    await page.post('/signup', somebody());
    const graceId = (await page.me()).id;
    const graces = await profileOf(graceId, 1);
    expect(idsOf(graces).sort()).toEqual([page.visitor(), graceId].sort());
    expect(idsOf(await profileOf(adaId, 1))).not.toContain(page.visitor());
  });

  it('is refused the first one’s visitor id when only the session is gone, and the log says so', async () => {
    const page = browser();
    await page.post('/signup', somebody());
    const adaId = (await page.me()).id;
    page.cookies.delete('session');
    await page.post('/signup', somebody());
    const graceId = (await page.me()).id;
    expect(idsOf(await profileOf(graceId, 1))).toEqual([graceId]);
    expect(idsOf(await profileOf(adaId, 1))).toContain(page.visitor());
    const refusal = '[onym] identify refused: anonymous-id-belongs-to-another-identity, seq ';
    await eventually(async () => shop.output().includes(refusal), refusal);
  });
});

describe('nothing is sent', () => {
  it('for a wrong password, an unknown user, an incomplete form, or a name that is taken', async () => {
    const ada = somebody();
    const page = browser();
    await page.post('/signup', ada);
    await profileOf((await page.me()).id, 1);
    await page.post('/logout');
    const before = await held();

    expect((await page.post('/login', { ...ada, password: 'another password' })).status).toBe(401);
    expect((await page.post('/login', somebody())).status).toBe(401);
    expect((await page.post('/login')).status).toBe(401);
    expect((await page.post('/signup', { ...ada, password: 'short' })).status).toBe(400);
    expect((await page.post('/signup')).status).toBe(400);
    const taken = await page.post('/signup', { ...ada, name: '<b>Eve</b>' });
    expect(taken.status).toBe(409);
    expect((await page.post('/checkout')).status).toBe(401);
    expect((await page.get('/me')).status).toBe(401);

    // What is sent next has come; so would have what was sent before it.
    await page.get('/');
    await profileOf(page.visitor(), 1);
    expect(await held()).toEqual({ ...before, events: (before as Json).events + 1 });
  });

  it('for a visitor cookie that is no id of the shop: it is replaced', async () => {
    const page = browser();
    const victim = `user_${crypto.randomUUID()}`;
    page.cookies.set('visitor', victim);
    await page.post('/signup', somebody());
    expect(page.visitor()).toMatch(/^anonymous-/);
    const { id } = await page.me();
    expect(idsOf(await profileOf(id, 1))).not.toContain(victim);
  });
});

it('a name is shown as it was typed, and is no part of the page', async () => {
  const page = browser();
  await page.post('/signup', { ...somebody(), name: '<script>alert(1)</script>' });
  expect((await page.get('/')).text).toContain('Hello &#60;script&#62;alert(1)&#60;/script&#62;.');
});

describe('while Onym is down', () => {
  it('the shop goes on, the log tells, and what was done is sent when Onym is back', async () => {
    const before = await serve();
    const ownShop = await shopAt(before.url);
    await before.stop();
    const ada = somebody();
    const page = browser(ownShop);
    expect((await page.get('/')).status).toBe(200);
    expect((await page.post('/signup', ada)).status).toBe(303);
    expect((await page.post('/checkout')).status).toBe(303);
    const { id, ...rest } = await page.me();
    expect(rest).toEqual({ name: 'Ada', email: ada.email, profile: null });
    expect((await page.post('/logout')).status).toBe(303);
    expect((await page.post('/login', ada)).status).toBe(303);
    // Of reading; and of the background, once.
    const errors = () => ownShop.output().match(/\[onym\] network-error: .*/g) ?? [];
    await eventually(async () => errors().length === 2, 'both errors in the log');

    const back = await serve({ dataDir: before.dataDir, variables: { ONYM_PORT: new URL(before.url).port } });
    await eventually(
      async () => {
        const { status, body } = await back.api.get(`/v1/identities/${id}`);
        return status === 200 && body.event_count === 4 && body.identifiers.length === 4;
      },
      'all of it',
      120_000,
    );
    expect(errors()).toHaveLength(2);
  });

  it('the shop ends when it is told to', async () => {
    const gone = await serve();
    const ownShop = await shopAt(gone.url);
    await gone.stop();
    await browser(ownShop).get('/');
    expect(await ownShop.stop()).toBe(0);
  });
});

it('what waits is sent before the shop ends', async () => {
  const ownShop = await shopAt(onym.url);
  const page = browser(ownShop);
  await page.get('/');
  await page.post('/signup', somebody());
  const { id } = await page.me();
  expect(await ownShop.stop()).toBe(0);
  expect(await onym.api.got(`/v1/identities/${id}`)).toMatchObject({ event_count: 2, traits: { name: 'Ada' } });
});

it('the README shows what there is to see', async () => {
  const fresh = await serve();
  const { url } = await shopAt(fresh.url);
  await expectReadmeToHold('express', { ONYM_URL: fresh.url, ONYM_SECRET_KEY: secretKey, SHOP: url });
});
