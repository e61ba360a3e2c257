import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { press, sharedPage, soon, undo, world } from './acts.ts';
import { axe, expectNoSidewaysScroll, place, sizes, themes, withBrowser } from './browser.ts';

withBrowser();

const w = world('staging');
const go = sharedPage(w.environment);
const row = (seq: number): Promise<Page> => go(`ledger/${seq}`);

test('a row is told in words, with who sent it, its ids as links, and the whole of it', async () => {
  const { seq } = await w.identify('lr_ana', {
    anonymous_id: 'anonymous-lr',
    traits: { plan: 'pro', big: 1 },
    batch: 'lr-batch',
    properties: { $lib: 'crm-sync' },
  });
  const page = await row(seq);
  const main = page.getByRole('main');
  await main.getByRole('heading', { name: `Ledger row ${seq}` }).waitFor();
  await main.getByText('lr_ana was identified.').waitFor();
  await main.getByText('lr_ana and anonymous-lr became one person, by identify.').waitFor();
  await main.getByText('Traits were set on lr_ana.').waitFor();
  await main.getByRole('listitem').filter({ hasText: 'plan: pro' }).waitFor();
  expect(await main.textContent()).toMatch(/Sent by\S+ .*batch lr-batch/);
  expect(await main.getByRole('link', { name: 'lr_ana' }).first().getAttribute('href')).toContain(
    '/e/staging/people/lr_ana',
  );
  const raw = await main.locator('pre').textContent();
  expect(JSON.parse(raw!)).toEqual(await w.row(seq));
  await main.getByText('It stands, and can be taken back.').waitFor();
  await main.getByRole('button', { name: 'Revert the batch …' }).waitFor();
});

test('a link is taken back from its row; the split from its own, step by step', async () => {
  const { seq } = await w.alias('lr_user', 'crm:lr');
  const before = await w.person('lr_user');
  let page = await row(seq);
  await page.getByRole('button', { name: 'Take back …' }).click();
  await press(page, /^Take 1 id and 0 events out of lr_user in staging$/);
  await soon(() => w.canonical('crm:lr'), 'crm:lr');
  const fate = await page.getByText(/^It was taken back by row \d+\.$/).textContent();
  const split = { seq: Number(/\d+/.exec(fate ?? '')?.[0]) };
  expect(await page.getByRole('button', { name: 'Take back …' }).count()).toBe(0);

  page = await row(split.seq);
  await page.getByText('lr_user and crm:lr were split.').waitFor();
  expect(await page.getByRole('link', { name: String(seq), exact: true }).getAttribute('href')).toContain(
    `ledger/${seq}`,
  );
  await page.getByRole('button', { name: 'Undo …' }).click();
  await page.getByText('Undo lifts 1 separation and makes 1 link again.').waitFor();
  await press(page, new RegExp(`^Undo row ${split.seq} in staging$`));
  await page.getByRole('dialog').getByText('Undone').waitFor();
  expect(await page.getByRole('dialog').getByText('done', { exact: true }).count()).toBe(2);
  expect(await w.person('lr_user')).toEqual(before);
  expect(await w.separations('lr_user', 'crm:lr')).toBe(0);
});

test('a separation is lifted from its row, a lift stated again from its own', async () => {
  const { seq } = await w.post('/v1/separations', { a: 'lr_1', b: 'lr_2' });
  let page = await row(seq);
  await page.getByText('lr_1 and lr_2 are kept apart from here on.').waitFor();
  await page.getByRole('button', { name: 'Lift …' }).click();
  await press(page, /^Let lr_1 and lr_2 meet again/);
  await soon(() => w.separations('lr_1', 'lr_2'), 0);
  await undo(page);
  expect(await w.separations('lr_1', 'lr_2')).toBe(1);
  const { rows } = await w.get<{ rows: { seq: number; op: string }[] }>('/v1/identities/lr_1/history?order=desc');
  page = await row(rows.find(({ op }) => op === 'lift')!.seq);
  await page.getByText('The separation of lr_1 and lr_2 was lifted.').waitFor();
  await page.getByRole('button', { name: 'Separate again …' }).waitFor();
});

test('refused evidence says why and what to do, and leads to a decision', async () => {
  await w.identify('lr_one', { anonymous_id: 'anonymous-shared-lr' });
  const { seq } = await w.identify('lr_two', { anonymous_id: 'anonymous-shared-lr' });
  const page = await row(seq);
  await page.getByText('identify asked that anonymous-shared-lr join lr_two, and was refused.').waitFor();
  await page.getByText('Usually a shared device').waitFor();
  await page.getByRole('button', { name: 'Approve or reject …' }).click();
  await page.getByRole('button', { name: /^Apply link/ }).waitFor();
});

test('rows lead to their neighbours by link and by key; where there is none, it is said', async () => {
  const { seq } = await w.post('/v1/separations', { a: 'lr_3', b: 'lr_4' });
  await w.post('/v1/separations', { a: 'lr_3', b: 'lr_5' });
  const page = await row(seq);
  await page.getByRole('link', { name: 'Next row' }).waitFor();
  await page.keyboard.press('k');
  await page.getByRole('heading', { name: `Ledger row ${seq - 1}` }).waitFor();
  await page.getByText('As the server has it').waitFor();
  await page.keyboard.press('j');
  await page.getByRole('heading', { name: `Ledger row ${seq}` }).waitFor();
  await page.getByRole('link', { name: 'Next row' }).click();
  await page.getByRole('heading', { name: `Ledger row ${seq + 1}` }).waitFor();
  await row(9_999_999);
  await page.getByRole('heading', { name: 'The ledger has no row 9999999.' }).waitFor();
  await row(0);
  await page.getByRole('heading', { name: 'This is not the number of a row.' }).waitFor();
});

test.each(themes)('hostile ids and traits are text, nothing sticks out, and axe finds no fault, %s', async (theme) => {
  const id = '<img src=x onerror=alert(1)>';
  const value = `\u202egnp.exe ${'x'.repeat(600)}`;
  const { seq } = await w.identify(id, {
    anonymous_id: `anonymous-\u05d0${theme}`,
    traits: { '<b>key</b>': value + theme },
  });
  const page = await row(seq);
  await page.emulateMedia({ colorScheme: theme });
  await page.setViewportSize(sizes.narrow);
  await page.getByText('<b>key</b>').first().waitFor();
  expect(await page.getByRole('main').locator('pre').textContent()).toContain('\\u{202e}gnp.exe');
  await expectNoSidewaysScroll(page);
  expect(await axe(page)).toEqual([]);
  await page.setViewportSize(sizes.desktop);
});

test('a row that is there on the server of the demo is told as well: its story and its shop', async () => {
  const production = world('production');
  const { rows } = await production.get<{ rows: { seq: number; op: string }[] }>('/v1/ledger?after=0&limit=200');
  const page = await go('people');
  for (const op of new Set(rows.map((found) => found.op))) {
    const { seq } = rows.find((found) => found.op === op)!;
    await page.goto(`${place.url}/e/production/ledger/${seq}`);
    await page.getByRole('heading', { name: `Ledger row ${seq}`, exact: true }).waitFor();
    await page.getByText('As the server has it').waitFor();
  }
});
