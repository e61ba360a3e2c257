import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expectToast, press, sharedPage, soon, undo, world } from './acts.ts';
import { withBrowser } from './browser.ts';

withBrowser();

const w = world('staging');

const go = sharedPage(w.environment);
const openAct = (search: Record<string, string>) => go('people', search);

describe('each act, and its undo', () => {
  test('an alias says what moves, is done, and is undone without a trace but the ledger', async () => {
    await w.identify('al_ana', { anonymous_id: 'anonymous-al1', traits: { plan: 'pro' } });
    await w.identify('al_ben', { traits: { plan: 'free', city: 'Ghent' } });
    await w.post('/track', { event: 'order', distinct_id: 'al_ben' });
    const [ana, ben] = [await w.person('al_ana'), await w.person('al_ben')];
    const page = await openAct({ act: 'alias', a: 'al_ana', b: 'al_ben' });
    const panel = page.getByRole('dialog');
    await panel.getByText('2 people before, 1 after. 1 id and 1 event change hands.').waitFor();
    expect(await panel.getByRole('region', { name: 'Before' }).getByRole('listitem').count()).toBeGreaterThan(2);
    await panel.getByRole('row', { name: 'al_ana city none Ghent' }).waitFor();
    expect(await w.person('al_ben')).toEqual(ben);
    await press(page, /^Join al_ben to al_ana: 1 id and 1 event change hands, in staging$/);
    await expectToast(page, /al_ben.* and .*al_ana.* are one person/);
    await expectToast(page, /Undo splits it again, and lifts the separation that leaves/);
    expect(await page.getByRole('button', { name: /^Join/ }).count()).toBe(0);
    expect(await w.canonical('al_ben')).toBe('al_ana');
    await undo(page);
    expect([await w.person('al_ana'), await w.person('al_ben')]).toEqual([ana, ben]);
    expect(await w.separations('al_ana', 'al_ben')).toBe(0);
  });

  test('a link is split: before and after, ids and events, and all of it comes back', async () => {
    await w.identify('sp_user', { anonymous_id: 'a-login-without-prefix', traits: { plan: 'pro' } });
    const joined = await w.alias('sp_user', 'stripe:cus_sp');
    await w.post('/track', [
      { event: 'paid', distinct_id: 'stripe:cus_sp' },
      { event: 'paid', distinct_id: 'stripe:cus_sp' },
    ]);
    const before = await w.person('sp_user');
    const page = await openAct({ act: 'split', link: String(joined.seq) });
    await press(page, /^Take 1 id and 2 events out of sp_user in staging$/);
    await expectToast(page, /Undo lifts 1 separation and makes 1 link again/);
    expect(await w.canonical('stripe:cus_sp')).toBe('stripe:cus_sp');
    expect(await w.separations('sp_user', 'stripe:cus_sp')).toBe(1);
    await undo(page);
    expect(await w.person('sp_user')).toEqual(before);
    expect(await w.separations('sp_user', 'stripe:cus_sp')).toBe(0);
  });

  test('a split of an identify link comes back with whom it made known, and whom not', async () => {
    const login = await w.identify('kn_user', { anonymous_id: 'no-prefix-7f3e' });
    const before = await w.person('kn_user');
    const page = await openAct({ act: 'split', link: String(login.seq) });
    await press(page, /^Take 1 id/);
    await expectToast(page, 'Split');
    await soon(() => w.canonical('no-prefix-7f3e'), 'no-prefix-7f3e');
    await undo(page);
    expect(await w.person('kn_user')).toEqual(before);
  });

  test('a pair is split by a form, and without separations where that is asked for', async () => {
    await w.alias('pa_user', 'crm:pa');
    const page = await openAct({ act: 'split' });
    await page.getByLabel('One identifier').fill('pa_user');
    await page.getByLabel('Another identifier').fill('crm:pa');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.waitForURL('**/people?act=split&a=pa_user&b=crm%3Apa');
    await page.getByLabel('Keep them apart from now on').uncheck();
    await press(page, /^Take 1 id/);
    await soon(() => w.canonical('crm:pa'), 'crm:pa');
    await soon(() => w.separations('pa_user', 'crm:pa'), 0);
    expect(await w.alias('pa_user', 'crm:pa')).toMatchObject({ verdict: 'applied' });
  });

  test('a set of identifiers, ticked in the list of the person, goes as it hangs together', async () => {
    await w.post('/alias', [
      { distinct_id: 'hub', alias_id: 'hub:1' },
      { distinct_id: 'hub:1', alias_id: 'hub:1b' },
      { distinct_id: 'hub', alias_id: 'hub:2' },
    ]);
    const before = await w.person('hub');
    const page = await openAct({ act: 'split', id: 'hub' });
    await page.getByLabel('Narrow down').fill('hub:1');
    await page.getByLabel('hub:1', { exact: true }).check();
    await page.getByLabel('hub:1b').check();
    await page.getByRole('button', { name: 'Preview' }).click();
    await press(page, /^Take 2 ids and 0 events out of hub in staging$/);
    await soon(() => w.canonical('hub:1b'), 'hub:1');
    await undo(page);
    expect(await w.person('hub')).toEqual(before);
  });

  test('two are kept apart, and lifted, and each is the undo of the other', async () => {
    const page = await openAct({ act: 'separate', a: 'ap_1', b: 'ap_2' });
    await press(page, /^Keep ap_1 and ap_2 apart in staging$/);
    await soon(() => w.separations('ap_1', 'ap_2'), 1);
    await undo(page);
    expect(await w.separations('ap_1', 'ap_2')).toBe(0);
    await w.post('/v1/separations', { a: 'ap_1', b: 'ap_2' });
    await page.goto(page.url().replace(/people.*/, 'people?act=lift&a=ap_1&b=ap_2'));
    await press(page, /^Let ap_1 and ap_2 meet again in staging$/);
    await soon(() => w.separations('ap_1', 'ap_2'), 0);
    await undo(page);
    expect(await w.separations('ap_1', 'ap_2')).toBe(1);
  });

  test('refused evidence is applied after all, and that is taken back', async () => {
    await w.identify('ra_one', { anonymous_id: 'anonymous-ra' });
    const refused = await w.identify('ra_two', { anonymous_id: 'anonymous-ra' });
    const page = await openAct({ act: 'approve', link: String(refused.seq) });
    await press(page, new RegExp(`^Apply link ${refused.seq}: \\d ids? and 0 events change hands, in staging$`));
    await expectToast(page, new RegExp(`Link ${refused.seq} does not come back to the queue`));
    expect(await w.canonical('ra_one')).toBe(await w.canonical('ra_two'));
    await undo(page);
    expect(await w.canonical('ra_one')).toBe('ra_one');
    expect(await w.canonical('ra_two')).toBe('ra_two');
    expect(await w.separations('ra_one', 'ra_two')).toBe(0);
  });

  test('a rejected link leaves a separation, and undo lifts it', async () => {
    await w.identify('rj_one', { anonymous_id: 'anonymous-rj' });
    const refused = await w.identify('rj_two', { anonymous_id: 'anonymous-rj' });
    const page = await openAct({ act: 'review', link: String(refused.seq) });
    await page.getByText('The anonymous id belongs to somebody else').waitFor();
    await press(page, /^Reject link/);
    await soon(() => w.separations('rj_two', 'anonymous-rj'), 1);
    await undo(page);
    expect(await w.separations('rj_two', 'anonymous-rj')).toBe(0);
  });

  test('a batch is taken back whole; it has no undo, and says so', async () => {
    await w.post('/alias', [
      { distinct_id: 'bt_1', alias_id: 'legacy:bt1', batch: 'bt-file' },
      { distinct_id: 'bt_2', alias_id: 'legacy:bt2', batch: 'bt-file' },
    ]);
    const page = await openAct({ act: 'revert', batch: 'bt-file' });
    await page.getByText('A revert has no undo here').waitFor();
    await press(page, /^Take back 2 rows of batch bt-file in staging$/);
    await expectToast(page, '2 rows taken back');
    expect(await page.getByRole('button', { name: 'Undo' }).count()).toBe(0);
    expect(await w.canonical('legacy:bt1')).toBe('legacy:bt1');
    expect(await w.separations('bt_1', 'legacy:bt1')).toBe(0);
  });

  test('a person is erased only once the id is typed, for good, with a receipt', async () => {
    await w.identify('er_user', { anonymous_id: 'anonymous-er', traits: { plan: 'pro' } });
    await w.post('/track', { event: 'seen', distinct_id: 'er_user' });
    const page = await openAct({ act: 'erase', id: 'er_user' });
    const button = page.getByRole('button', { name: 'Erase er_user in staging: 2 ids and 1 event, for good' });
    await page.getByText('It can not be taken back').waitFor();
    expect(await button.isDisabled()).toBe(true);
    await page.getByLabel('Type the id to erase').fill('er_use');
    expect(await button.isDisabled()).toBe(true);
    expect((await w.person('er_user')).identifiers).toHaveLength(2);
    await page.getByLabel('Type the id to erase').fill('er_user');
    await button.click();
    await page.getByText('Erased. This is the receipt:').waitFor();
    expect(await page.getByRole('dialog').textContent()).toMatch(/Identifiers2Events1Trait values1Links1/);
    expect(await page.getByRole('button', { name: 'Undo' }).count()).toBe(0);
    expect(await w.canonical('anonymous-er')).toBe('anonymous-er');
  });

  test('a person’s file is downloaded', async () => {
    await w.identify('ex_user', { traits: { plan: 'pro' } });
    const page = await openAct({ act: 'export', id: 'ex_user' });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download the file of ex_user in staging' }).click(),
    ]);
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ type: 'identity', canonical_id: 'ex_user', traits: { plan: 'pro' } });
  });
});

describe('what is not applied', () => {
  test('a refused dry run is amber, says why and what to do, and has no button', async () => {
    await w.post('/v1/separations', { a: 'rf_1', b: 'rf_2' });
    const page = await openAct({ act: 'alias', a: 'rf_1', b: 'rf_2' });
    await page.getByText('It would be refused.').waitFor();
    await page.getByText('lift the separation first').waitFor();
    expect(await page.getByRole('button', { name: /^Join/ }).count()).toBe(0);
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('so is a held one', async () => {
    const crowd = (name: string) =>
      Array.from({ length: 600 }, (_, i) => ({ distinct_id: name, alias_id: `${name}:${i}` }));
    await w.post('/alias', crowd('crowd_a'));
    await w.post('/alias', crowd('crowd_b'));
    const page = await openAct({ act: 'alias', a: 'crowd_a', b: 'crowd_b' });
    await page.getByText('It would be held for review').waitFor();
    await page.getByText('Look for an id that several people share').waitFor();
    expect(await page.getByRole('button', { name: /^Join/ }).count()).toBe(0);
  });

  test('a world that changed after the dry run: the answer is shown as it came', async () => {
    await w.identify('ch_1');
    await w.identify('ch_2');
    const page = await openAct({ act: 'alias', a: 'ch_1', b: 'ch_2' });
    const button = page.getByRole('button', { name: /^Join ch_2 to ch_1/ });
    await button.waitFor();
    await w.post('/v1/separations', { a: 'ch_1', b: 'ch_2' });
    await button.click();
    await page.getByText('It was refused. Nothing has changed.').waitFor();
    expect(await w.canonical('ch_2')).toBe('ch_2');
    expect(await page.getByRole('button', { name: 'Undo' }).count()).toBe(0);
  });

  test('what the server turns down is said in its words', async () => {
    const page = await openAct({ act: 'split', link: '999999' });
    await page.getByRole('alert').getByText('There is no link 999999 in this environment').waitFor();
    await page.goto(page.url().replace(/people.*/, 'people?act=alias&a=guest&b=x'));
    await page.getByRole('alert').getByText('reserved id').waitFor();
  });
});
