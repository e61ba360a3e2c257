import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { api, axe, expectNoSidewaysScroll, type OpenOptions, place, themes, withPage } from './browser.ts';

const shown = withPage();

async function openImport(options: OpenOptions = {}): Promise<Page> {
  const opened = await shown.open('/e/staging/import', options);
  await opened.page.getByRole('heading', { name: 'Import', level: 1 }).waitFor();
  return opened.page;
}

const choose = (page: Page, name: string, content: string | Buffer) =>
  page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) });

const select = (page: Page, name: string) => page.getByRole('combobox', { name, exact: true });

const figures = async (page: Page) =>
  (await page.getByLabel('Rows by verdict').locator('dd').allTextContents()).map(Number);

const canonical = async (id: string): Promise<unknown> => {
  const body = { environment: 'staging', distinct_ids: [id] };
  const { identities } = await api<{ identities: Record<string, { canonical_id: string }> }>(
    'POST',
    '/v1/resolve',
    body,
  );
  return identities[id]?.canonical_id;
};

test('columns that say nothing are mapped, the dry run says what would be, the import does it, and a batch can be taken back', async () => {
  const page = await openImport();
  await choose(page, 'crm.csv', 'before,after\n1001,imp_a\n1002,imp_b\n1003,null\n1005,imp_e\n');
  await page.getByText('The server can not tell how to read this file.').waitFor();
  await page.getByRole('cell', { name: 'imp_a', exact: true }).waitFor();

  await select(page, 'Each row is').selectOption('a pair of ids');
  await page.getByText('No column looks like the distinct_id').waitFor();
  await select(page, 'Id that names the person').selectOption('after');
  await select(page, 'Other id').selectOption('before');
  await page.getByLabel('Put before the other id').fill('imp:');
  await page.getByLabel('Put before the other id').press('Enter');
  await page.getByText('alias_id, with imp: before it').waitFor();

  await page.getByRole('button', { name: 'Import 4 rows into staging' }).waitFor();
  expect(await figures(page)).toEqual([3, 0, 0, 0, 1]);
  await page.getByText('invalid/reserved-distinct-id').waitFor();
  await page.getByRole('link', { name: 'imp_a' }).waitFor();
  expect(await canonical('imp:1001')).toBe('imp:1001');

  await page.getByLabel('Batch').fill('crm-of-console');
  await page.getByRole('button', { name: 'Import 4 rows into staging' }).click();
  await page.getByText('4 rows imported into staging').first().waitFor();
  expect(await figures(page)).toEqual([3, 0, 0, 0, 1]);
  expect(await canonical('imp:1001')).toBe('imp_a');

  // A file that can not be read yet is a 400 each time, and the browser says so.
  const { complaints } = shown.now();
  complaints.splice(0, Number.POSITIVE_INFINITY, ...complaints.filter((one) => !one.includes('400')));
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download them' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('crm.csv.rejected.ndjson');
  const [row, ...more] = (await readFile(await download.path(), 'utf8')).trim().split('\n');
  expect(more).toEqual([]);
  expect(JSON.parse(row!)).toMatchObject({
    line: 4,
    verdict: 'invalid',
    error_code: 'reserved-distinct-id',
    row: { before: '1003', after: 'null' },
  });

  const earlier = page.getByRole('row', { name: /crm-of-console/ });
  await earlier.getByRole('link', { name: 'Take the batch back' }).click();
  await page.waitForURL(/act=revert/);
  expect(new URL(page.url()).searchParams.get('batch')).toBe('crm-of-console');
  await page.getByRole('dialog').getByRole('button', { name: /^Take/ }).click();
  await expect.poll(() => canonical('imp:1001')).toBe('imp:1001');
  await page.goto(`${place.url}/e/staging/import?of=crm-of-console`);
  const batch = page.getByRole('region', { name: 'Batch crm-of-console' });
  await batch.getByText('taken back').waitFor();
  expect(await canonical('imp:1001')).toBe('imp:1001');
});

test('a vendor’s file needs no mapping, compressed or not, and is done once', async () => {
  const page = await openImport();
  const person = {
    distinct_ids: ['imp_ph_1', 'imp_ph_2'],
    properties: { plan: 'pro' },
    created_at: '2025-01-01T00:00:00Z',
  };
  const file = gzipSync(`${JSON.stringify(person)}\n`);
  await choose(page, 'persons.jsonl.gz', file);
  await page.getByText('PostHog persons export, JSON lines: 1 row.').waitFor();
  await page.getByText('distinct_id of the first id, alias_id of the others').waitFor();
  await page.getByRole('cell', { name: '["imp_ph_1","imp_ph_2"]' }).waitFor();
  expect(await select(page, 'Id').count()).toBe(0);
  await page.getByRole('button', { name: 'Import 1 row into staging' }).click();
  await page.getByText('1 row imported into staging').first().waitFor();
  expect(await canonical('imp_ph_2')).toBe('imp_ph_1');

  await page.getByRole('button', { name: 'Another file' }).click();
  await choose(page, 'persons.jsonl.gz', file);
  await page.getByRole('button', { name: 'Import 1 row into staging' }).click();
  await page.getByText('This file was imported in this batch before.').waitFor();
});

test('columns become traits under another key and type', async () => {
  const page = await openImport();
  await choose(page, 'seats.csv', 'user_id,seats,anonymous_id\nimp_seats,7,\n');
  await page.getByText('Identify rows, CSV: 1 row.').waitFor();
  await page.getByRole('checkbox', { name: 'seats' }).check();
  await page.getByLabel('Key for seats').fill('chairs');
  await page.getByLabel('Key for seats').press('Enter');
  await select(page, 'Type of seats').selectOption('number');
  await page.getByText('trait chairs').waitFor();
  await page.getByRole('button', { name: 'Import 1 row into staging' }).click();
  await page.getByText('1 row imported into staging').first().waitFor();
  const { traits } = await api('GET', '/v1/identities/imp_seats?environment=staging');
  expect(traits).toEqual({ chairs: 7 });
});

test('an import that is cancelled says how far it came, and goes on there', async () => {
  const page = await openImport();
  // So many that neither the dry run nor the import is done before its button is found.
  const rows = 60_000;
  const lines = Array.from({ length: rows }, (_, index) => `imp_many_${index},imp_many_${index}_old`);
  await choose(page, 'many.csv', `user_id,legacy_id\n${lines.join('\n')}\n`);
  // The dry run need not come to its end.
  await page.getByText(/rows? judged/).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('The dry run was stopped.').waitFor();
  await page.getByRole('button', { name: 'Import into staging' }).click();
  await page.getByText(/[1-9][\d,]* rows imported/).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText(/^Stopped after/).waitFor();

  // Another page and back: it is still here.
  await page.getByRole('link', { name: 'Live', exact: true }).click();
  await page.getByRole('link', { name: 'Import', exact: true }).click();
  await page.getByText(/^Stopped after/).waitFor();
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('60,000 rows imported into staging').first().waitFor();
  await page.getByText(/^Went on after line/).waitFor();
  const [applied] = await page.getByLabel('Rows by verdict').locator('dd').allTextContents();
  expect(applied).toBe('60,000');
});

test('a file that says something hostile is text', async () => {
  const page = await openImport();
  const id = `<img src=x onerror=alert(1)>\u202e${'x'.repeat(300)}`;
  await choose(page, '<script>\u202e.csv', `user_id,<b>"legacy_id\nimp_h,guest\n${id},legacy:h\n`.replace('<b>"', ''));
  await page.getByText('Alias pairs, CSV: 2 rows.').waitFor();
  await page.getByRole('heading', { name: '<script>\\u{202e}.csv' }).waitFor();
  await page.getByRole('link', { name: /^<img src=x/ }).waitFor();
  await expectNoSidewaysScroll(page);
});

test('a key that may not import is told so', async () => {
  const { secret } = await api<{ secret: string }>('POST', '/v1/keys', {
    name: 'import-reader',
    kind: 'secret',
    scopes: ['read'],
  });
  const page = await openImport({ key: secret });
  await page.getByText('This key may not import').waitFor();
  await page.getByText('this key lacks the scope query').waitFor();
  expect(await page.locator('input[type=file]').count()).toBe(0);
});

test.each(themes)('no fault that axe finds, from the choice to the report, %s', async (theme) => {
  const page = await openImport({ theme, size: theme === 'light' ? 'phone' : 'narrow' });
  await page.getByRole('heading', { name: 'Earlier imports' }).waitFor();
  expect(await axe(page)).toEqual([]);
  await expectNoSidewaysScroll(page);
  await choose(page, 'axe.csv', 'user_id,plan,anonymous_id\nimp_axe,pro,anonymous-axe\nimp_axe,pro,guest\n');
  await page.getByRole('button', { name: 'Import 2 rows into staging' }).waitFor();
  await page.getByRole('checkbox', { name: 'plan' }).check();
  await page.getByText('trait plan').waitFor();
  await page.getByRole('button', { name: 'Import 2 rows into staging' }).waitFor();
  expect(await axe(page)).toEqual([]);
  await expectNoSidewaysScroll(page);
});
