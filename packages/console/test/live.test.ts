import { expect, test } from 'vitest';
import { api, axe, expectNoSidewaysScroll, type OpenOptions, themes, withPage } from './browser.ts';

const shown = withPage();

/** Streams are open: what is sent from now on is shown. */
async function openLive(query = '', options: OpenOptions = {}) {
  const opened = await shown.open(`/e/streamed/live${query}`, options);
  await opened.page.getByText('Connected').waitFor();
  return opened.page;
}

const track = (event: string, distinct_id: string, properties = {}) =>
  api('POST', '/track', { environment: 'streamed', event, distinct_id, properties });
const identify = (distinct_id: string, anonymous_id: string) =>
  api('POST', '/identify', { environment: 'streamed', distinct_id, anonymous_id });

test('events and rows of the ledger appear as they happen, newest first, with their ids as links', async () => {
  const page = await openLive();
  await track('live_view', 'anonymous-live-1', { path: '/a' });
  await page.getByText('live_view').waitFor();
  await identify('user_live_1', 'anonymous-live-1');
  await page.getByText('merged').waitFor();
  const list = page.getByRole('list', { name: 'What happens, newest first' });
  expect(await list.getByRole('listitem').first().textContent()).toContain('identify');
  await page.getByText('Properties').click();
  await page.getByText('"path": "/a"').waitFor();
  await list.getByRole('link', { name: 'user_live_1' }).click();
  await page.waitForURL('**/e/streamed/people/user_live_1*');
});

test('paused, it stands still and counts; resumed, it shows what came', async () => {
  const page = await openLive();
  await page.keyboard.press('p');
  await page.getByText('0 more since the pause').waitFor();
  await track('while_paused', 'anonymous-live-2');
  await page.getByText('1 more since the pause').waitFor();
  expect(await page.getByText('while_paused').count()).toBe(0);
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByText('while_paused').waitFor();
});

test('filters are in the address', async () => {
  const page = await openLive('?event=wanted&show=events');
  await track('unwanted', 'anonymous-live-3');
  await track('wanted', 'anonymous-live-3');
  await page.getByText('wanted', { exact: true }).waitFor();
  expect(await page.getByText('unwanted').count()).toBe(0);
  await page.getByLabel('Identifier').fill('anonymous-live-4');
  await page.keyboard.press('Enter');
  await page.waitForURL('**id=anonymous-live-4*');
  await page.getByText('Connected').waitFor();
  await track('wanted', 'anonymous-live-3');
  await track('wanted', 'anonymous-live-4');
  await page.getByRole('link', { name: 'anonymous-live-4' }).waitFor();
  expect(await page.getByRole('link', { name: 'anonymous-live-3' }).count()).toBe(0);
});

test('hostile names and ids show as text', async () => {
  const page = await openLive('', { size: 'narrow' });
  await track('<script>alert(1)</script>', `anonymous-${'x'.repeat(500)}`, { '<b>': '\u202edlrow' });
  await page.getByText('<script>alert(1)</script>').waitFor();
  await page.getByText('Properties').click();
  await page.getByText('\\u{202e}dlrow').waitFor();
  await expectNoSidewaysScroll(page);
});

test.each(themes)('the page has no fault that axe finds, %s', async (theme) => {
  const page = await openLive('', { theme });
  await track('seen', `anonymous-axe-${theme}`);
  await page.getByText('seen').waitFor();
  expect(await axe(page)).toEqual([]);
});
