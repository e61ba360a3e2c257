import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { api, axe, expectNoSidewaysScroll, type OpenOptions, themes, withPage } from './browser.ts';

const shown = withPage();

const address = (sql: string, rest = '') => `/e/production/sql?sql=${encodeURIComponent(sql)}${rest}`;

async function openSql(path: string, options: OpenOptions = {}) {
  const opened = await shown.open(path, options);
  await opened.page.getByRole('textbox', { name: 'SQL statement' }).waitFor();
  return opened.page;
}

test('every example answers on the first day', async () => {
  const page = await openSql('/e/production/sql');
  const examples = await page.locator('details', { hasText: 'Examples' }).getByRole('button').allTextContents();
  expect(examples.length).toBeGreaterThan(5);
  for (const name of examples) {
    await page.getByRole('button', { name, exact: true }).click();
    await page.getByText(/^[\d,]+ rows? in /).waitFor();
    expect(await page.getByRole('row').count(), name).toBeGreaterThan(1);
  }
  // What was asked is in the history, the last first.
  await page.getByText('History').click();
  expect(await page.locator('details', { hasText: 'History' }).getByRole('listitem').count()).toBe(examples.length);
});

test('a statement is written with completion, and run by the keyboard alone', async () => {
  const page = await openSql('/e/production/sql');
  await page.getByRole('textbox', { name: 'SQL statement' }).focus();
  await page.keyboard.type('SELECT count() AS n FROM iden');
  await page.getByRole('option', { name: 'identities', exact: true }).waitFor();
  await page.keyboard.type('tifiers');
  await page.getByRole('option', { name: 'identifiers', exact: true }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Enter');
  await page.waitForURL(/FROM\+identifiers$/);
  await page.getByText(/^1 row in /).waitFor();
});

test('rows are sorted by a column, and every digit is shown', async () => {
  const page = await openSql(address('SELECT 18446744073709551615 AS big, number FROM numbers(3)'));
  const last = page.getByRole('cell').last();
  await page.getByRole('cell', { name: '18446744073709551615' }).first().waitFor();
  expect(await last.textContent()).toBe('2');
  await page.getByRole('button', { name: 'Sort by number' }).click();
  await page.getByRole('button', { name: 'Sort by number' }).click();
  expect(await last.textContent()).toBe('0');
});

test('a hundred thousand rows are a table of those in sight', async () => {
  const page = await openSql(address('SELECT number, toString(number) AS text FROM numbers(100000)'));
  await page.getByText(/^100,000 rows in /).waitFor();
  expect(await page.getByRole('row').count()).toBeLessThan(100);
  const box = page.getByRole('region', { name: 'Rows of the answer' });
  await box.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await page.getByRole('cell', { name: '99999' }).first().waitFor();
});

test('a chart is chosen, and its columns, and all of it is in the address', async () => {
  const page = await openSql(
    address('SELECT event, count() AS events, uniqExact(identity_id) AS people FROM events GROUP BY event'),
  );
  await page.getByLabel('Shown as').selectOption('bar');
  await page.getByRole('img', { name: 'events, people by event' }).waitFor();
  // The address holds the choice, and the box follows it.
  await page.getByLabel('events', { exact: true }).click();
  await page.getByRole('img', { name: 'people by event', exact: true }).waitFor();
  await page.reload();
  await page.getByRole('img', { name: 'people by event', exact: true }).waitFor();
});

test('an error says what the server says, and a statement that takes long is cancelled', async () => {
  const page = await openSql(address('SELECT nothing FROM events'));
  await page
    .getByRole('alert')
    .getByText(/nothing/)
    .waitFor();
  shown.now().complaints.length = 0;
  await page.goto(new URL(address('SELECT sum(sipHash64(number)) FROM numbers(1000000000000)'), page.url()).href);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Run' }).waitFor();
});

test('a query is saved for everybody, opened with its chart, and deleted with the way back', async () => {
  const page = await openSql(
    address('SELECT toDate(timestamp) AS day, count() AS events FROM events GROUP BY day ORDER BY day', '&view=line'),
  );
  await page.getByRole('img', { name: 'events by day' }).waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByLabel('Name').fill('events a day');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'events a day', exact: true }).waitFor();
  const { queries } = await api<{ queries: { name: string; chart: unknown }[] }>(
    'GET',
    '/v1/queries?environment=production',
  );
  expect(queries).toMatchObject([{ name: 'events a day', chart: { kind: 'line', x: 'day', y: ['events'] } }]);

  await page.goto(new URL('/e/production/sql', page.url()).href);
  await page.getByRole('button', { name: 'events a day', exact: true }).click();
  await page.getByRole('img', { name: 'events by day' }).waitFor();

  await page.getByRole('button', { name: 'Delete “events a day”' }).click();
  await page.getByRole('button', { name: 'events a day', exact: true }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: 'events a day', exact: true }).waitFor();
});

test('an answer is taken as a file', async () => {
  const page = await openSql(address("SELECT 1 AS one, 'a\"b' AS text"));
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'CSV' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('production.csv');
  expect(readFileSync(await download.path(), 'utf8')).toBe('"one","text"\n1,"a""b"\n');
  const [parquet] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Parquet' }).click(),
  ]);
  expect(
    readFileSync(await parquet.path())
      .subarray(0, 4)
      .toString(),
  ).toBe('PAR1');
});

test('hostile values show as text', async () => {
  const page = await openSql(
    address(
      `SELECT '<img src=x onerror=alert(1)>' AS tag, concat('a', char(226, 128, 174), 'b') AS turned, repeat('x', 600) AS long`,
    ),
  );
  await page.getByText('<img src=x onerror=alert(1)>').first().waitFor();
  await page.getByText('a\\u{202e}b').waitFor();
  await expectNoSidewaysScroll(page);
});

test.each(themes)('the page has no fault that axe finds, %s', async (theme) => {
  const page = await openSql(address('SELECT event, count() AS events FROM events GROUP BY event', '&view=bar'), {
    theme,
  });
  await page.getByRole('img', { name: 'events by event' }).waitFor();
  expect(await axe(page)).toEqual([]);
});

test('a phone shows all of it without scrolling to the side', async () => {
  const page = await openSql(address('SELECT event, count() AS events FROM events GROUP BY event', '&view=bar'), {
    size: 'narrow',
  });
  await page.getByRole('img', { name: 'events by event' }).waitFor();
  await expectNoSidewaysScroll(page);
});
