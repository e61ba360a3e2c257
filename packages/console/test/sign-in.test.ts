import { afterEach, expect, test } from 'vitest';
import { api, axe, type Opened, open, place, themes, withBrowser } from './browser.ts';

withBrowser();

let opened: Opened | null = null;
afterEach(async () => {
  await opened?.context.close();
  opened = null;
});

async function openAs(path: string, key: string | null) {
  opened = await open(path, { key });
  return opened;
}

const sql = '/e/staging/sql?sql=SELECT%201%20AS%20one';

test('an address that somebody shared is shown after signing in, and the key is in no address', async () => {
  const { page, complaints } = await openAs(sql, null);
  await page.getByLabel('Secret key').fill(place.secretKey);
  await page.keyboard.press('Enter');
  await page.getByRole('cell', { name: '1', exact: true }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/e/staging/sql');
  expect(page.url()).not.toContain(place.secretKey);
  expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
});

test.each(themes)('the sign-in page has no fault that axe finds, %s', async (theme) => {
  opened = await open('/sign-in', { key: null, theme });
  await opened.page.getByLabel('Secret key').waitFor();
  expect(await axe(opened.page)).toEqual([]);
});

test('a publishable key, and one that is none, are refused in words', async () => {
  const { page } = await openAs('/', null);
  const key = page.getByLabel('Secret key');
  await key.fill(place.writeKey);
  await page.getByText('This is a publishable key (pk_). The console needs a secret key (sk_).').waitFor();
  await key.fill('sk_no_such_key_at_all');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText(/API key/).waitFor();
  expect(new URL(page.url()).pathname).toBe('/sign-in');
});

test('a link signs in once', async () => {
  const { token } = await api<{ token: string }>('POST', '/v1/session/tokens');
  const { page } = await openAs(`/sign-in#token=${token}`, null);
  await page.waitForURL('**/e/production/people');
  expect(page.url()).not.toContain(token);
  await opened!.context.close();

  const { page: second } = await openAs(`/sign-in#token=${token}`, null);
  await second.locator('input[name=key]').waitFor();
  await second.getByText(/^This link has been used, or/).waitFor();
});

test('signing out ends the session, on this page and in the server', async () => {
  const { page, context } = await openAs('/e/production/live', place.secretKey);
  const [cookie] = await context.cookies(`${place.url}/v1/`);
  await page.getByRole('button', { name: /^key: / }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByLabel('Secret key').waitFor();
  const answer = await fetch(`${place.url}/v1/session`, { headers: { cookie: `${cookie!.name}=${cookie!.value}` } });
  expect(answer.status).toBe(401);
});

test('a session that ends leads to the sign-in page, and from there back', async () => {
  const { page, context } = await openAs(sql, place.secretKey);
  await page.getByRole('cell', { name: '1', exact: true }).waitFor();
  await context.clearCookies();
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByText('Your session has ended. Sign in again to go on where you were.').waitFor();
  await page.getByLabel('Secret key').fill(place.secretKey);
  await page.keyboard.press('Enter');
  await page.getByRole('cell', { name: '1', exact: true }).waitFor();
});

test('a session ends with its key', async () => {
  const { secret } = await api<{ secret: string }>('POST', '/v1/keys', { name: 'soon gone', kind: 'secret' });
  const { page } = await openAs(sql, secret);
  await page.getByRole('cell', { name: '1', exact: true }).waitFor();
  await api('POST', '/v1/keys/revoke', { name: 'soon gone' });
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByText('Your session has ended. Sign in again to go on where you were.').waitFor();
});

test('an environment that the key may not see does not exist for it', async () => {
  const { secret } = await api<{ secret: string }>('POST', '/v1/keys', {
    name: 'staging only',
    kind: 'secret',
    environments: ['staging'],
  });
  const { page } = await openAs('/e/production/people', secret);
  await page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor();
  await page.goto(place.url);
  await page.waitForURL('**/e/staging/people');
});

test('nobody is led to somebody else by a crafted address', async () => {
  const { page } = await openAs('/sign-in?next=%22%2F%2Fexample.com%2F%22', null);
  await page.getByLabel('Secret key').fill(place.secretKey);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/e/production/people');
  expect(new URL(page.url()).origin).toBe(place.url);
});
