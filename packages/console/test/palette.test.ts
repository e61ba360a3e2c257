import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { api, axe, expectNoSidewaysScroll, type OpenOptions, themes, withPage } from './browser.ts';

const shown = withPage();

async function openPage(path: string, options: OpenOptions = {}): Promise<Page> {
  const opened = await shown.open(path, options);
  await opened.page.getByRole('heading', { level: 1 }).waitFor();
  return opened.page;
}

const palette = (page: Page) => page.getByRole('dialog', { name: 'Find anything, do anything' });

/** By keys alone: opens the palette, types, and takes what is first. */
async function say(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await palette(page).waitFor();
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
  await palette(page).waitFor({ state: 'detached' });
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent);

test('goes anywhere and does anything by keyboard alone, and the focus returns where it was', async () => {
  const page = await openPage('/e/production/health');
  const link = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'SQL' });
  await link.focus();
  await say(page, 'theme dark');
  expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
  expect(await focused(page)).toBe('SQL');
  await say(page, 'zone machine');
  expect(await page.getByRole('combobox', { name: 'Time zone' }).inputValue()).toBe('local');

  await say(page, 'imp');
  await page.waitForURL('**/e/production/import');
  await say(page, 'switch staging');
  await page.waitForURL('**/e/staging/people');
  await page.getByRole('combobox', { name: 'Find a person' }).waitFor();
  await say(page, '#1');
  await page.waitForURL('**/e/staging/ledger/1');
  await say(page, 'sign out');
  await page.waitForURL('**/sign-in');
});

test('takes what is typed from its first moment on, whoever had the focus', async () => {
  const page = await openPage('/e/staging/people');
  const box = page.getByRole('combobox', { name: 'Find a person' });
  await box.focus();
  // Its code is loaded when it is first opened.
  for (const isLoaded of [false, true]) {
    const isInPalette = await page.evaluate(async () => {
      const press = { key: 'k', code: 'KeyK', ctrlKey: true, bubbles: true, cancelable: true };
      document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', press));
      // No frame comes in between.
      for (let turn = 0; turn < 10; turn++) await null;
      return document.activeElement!.closest('[role=dialog]') !== null;
    });
    if (isLoaded) expect(isInPalette).toBe(true);
    await palette(page).waitFor();
    await page.keyboard.press('Escape');
    await palette(page).waitFor({ state: 'detached' });
    await expect.poll(() => box.evaluate((element) => element === document.activeElement)).toBe(true);
  }
});

test('finds people as the page does, and acts on the one that is shown', async () => {
  await api('POST', '/identify', {
    environment: 'staging',
    distinct_id: 'palette_user',
    anonymous_id: 'anonymous-palette',
    traits: { email: 'palette@example.com' },
  });
  const page = await openPage('/e/staging/import');
  await page.keyboard.press('Meta+k');
  await palette(page).waitFor();
  // Pasted, and Enter at once.
  await page.keyboard.insertText('anonymous-palette');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/e/staging/people/palette_user*');
  await page.getByRole('heading', { level: 1, name: 'palette_user' }).waitFor();
  await say(page, 'split');
  await page.waitForURL(/\/e\/staging\/people\/palette_user\?.*act=split/);
  await page.getByRole('dialog', { name: 'Split' }).waitFor();
});

test('arrows choose, Escape closes, and the button opens it', async () => {
  const page = await openPage('/e/production/health');
  await page.getByRole('button', { name: /^Find any id/ }).click();
  await palette(page).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Escape');
  await palette(page).waitFor({ state: 'detached' });
  expect(await focused(page)).toMatch(/^Find any id/);
  await page.keyboard.press('Enter');
  await palette(page).waitFor();
  await page.keyboard.type('theme');
  await page.locator('[role=option][data-highlighted]', { hasText: 'Theme: as the system' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
});

test.each(themes)('no fault that axe finds, with commands and with what was found, %s', async (theme) => {
  const page = await openPage('/e/production/health', { theme, size: theme === 'light' ? 'desktop' : 'narrow' });
  await page.keyboard.press('Control+k');
  await palette(page).getByRole('option', { name: 'Sign out' }).waitFor();
  expect(await axe(page)).toEqual([]);
  await expectNoSidewaysScroll(page);
  await page.keyboard.type('user');
  await palette(page).getByRole('group', { name: 'Found' }).waitFor();
  expect(await axe(page)).toEqual([]);
});
