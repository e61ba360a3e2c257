import { describe, expect, test } from 'vitest';
import { press, sharedPage, soon, undo, world } from './acts.ts';
import { axe, expectNoSidewaysScroll, sizes, themes, withBrowser } from './browser.ts';

withBrowser();

const w = world('staging');

const go = sharedPage(w.environment);
const openAct = (search: Record<string, string>) => go('people', search);

describe('the panel', () => {
  const hostile = [
    '<script>alert(1)</script>',
    `rtl-\u05d0\u05d1\u05d2-${'x'.repeat(400)}`,
    'a/b%2F..#?&=+\u202e z',
  ] as const;

  test('shows hostile ids as text, and acts on exactly those', async () => {
    await w.alias(hostile[0], hostile[1]);
    await w.alias(hostile[0], hostile[2]);
    const page = await openAct({ act: 'split', a: hostile[0], b: hostile[2] });
    await page.setViewportSize(sizes.narrow);
    await page.getByRole('button', { name: /^Take 1 id/ }).waitFor();
    await expectNoSidewaysScroll(page);
    expect(await page.getByRole('dialog').evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0);
    expect(await page.getByRole('dialog').textContent()).toContain('\\u{202e}');
    await press(page, /^Take 1 id/);
    await soon(() => w.canonical(hostile[2]), hostile[2]);
    await undo(page);
    expect(await w.canonical(hostile[2])).toBe(hostile[0]);
    await page.goto(page.url().replace(/people.*/, `people?${new URLSearchParams({ act: 'erase', id: hostile[2] })}`));
    await page.getByLabel('Type the id to erase').fill(hostile[2].replace('\u202e', '\\u{202e}'));
    await press(page, /^Erase/);
    await page.getByText('Erased. This is the receipt:').waitFor();
    expect(await w.canonical(hostile[1])).toBe(hostile[1]);
    await page.setViewportSize(sizes.desktop);
  });

  test.each(themes)('has no fault that axe finds, in each act, %s', async (theme) => {
    await w.identify('ax_1', { traits: { plan: 'pro' } });
    await w.alias('ax_1', 'crm:ax');
    await w.post('/v1/separations', { a: 'ax_1', b: 'ax_apart' });
    await w.identify('ax_2', { anonymous_id: 'crm:ax' });
    const page = await openAct({ act: 'alias', a: 'ax_1', b: 'ax_other' });
    await page.emulateMedia({ colorScheme: theme });
    const base = page.url().replace(/people.*/, 'people?');
    await page.getByRole('button', { name: /^Join/ }).waitFor();
    expect(await axe(page)).toEqual([]);
    const ready = {
      'act=split&a=ax_1&b=crm:ax': page.getByRole('button', { name: /^Take/ }),
      'act=split&id=ax_1': page.getByLabel('crm:ax'),
      'act=alias&a=ax_1&b=ax_apart': page.getByText('It would be refused.'),
      'act=erase&id=ax_1': page.getByLabel('Type the id to erase'),
      'act=export&id=ax_1': page.getByRole('link', { name: /^Download/ }),
      'act=lift': page.getByRole('button', { name: 'Preview' }),
    };
    for (const [search, shown] of Object.entries(ready)) {
      await page.goto(base + search);
      await shown.first().waitFor();
      expect([search, await axe(page)]).toEqual([search, []]);
    }
  });

  test('is opened by an address, closed by Escape, and gives the address and the focus back', async () => {
    const { seq } = await w.alias('fo_1', 'crm:fo');
    const page = await openAct({});
    await page.goto(page.url().replace(/people.*/, `ledger/${seq}`));
    const button = page.getByRole('button', { name: 'Take back …' });
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Take 1 id/ }).waitFor();
    expect(new URL(page.url()).search).toBe(`?act=split&link=${seq}`);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('');
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  test('an id of digits stays what it is in the address', async () => {
    await w.alias('12345678901234567', 'crm:digits');
    const page = await openAct({ act: 'alias' });
    await page.getByLabel('Identifier that names the person').fill('12345678901234567');
    await page.getByLabel('Identifier of the same person').fill('999');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Join 999 to 12345678901234567/ }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: /^Join 999 to 12345678901234567/ }).waitFor();
  });
});
