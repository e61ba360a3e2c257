import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { expectToast, sharedPage, soon, undo, world } from './acts.ts';
import { axe, expectNoSidewaysScroll, type Opened, open, place, sizes, themes, withBrowser } from './browser.ts';

withBrowser();

const w = world('development');
const go = sharedPage(w.environment);
const review = (search: Record<string, string> = {}) => go('review', search);

/** Pairs of known people, whose merge a publishable key has asked for: they are held. Returns the rows of the links. */
async function hold(...names: string[]): Promise<number[]> {
  await w.post(
    '/identify',
    names.flatMap((name) => [{ distinct_id: `${name}_a` }, { distinct_id: `${name}_b` }]),
  );
  const { results } = await w.publicAlias(names.map((name) => ({ distinct_id: `${name}_a`, alias_id: `${name}_b` })));
  expect(results.map(({ verdict }) => verdict)).toEqual(names.map(() => 'held'));
  return results.map(({ seq }) => seq);
}

const joined = async (name: string) => (await w.canonical(`${name}_b`)) === `${name}_a`;
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? '');
const held = async () =>
  (await w.get<{ held: { link: { seq: number } }[] }>('/v1/review?blast_radius=false')).held.map(
    ({ link }) => link.seq,
  );

describe('by keyboard alone', () => {
  let opened: Opened | null = null;
  afterAll(async () => {
    await opened?.context.close();
  });

  test('from signing in to approved, rejected, undone and decided in bulk', async () => {
    const [first] = await hold('kb1', 'kb2', 'kb3', 'kb4', 'kb5');
    opened = await open(`/sign-in?next=${encodeURIComponent('/e/development/review')}`, { key: null });
    const { page, complaints } = opened;
    // From here on nothing but keys.
    await page.getByLabel('Secret key').waitFor();
    await page.keyboard.type(place.secretKey);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/e/development/review');
    await page.getByText('kb5_a').waitFor();
    await page.getByText('2 people become 1').first().waitFor();

    await page.keyboard.press('j');
    await page.waitForFunction(() => document.activeElement?.textContent?.startsWith('kb5_a'));
    await page.keyboard.press('j');
    await page.waitForFunction(() => document.activeElement?.textContent?.startsWith('kb4_a'));
    await page.keyboard.press('k');
    expect(await focused(page)).toContain('kb5_b');
    await page.keyboard.press('Enter');
    await page.getByText('A publishable key asked to merge or rename a known person').waitFor();
    await page
      .getByRole('button', { name: /^Apply link \d+: 1 id and 0 events change hands, in development/ })
      .waitFor();
    await page.keyboard.press('a');
    await expectToast(page, /^Link \d+ applied$/);
    expect(await joined('kb5')).toBe(true);

    // The focus is on what has taken its place; z takes it back.
    await page.waitForFunction(() => document.activeElement?.textContent?.startsWith('kb4_a'));
    await undo(page);
    expect(await joined('kb5')).toBe(false);
    expect(await w.separations('kb5_a', 'kb5_b')).toBe(0);

    await page.keyboard.press('r');
    await expectToast(page, /^Link \d+ rejected$/);
    await soon(() => w.separations('kb4_a', 'kb4_b'), 1);
    await page.waitForFunction(() => document.activeElement?.textContent?.startsWith('kb3_a'));

    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.waitForFunction(() => document.activeElement?.textContent?.startsWith('kb2_a'));
    await page.keyboard.press('x');
    await page.getByText('2 links selected').waitFor();
    await page.keyboard.press('a');
    await page.getByText('2 links would be applied').waitFor();
    await page.getByText('2 ids and 0 events change hands').waitFor();
    expect(await joined('kb3')).toBe(false);
    await page.keyboard.press('a');
    await expectToast(page, '2 links applied');
    expect([await joined('kb3'), await joined('kb2')]).toEqual([true, true]);
    await page.waitForFunction(() => document.activeElement?.textContent?.startsWith('kb1_a'));
    expect(await held()).toEqual([first]);

    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor();
    for (const does of ['Next', 'Approve', 'Reject', 'Select', 'Undo']) {
      expect(await page.getByRole('definition').filter({ hasText: does }).count()).toBeGreaterThan(0);
    }
    await page.keyboard.press('Escape');
    await page.keyboard.press('a');
    await soon(() => joined('kb1'), true);
    await page.getByText('No link is held.').waitFor();
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
  });
});

test('a bulk says first what would become of each, and is undone as a whole', async () => {
  const seqs = await hold('bk1', 'bk2', 'bk3', 'bk4');
  // One has been decided by somebody else, one would be refused by now.
  await w.post(`/v1/links/${seqs[0]}/reject`, {});
  await w.post('/v1/separations', { a: 'bk2_a', b: 'bk2_b' });
  const page = await review({ selected: seqs.join('-'), bulk: 'approve' });
  await page.getByText('2 links would be applied').waitFor();
  await page.getByText('1 link would change nothing: decided already').waitFor();
  await page.getByText('1 link would be refused').waitFor();
  await page.getByText('The two are kept apart').waitFor();
  await page.getByRole('button', { name: 'Approve 2 links in development' }).click();
  await expectToast(page, '2 links applied');
  expect([await joined('bk3'), await joined('bk4'), await joined('bk2')]).toEqual([true, true, false]);
  expect(new URL(page.url()).search).toBe('');
  await undo(page);
  expect([await joined('bk3'), await joined('bk4')]).toEqual([false, false]);
  expect(await w.separations('bk3_a', 'bk3_b')).toBe(0);
  await w.post(`/v1/links/${seqs[1]}/reject`, {});
});

test('many wait: the list is paged and holds few rows in the page, the count says 100+', async () => {
  const names = Array.from({ length: 104 }, (_, index) => `many${String(index).padStart(3, '0')}`);
  const seqs = await hold(...names);
  const page = await review();
  await page.getByText('many103_a').waitFor();
  await page.getByRole('link', { name: 'Review 100+' }).waitFor();
  expect(await page.getByRole('listitem').count()).toBeLessThan(60);
  // Over the end of the first page, which holds 25.
  for (let row = 0; row < 25; row++) await page.keyboard.press('j');
  await page.waitForFunction(() => document.activeElement?.textContent?.startsWith('many079_a'));
  await page.keyboard.press('j');
  await page.waitForFunction(() => document.activeElement?.textContent?.startsWith('many078_a'));
  expect(await page.getByRole('listitem').count()).toBeLessThan(60);
  const rejected = await review({ selected: seqs.join('-'), bulk: 'reject' });
  await rejected.getByText('104 links would be applied').waitFor();
  await rejected.getByRole('button', { name: 'Reject 104 links in development' }).click();
  await expectToast(rejected, '104 links rejected');
  await rejected.getByText('No link is held.').waitFor();
  expect(await rejected.getByRole('link', { name: 'Review', exact: true }).count()).toBe(1);
});

test('conflicts are listed by cause, and one is applied after all, and back', async () => {
  await w.identify('cf_one', { anonymous_id: 'anonymous-cf' });
  const { seq } = await w.identify('cf_two', { anonymous_id: 'anonymous-cf' });
  await w.identify('cf_two', { anonymous_id: 'anonymous-cf' });
  const page = await review({ list: 'conflicts' });
  const row = page.getByRole('listitem').filter({ hasText: 'anonymous-cf is claimed by cf_two' });
  await row.getByText('belongs to another person').waitFor();
  await page.keyboard.press('j');
  await page.waitForFunction((text) => document.activeElement?.textContent === text, `Preview link ${seq}`);
  await page.keyboard.press('Enter');
  await page.getByText('Usually a shared device').first().waitFor();
  await page.getByRole('button', { name: new RegExp(`^Apply link ${seq}`) }).waitFor();
  await page.keyboard.press('a');
  await expectToast(page, `Link ${seq} applied`);
  expect(await w.canonical('cf_one')).toBe(await w.canonical('cf_two'));
  expect(new URL(page.url()).search).toBe('?list=conflicts');
  await undo(page);
  expect(await w.canonical('cf_one')).toBe('cf_one');
});

test('a link that somebody else has decided on meanwhile is told so', async () => {
  const [seq] = await hold('late');
  const page = await review();
  await page.getByText('late_a').waitFor();
  await w.post(`/v1/links/${seq}/reject`, {});
  await page.keyboard.press('j');
  await page.keyboard.press('a');
  await page.getByText('There is nothing to do: it is so already.').waitFor();
  expect(await joined('late')).toBe(false);
});

test.each(themes)(
  'lists, preview and summary have no fault that axe finds; nothing sticks out of a phone, %s',
  async (theme) => {
    const seqs = await hold(`ax_${theme}`, `<b>${'y'.repeat(300)}${theme}\u202e`);
    await w.identify(`axc_${theme}`, { anonymous_id: `anonymous-ax-${theme}` });
    await w.identify(`axd_${theme}`, { anonymous_id: `anonymous-ax-${theme}` });
    const page = await review();
    await page.emulateMedia({ colorScheme: theme });
    await page.setViewportSize(sizes.phone);
    await page.getByText(`ax_${theme}_a`).waitFor();
    await expectNoSidewaysScroll(page);
    expect(await axe(page)).toEqual([]);
    await review({ list: 'conflicts' });
    await page.getByText(`axd_${theme}`).first().waitFor();
    await expectNoSidewaysScroll(page);
    expect(await axe(page)).toEqual([]);
    await review({ act: 'review', link: String(seqs[1]) });
    await page.getByRole('button', { name: /^Apply link/ }).waitFor();
    await expectNoSidewaysScroll(page);
    expect(await axe(page)).toEqual([]);
    await review({ selected: seqs.join('-'), bulk: 'reject' });
    await page.getByText('2 links would be applied').waitFor();
    expect(await axe(page)).toEqual([]);
    await page.setViewportSize(sizes.desktop);
    for (const seq of seqs) await w.post(`/v1/links/${seq}/reject`, {});
  },
);
