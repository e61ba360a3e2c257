import { beforeAll, expect, test } from 'vitest';
import { identityAddress, personAddress } from '../src/pages/person/address.ts';
import { api, axe, expectNoSidewaysScroll, place, withPage } from './browser.ts';
import { call, heading, panel } from './person-support.ts';

const shown = withPage();

const environment = 'staging';
const uuid = '550e8400-e29b-41d4-a716-446655440000';
/** An id, and what is shown of it (its beginning, where it is cut). */
const hostile: readonly (readonly [id: string, shown: string])[] = [
  ['<script>alert(1)</script>', '<script>alert(1)</script>'],
  ['"><img src=x onerror=alert(1)>', '"><img src=x onerror=alert(1)>'],
  ['right\u202eto\u2066left', 'right\\u{202e}to\\u{2066}left'],
  ['x'.repeat(512), 'xxxx'],
  ['a/b?c#d%20e%', 'a/b?c#d%20e%'],
  ['../../etc', '../../etc'],
  ['distinct_id:pre:fixed', 'distinct_id:pre:fixed'],
  ['identity_id:pre:fixed', 'identity_id:pre:fixed'],
  [' space and + plus ', ' space and + plus '],
  ['name\u200bless 👩‍👩‍👧', 'name\\u{200b}less 👩‍👩‍👧'],
  ['1234567890123456789', '1234567890123456789'],
  ['42', '42'],
  [uuid, uuid],
];

beforeAll(async () => {
  for (const [index, [id]] of hostile.entries()) {
    const anonymous_id = `hostile-visitor-${index}`;
    const traits = {
      '<b>key</b>': `<script>alert("${index}")</script>`,
      turned: '\u202eabc',
      half: '\ud83d',
      big: 'y'.repeat(5_000),
    };
    await call('/identify', { environment, distinct_id: id, anonymous_id, traits });
    const properties = { html: '<img src=x onerror=alert(1)>', turned: '\u202eabc', half: '\ude00' };
    await call('/track', { environment, distinct_id: id, event: '<i>event</i>\u202e', properties });
  }
});

const addressOf = (id: string) => `/e/${environment}/people/${encodeURIComponent(personAddress(id))}`;

test('hostile ids have an address, are shown as text, selected and explained', async () => {
  const opened = await shown.open('/e/staging/health');
  const { page } = opened;
  page.on('dialog', () => opened.complaints.push('A script of an id ran.'));
  for (const [index, [id, shown]] of hostile.entries()) {
    await page.goto(new URL(addressOf(id), page.url()).href);
    await expect.poll(() => heading(page).textContent(), { message: id }).toContain(shown.slice(0, 30));
    await page.getByText('2 ids', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'List' }).click();
    const table = page.getByRole('table');
    await table.getByRole('row').nth(2).waitFor();
    for (const name of await table.locator('[aria-pressed]').all()) await name.click();
    await panel(page, 'Why').getByText('One person, by 1 link:').waitFor();
    // What the address says of the two is read back as it was.
    await page.reload();
    await panel(page, 'Why').getByText('One person, by 1 link:').waitFor();
    const chosen = await page.evaluate(() => document.querySelectorAll('[aria-pressed="true"]').length);
    expect(chosen, id).toBe(2);
    expect(await page.evaluate(() => document.querySelectorAll('main script, main img, main b, main i').length)).toBe(
      0,
    );
    await expectNoSidewaysScroll(page);
    if (index === 0) expect(await axe(page)).toEqual([]);
  }
});

test('an integer that no double holds is shown with every digit', async () => {
  const body = '{"environment":"staging","distinct_id":"42","traits":{"exact":1234567890123456789}}';
  await fetch(`${place.url}/identify`, {
    method: 'POST',
    headers: { authorization: `Bearer ${place.secretKey}` },
    body,
  });
  const opened = await shown.open(`${addressOf('42')}?trait=exact`);
  const exact = panel(opened.page, 'Traits').getByText('1234567890123456789', { exact: true });
  await expect.poll(() => exact.count()).toBe(2);
});

test('hostile traits and properties are text, half a character is a replacement, and nothing turns around', async () => {
  const opened = await shown.open(`${addressOf('42')}?trait=turned`);
  const { page } = opened;
  page.on('dialog', () => opened.complaints.push('A script of a trait ran.'));
  const traits = panel(page, 'Traits');
  await traits.getByText('<b>key</b>', { exact: true }).waitFor();
  await traits.getByText(/^<script>alert\("/).waitFor();
  await traits.getByText('\\u{202e}abc', { exact: true }).first().waitFor();
  await page.getByRole('button', { name: /^<i>event<\/i>\\u\{202e\} via 42/ }).click();
  await page.getByText('"html": "<img src=x onerror=alert(1)>"').waitFor();
  await page.getByText('"turned": "\\u{202e}abc"').waitFor();
  await expectNoSidewaysScroll(page);
});

test('an id in the form of a UUID and an identity id have addresses of their own', async () => {
  const { identity_id } = await api<{ identity_id: string }>('GET', `/v1/identities/42?environment=${environment}`);
  // Somebody whose distinct_id is another person's identity id.
  await call('/identify', { environment, distinct_id: identity_id, traits: { who: 'the other' } });
  const opened = await shown.open(addressOf(identity_id));
  const { page } = opened;
  await expect.poll(() => heading(page).textContent()).toContain(identity_id);
  await panel(page, 'Traits').getByText('the other').waitFor();
  await page.goto(
    new URL(`/e/${environment}/people/${encodeURIComponent(identityAddress(identity_id))}`, page.url()).href,
  );
  await expect.poll(() => heading(page).textContent()).toContain('42');
});

test('an address that no id can have says so, and asks nothing', async () => {
  const opened = await shown.open(`/e/${environment}/people/${encodeURIComponent(personAddress('..'))}`);
  await opened.page.getByRole('heading', { name: 'This address names no id' }).waitFor();
});
