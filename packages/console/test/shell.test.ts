import { afterEach, expect, test } from 'vitest';
import { axe, expectNoSidewaysScroll, type Opened, open, themes, withBrowser } from './browser.ts';

withBrowser();

let opened: Opened | null = null;
afterEach(async () => {
  await opened?.context.close();
  opened = null;
});

test('the first address leads to the people of the first environment', async () => {
  opened = await open('/');
  await opened.page.waitForURL('**/e/production/people');
  expect(await opened.page.getByRole('heading', { level: 1 }).textContent()).toBe('People');
  expect(opened.complaints).toEqual([]);
});

test.each(themes)('the shell has no fault that axe finds, %s', async (theme) => {
  opened = await open('/e/production/people', { theme });
  await opened.page.getByRole('heading', { level: 1 }).waitFor();
  expect(await axe(opened.page)).toEqual([]);
});

test('a narrow window needs no scrolling to the side', async () => {
  opened = await open('/e/production/people', { size: 'narrow' });
  await opened.page.getByRole('heading', { level: 1 }).waitFor();
  await expectNoSidewaysScroll(opened.page);
});
