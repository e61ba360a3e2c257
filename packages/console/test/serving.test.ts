import { expect, onTestFinished, test } from 'vitest';
import { api, open, place, withBrowser } from './browser.ts';

withBrowser();

const firstLoadBytesMax = 250 * 1024;

/** Everything that a page has loaded of the console itself, as it came over the wire. */
const loadedBytes = `
  [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .filter(({ name }) => !new URL(name).pathname.startsWith('/v1/'))
    .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)
`;

test.each(['/sign-in', '/e/production/people'])('%s loads in at most 250 KiB', async (path) => {
  const { page, context } = await open(path, path === '/sign-in' ? { key: null } : {});
  onTestFinished(() => context.close());
  await page.locator('h1').waitFor();
  await page.waitForLoadState('networkidle');
  const bytes = await page.evaluate<number>(loadedBytes);
  expect(bytes).toBeGreaterThan(50 * 1024);
  expect(bytes).toBeLessThan(firstLoadBytesMax);
});

test('the policy allows scripts and styles of the server alone, and nothing breaks it on any page', async () => {
  const answer = await fetch(`${place.url}/e/production/people`, { headers: { accept: 'text/html' } });
  const policy = answer.headers.get('content-security-policy')!;
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toContain('unsafe');
  expect(answer.headers.get('x-frame-options')).toBe('DENY');
  const html = await answer.text();
  expect(html).not.toMatch(/<script(?![^>]* src=)/);
  expect(html).not.toMatch(/https?:\/\//);

  const { page, context, complaints } = await open('/e/production/people');
  onTestFinished(() => context.close());
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== place.url) elsewhere.push(request.url());
  });
  const { rows } = await api<{ rows: { seq: number }[] }>('GET', '/v1/ledger?after=0&limit=1');
  const { identities } = await api<{ identities: { canonical_id: string }[] }>('GET', '/v1/identities?limit=1');
  const pages = [
    'people',
    `people/${encodeURIComponent(identities[0]!.canonical_id)}`,
    'review',
    'import',
    'health',
    'health?tab=status',
    'sql?sql=SELECT+1+AS+n&view=bar',
    'live',
    `ledger/${rows[0]!.seq}`,
  ];
  for (const path of pages) {
    await page.goto(`${place.url}/e/production/${path}`);
    await page.locator('h1').waitFor();
  }
  expect(elsewhere).toEqual([]);
  expect(complaints).toEqual([]);
});
