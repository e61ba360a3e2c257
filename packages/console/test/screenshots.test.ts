import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { api, open, place, withBrowser } from './browser.ts';

/**
 * The pictures of the README: of these pages as they are. They are written where ONYM_SCREENSHOTS=true; otherwise what is there must be of the
 * size in which it would be made.
 */

withBrowser();

const images = fileURLToPath(new URL('../../../docs/images/', import.meta.url));

/** Width and height, as a PNG says them. */
const sizeOf = (png: Buffer) => [png.readUInt32BE(16), png.readUInt32BE(20)];

async function take(page: Page, name: string): Promise<void> {
  const png = await page.screenshot();
  const file = `${images}console-${name}.png`;
  if (process.env.ONYM_SCREENSHOTS === 'true') {
    mkdirSync(images, { recursive: true });
    writeFileSync(file, png);
  }
  expect(sizeOf(readFileSync(file))).toEqual(sizeOf(png));
}

test('two users that a job joined, why they are one, and what a split would do', async () => {
  const send = (path: string, body: object) =>
    api<{ seq: number }>('POST', path, { environment: 'production', ...body });
  const from = { $lib: 'crm-sync' };
  await send('/identify', {
    distinct_id: 'user_ana',
    anonymous_id: 'anonymous-a1',
    traits: { plan: 'pro', email: 'ana@example.com' },
  });
  await send('/identify', {
    distinct_id: 'user_ben',
    anonymous_id: 'anonymous-b1',
    traits: { plan: 'free', city: 'Ghent' },
  });
  await send('/alias', { distinct_id: 'user_ana', alias_id: 'stripe:cus_81kd' });
  for (const [event, distinct_id] of [
    ['order', 'user_ana'],
    ['order', 'user_ben'],
    ['page_view', 'anonymous-b1'],
    ['page_view', 'anonymous-a1'],
  ])
    await send('/track', { event, distinct_id });
  const { seq } = await send('/alias', { distinct_id: 'user_ana', alias_id: 'user_ben', properties: from });

  const { page, context, complaints } = await open('/e/production/people/user_ana?a=anonymous-a1&b=anonymous-b1');
  onTestFinished(() => context.close());
  await page.getByText('crm-sync').first().waitFor();
  await page.locator('canvas').first().waitFor();
  await page.waitForLoadState('networkidle');
  await take(page, 'person');

  await page.goto(`${place.url}/e/production/people/user_ana?act=split&link=${seq}`);
  await page.getByRole('button', { name: /^Take .* out of user_ana/ }).waitFor();
  await page.waitForLoadState('networkidle');
  await take(page, 'split');
  expect(complaints).toEqual([]);
});

test('people by day', async () => {
  const sql = `SELECT toDate(timestamp) AS day, uniqExact(identity_id) AS people, uniqExact(distinct_id) AS ids
FROM events WHERE timestamp < '2026-01-01'
GROUP BY day ORDER BY day`;
  const { page, context } = await open(`/e/production/sql?sql=${encodeURIComponent(sql)}&view=line`);
  onTestFinished(() => context.close());
  await page.getByRole('img', { name: 'people, ids by day' }).waitFor();
  await page.waitForLoadState('networkidle');
  await take(page, 'sql');
});
