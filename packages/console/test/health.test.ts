import { expect, test } from 'vitest';
import { api, axe, expectNoSidewaysScroll, type OpenOptions, place, themes, withPage } from './browser.ts';

const shown = withPage();

async function openHealth(query = '', options: OpenOptions = {}) {
  const opened = await shown.open(`/e/staging/health${query}`, options);
  await opened.page.locator('h1').waitFor();
  return opened.page;
}

const alias = (distinct_id: string, alias_id: string) =>
  api('POST', '/alias', { environment: 'staging', distinct_id, alias_id });

/** Sends what can't be read, with the publishable key. */
const sendBroken = (item: object) =>
  fetch(`${place.url}/track`, {
    method: 'POST',
    headers: { authorization: `Bearer ${place.writeKey}` },
    body: JSON.stringify([{ environment: 'staging', ...item }]),
  });

test('a finding names the call site, the ids, and the call to make instead', async () => {
  const { secret } = await api<{ secret: string }>('POST', '/v1/keys', { name: 'careless job', kind: 'secret' });
  await fetch(`${place.url}/alias`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}` },
    body: JSON.stringify({ environment: 'staging', distinct_id: 'user_health_1', alias_id: 'cus_health_1' }),
  });
  const page = await openHealth();
  const finding = page.getByRole('listitem').filter({ hasText: 'missing-prefix' }).filter({ hasText: 'careless job' });
  await finding.getByText(/POST \/alias .*"stripe:cus_health_1"/).waitFor();
  await finding.getByText(/example/).click();
  await finding.getByRole('link', { name: 'cus_health_1' }).click();
  await page.waitForURL('**/e/staging/people/cus_health_1*');
});

test('the state shows counts of the server, and they grow', async () => {
  const page = await openHealth('?tab=status');
  await page.getByText('Calls are taken and kept.').waitFor();
  const rows = page.locator('dl div').filter({ hasText: 'Ledger rows' }).locator('dd');
  const before = Number((await rows.textContent())!.split(' ')[0]!.replaceAll(',', ''));
  await alias('user_health_2', 'stripe:cus_health_2');
  await page.waitForFunction(
    (head) =>
      [...document.querySelectorAll('dl div')].some(
        (row) =>
          row.querySelector('dt')?.textContent === 'Ledger rows' &&
          Number.parseInt(row.querySelector('dd')!.textContent!.replaceAll(',', ''), 10) > head,
      ),
    before,
  );
  await page.getByRole('img', { name: 'events, people by minute' }).waitFor();
});

test('rejected items are read again, or deleted for good after being asked twice', async () => {
  await sendBroken({ event: 'broken_once' });
  await sendBroken({ event: '', distinct_id: '<script>alert(1)</script>' });
  const page = await openHealth('?tab=rejected');
  await page.getByRole('listitem').first().waitFor();
  const shown = await page.getByRole('listitem').count();
  expect(shown).toBeGreaterThanOrEqual(2);
  await page.getByText('As it was sent').first().click();
  await page
    .getByText(/<script>alert\(1\)<\/script>/)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Read all again' }).click();
  await page.getByText(/^0 items taken, \d+ items rejected again$/).waitFor();
  await page.getByRole('button', { name: 'Delete all' }).click();
  await page.getByRole('button', { name: 'Delete all rejected items for good' }).click();
  await page.getByText('Nothing was rejected.').waitFor();
  expect(await api('GET', '/v1/dead-letters?environment=staging')).toMatchObject({ dead_letters: [] });
});

test('a key is made, its secret shown once, used, and revoked', async () => {
  const page = await openHealth('?tab=keys');
  await page.getByRole('link', { name: 'Make a key' }).click();
  await page.getByLabel('Name').fill('made in the console');
  await page.getByLabel('alias', { exact: true }).uncheck();
  await page.getByLabel('production', { exact: true }).uncheck();
  await page.getByRole('button', { name: 'Make a key' }).click();
  const secret = (await page.getByRole('dialog').locator('code').textContent())!;
  const send = (environment: string) =>
    fetch(`${place.url}/track`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
      body: JSON.stringify({ environment, event: 'seen', distinct_id: 'anonymous-key' }),
    }).then(({ status }) => status);
  expect([await send('staging'), await send('production')]).toEqual([200, 403]);

  await page.getByRole('button', { name: 'Done' }).click();
  expect(await page.getByText(secret).count()).toBe(0);
  await page.getByRole('link', { name: 'Revoke made in the console' }).click();
  await page.getByRole('button', { name: 'Revoke made in the console' }).click();
  await page.getByText('“made in the console” is revoked').waitFor();
  expect(await send('staging')).toBe(401);
  await page
    .getByRole('row', { name: /made in the console/ })
    .getByText('revoked')
    .waitFor();
});

test('a name that is taken is said to be, in the panel', async () => {
  const page = await openHealth('?tab=keys&make=true');
  await page.getByLabel('Name').fill('ONYM_INITIAL_SECRET_KEY');
  await page.getByRole('button', { name: 'Make a key' }).click();
  await page
    .getByRole('dialog')
    .getByText(/ONYM_INITIAL_SECRET_KEY/)
    .waitFor();
  shown.now().complaints.length = 0;
});

test('a key without the scope is told which one it needs', async () => {
  const { secret } = await api<{ secret: string }>('POST', '/v1/keys', {
    name: 'reader',
    kind: 'secret',
    scopes: ['read'],
  });
  const page = await openHealth('?tab=keys', { key: secret });
  await page.getByText(/lacks the scope “keys”/).waitFor();
});

test.each(
  themes.flatMap((theme) =>
    ['findings', 'status', 'rejected', 'keys', 'keys&make=true'].map((tab) => [tab, theme] as const),
  ),
)('%s has no fault that axe finds, %s', async (tab, theme) => {
  await sendBroken({ event: 'broken' });
  const page = await openHealth(`?tab=${tab}`, { theme });
  await page
    .getByText(/example|taken and kept|As it was sent|last used|What the ledger calls it/i)
    .first()
    .waitFor();
  expect(await axe(page)).toEqual([]);
});

test.each(['findings', 'status', 'rejected', 'keys'])('%s fits a narrow window', async (tab) => {
  await sendBroken({ event: 'broken' });
  const page = await openHealth(`?tab=${tab}`, { size: 'narrow' });
  await page
    .getByText(/example|taken and kept|As it was sent|last used/i)
    .first()
    .waitFor();
  await expectNoSidewaysScroll(page);
});
