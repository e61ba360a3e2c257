import { expect, onTestFinished, test } from 'vitest';
import { dataDirectory, secretKey, serve } from '../../server/test/system/processes.ts';
import { open, withBrowser } from './browser.ts';

withBrowser();

test('a server that goes away is said to be, and the page goes on by itself once it is back', async () => {
  const dataDir = dataDirectory();
  const first = await serve({ dataDir });
  const { page, context } = await open('/e/production/sql?sql=SELECT%2042%20AS%20answer', {
    key: secretKey,
    at: first.url,
  });
  onTestFinished(() => context.close());
  await page.getByRole('cell', { name: '42' }).waitFor();

  await first.stop();
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByText('The server does not answer. Trying again …').waitFor();

  const port = new URL(first.url).port;
  const second = await serve({ dataDir, variables: { ONYM_PORT: port } });
  await page.getByText('The server does not answer. Trying again …').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByText(/^1 row in/).waitFor();
  expect(await page.getByRole('cell', { name: '42' }).count()).toBe(1);
  await second.stop();
});
