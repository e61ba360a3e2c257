import { execFileSync } from 'node:child_process';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { api, axe, expectNoSidewaysScroll, type OpenOptions, place, themes, withPage } from './browser.ts';

const shown = withPage();

const script = '<script>alert(1)</script>';
const turned = 'find_\u202egnp.exe';
const long = `find_long_${'x'.repeat(502)}`;
const slashed = 'find/../%2e#?&=';

beforeAll(async () => {
  const identify = (distinct_id: string, more: object = {}) => ({ environment: 'staging', distinct_id, ...more });
  await api('POST', '/identify', [
    identify('find_ada', { anonymous_id: 'anonymous-find-1', traits: { email: 'Ada@Find.example' } }),
    identify('find_adam'),
    ...[script, turned, long, slashed].map((id) => identify(id)),
  ]);
  await api('POST', '/alias', {
    environment: 'staging',
    distinct_id: 'find_ada',
    alias_id: 'crm:7-find',
    batch: 'find-batch',
  });
  await api('POST', '/track', { environment: 'staging', event: 'find_view', distinct_id: 'anonymous-find-xyz' });
});

async function openFind(query = '', options: OpenOptions = {}): Promise<Page> {
  const opened = await shown.open(`/e/staging/people${query}`, options);
  await box(opened.page).waitFor();
  return opened.page;
}

const box = (page: Page) => page.getByRole('combobox', { name: 'Find a person' });
const option = (page: Page, name: string | RegExp) => page.getByRole('option', { name });

test('what is typed finds by the beginning of an id, by what it holds, and by an email; arrows and Enter open', async () => {
  const page = await openFind();
  // The focus is there already.
  await page.keyboard.type('find_ad');
  await option(page, /^find_ada known/).waitFor();
  await option(page, /^find_adam/).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/people/find_adam*');

  await page.goBack();
  await option(page, /^find_adam/).waitFor();
  expect(await box(page).inputValue()).toBe('find_ad');
  await box(page).fill('7-FIND');
  await option(page, /^find_ada known by crm:7-find/).waitFor();
  await box(page).fill('ada@fi');
  await option(page, /^find_ada known email Ada@Find\.example/).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/people/find_ada*');
});

test.each([
  ['of a person', 'crm:7-find', '/e/staging/people/find_ada'],
  ['of a visitor who has nothing but events', 'anonymous-find-xyz', '/e/staging/people/anonymous-find-xyz'],
  ['that nobody has', 'find-nobody', '/e/staging/people/find-nobody'],
])('an id %s that is pasted opens by Enter, without waiting for the list', async (_, id, path) => {
  const page = await openFind();
  await page.keyboard.insertText(` ${id}\n`.trimEnd());
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => decodeURIComponent(url.pathname) === path);
});

test('a row of the ledger and a batch are found by their names', async () => {
  const page = await openFind();
  await page.keyboard.type('#1');
  await option(page, 'Ledger row 1').waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/e/staging/ledger/1');
  await page.goto(`${place.url}/e/staging/people?q=find-batch`);
  await option(page, /^Batch find-batch/).click();
  await page.waitForURL('**/e/staging/import?of=find-batch');
  await page.getByRole('region', { name: 'Batch find-batch' }).getByText('Take the batch back').waitFor();
});

test('an empty box shows recent people, who open by arrows as well', async () => {
  const page = await openFind();
  const recent = page.getByRole('listbox', { name: 'Recent people' }).getByRole('option');
  await recent.first().waitFor();
  // Others write here at the same time: who is first does not matter.
  expect(await recent.first().textContent()).toMatch(/(known|anonymous)[\d,]+ ids?[\d,]+ events?.*changed/);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const chosen = page.locator('[role=option][data-highlighted]');
  const second = await chosen.getAttribute('href');
  await page.keyboard.press('Enter');
  await page.waitForURL(`${place.url}${second}*`);
});

test('hostile ids are text, and lead to their person', async () => {
  const page = await openFind('?q=find', { size: 'narrow' });
  await option(page, /find_\\u\{202e\}gnp\.exe/).waitFor();
  await option(page, /^find_long_x+…x+/).waitFor();
  await expectNoSidewaysScroll(page);
  // No id holds half a character, and no address can: what is typed is not lost by it.
  await page.keyboard.insertText('_\ud800');
  await page.waitForURL((url) => url.searchParams.get('q') === 'find_\ufffd');
  for (const id of [script, slashed]) {
    await box(page).fill(id);
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => decodeURIComponent(url.pathname) === `/e/staging/people/${id}`);
    await page.goBack();
    await box(page).waitFor();
  }
});

test('ids that look like numbers, or like words of JSON, stay what they are in addresses', async () => {
  for (const id of ['90071992547409930', '1.50', '007', 'true', 'null', '"quoted"']) {
    const byHand = id.startsWith('"') ? JSON.stringify(id) : id;
    const page = await openFind(`?q=${encodeURIComponent(byHand)}`);
    expect(await box(page).inputValue()).toBe(id);
    await box(page).fill('');
    await page.waitForURL((url) => url.search === '');
    await box(page).fill(id);
    await page.waitForURL((url) => [id, JSON.stringify(id)].includes(url.searchParams.get('q')!));
    await page.reload();
    await expect.poll(() => box(page).inputValue()).toBe(id);
    await shown.now().context.close();
  }
});

test('an empty environment shows the first three calls, which turn green as they arrive', async () => {
  const opened = await shown.open('/e/untouched/people');
  const { page } = opened;
  const steps = page.getByRole('list').filter({ hasText: 'Somebody browses' }).getByRole('listitem');
  await steps.first().waitFor();
  expect(await page.getByText('waiting', { exact: true }).count()).toBe(3);
  expect(await steps.first().locator('pre').textContent()).toContain('Bearer $ONYM_WRITE_KEY');
  await page.getByRole('button', { name: 'Make a publishable key' }).click();
  await page.getByText('It is shown only now').waitFor();
  expect(await steps.first().locator('pre').textContent()).toMatch(/Bearer pk_/);

  for (const [index, step] of (await steps.all()).entries()) {
    await step.getByRole('button', { name: /^Copy/ }).click();
    const call = await page.evaluate(() => navigator.clipboard.readText());
    expect(JSON.parse(execFileSync('sh', ['-c', `${call} -sS`], { encoding: 'utf8' }))).toMatchObject({
      verdict: 'applied',
    });
    await step.getByText('arrived', { exact: true }).waitFor();
    expect(await page.getByText('waiting', { exact: true }).count()).toBe(2 - index);
  }
  await option(page, /^user_123.*3 ids.*1 event/).waitFor();
  await page.getByText('All three have arrived.').waitFor();
});

test('a key that may not make keys says where they are made', async () => {
  const { secret } = await api<{ secret: string }>('POST', '/v1/keys', {
    name: 'find-reader',
    kind: 'secret',
    scopes: ['read'],
  });
  const opened = await shown.open('/e/untouched/people', { key: secret });
  await opened.page.getByText('`onym keys create`').waitFor();
  expect(await opened.page.getByRole('button', { name: 'Make a publishable key' }).count()).toBe(0);
});

test.each(themes)(
  'no fault that axe finds, with recent people, with what was found, and at the beginning, %s',
  async (theme) => {
    const page = await openFind('', { theme, size: theme === 'light' ? 'phone' : 'narrow' });
    await page.getByRole('listbox', { name: 'Recent people' }).getByRole('option').first().waitFor();
    expect(await axe(page)).toEqual([]);
    await expectNoSidewaysScroll(page);
    await box(page).fill('ada@find');
    await option(page, /^find_ada known/).waitFor();
    expect(await axe(page)).toEqual([]);
    await expectNoSidewaysScroll(page);
    await page.goto(`${place.url}/e/untouched/people`);
    await page.getByText('The first three calls').waitFor();
    expect(await axe(page)).toEqual([]);
    await expectNoSidewaysScroll(page);
  },
);
