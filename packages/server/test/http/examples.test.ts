import { spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { outputOf } from '../../../../test-support/child-output.ts';
import { launchChromium } from '../../../../test-support/chromium.ts';
import { examples } from '../../src/http/examples.ts';
import { currentPageScript } from '../../src/page-scripts.ts';
import { onServers } from '../nodes/engines-under-test.ts';
import { type Server, secretKey, serve, writeKey } from '../system/processes.ts';

/** The API reference: each operation has a call to copy, and all of them work, in their order. */

let server: Server;
beforeAll(async () => {
  server = await serve();
});
afterAll(() => server.stop());

/** A live stream is left after its first words. */
const prelude = `set -eu -o pipefail
curl() { command curl -sS --fail-with-body -m 10 "$@"; }
`;
const isStream = (name: string) => name === 'streamEvents';

async function run(name: string, code: string): Promise<string> {
  const whole = isStream(name) ? `${code.replace('curl', 'command curl -s -m 2')} || [ $? -eq 28 ]` : code;
  const env = {
    ...process.env,
    ONYM_URL: server.url,
    ONYM_SECRET_KEY: secretKey,
    ONYM_WRITE_KEY: writeKey,
    ONYM_DATA_DIR: server.dataDir,
  };
  const child = spawn('bash', ['-c', prelude + whole], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const { code: exit, stdout, stderr } = await outputOf(child).ended;
  expect([exit, stdout + stderr]).toEqual([0, stdout]);
  return stdout;
}

const isBuilt = currentPageScript() !== null;

test.for(Object.entries(examples))('%s', async ([name, code], context) => {
  if (name === 'backup' && onServers) return context.skip('servers have backups of their own: two-servers.test.ts');
  if (/PageScript$/.test(name) && !isBuilt && !process.env.CI) return context.skip('`npm run build` makes the script');
  const printed = await run(name, code);
  if (isStream(name)) expect(printed).toMatch(/^retry: \d+\n\n/);
  // Nothing is stuck to the next prompt.
  else if (!/PageScript$/.test(name)) expect(printed).toMatch(/\n$/);
  if (/^(?:approve|reject)/.test(name)) {
    const [refused, decided] = printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(refused).toMatchObject({ verdict: 'refused' });
    expect(code).toContain(`/v1/links/${refused.seq}/`);
    expect(decided.verdict).not.toBe('unchanged');
  }
});

test('every operation has one, and no other', async () => {
  const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { operationId: string; description: string }>>;
  };
  const operations = Object.values(paths).flatMap((item) => Object.values(item));
  expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(examples).sort());
  for (const { operationId, description } of operations) expect(description).toContain(examples[operationId]);
});

test('/docs shows them in a browser, from this server alone, and tries one', async (context) => {
  const chromium = await launchChromium();
  if (chromium === null) return context.skip('there is no Chromium');
  try {
    const page = await chromium.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(server.url) && !url.startsWith('data:')) elsewhere.push(url);
    });
    for (const path of ['/docs/', '/docs']) {
      await page.goto(`${server.url}${path}`);
      await page.getByText('Are calls kept?').waitFor();
    }
    await page.getByText('Are calls kept?').click();
    await page.getByText('curl "$ONYM_URL/readyz"').waitFor();
    await page.getByRole('button', { name: 'Try it out' }).click();
    await page.getByRole('button', { name: 'Execute' }).click();
    await page.locator('.live-responses-table', { hasText: '"ready": true' }).waitFor();
    expect({ complaints, elsewhere }).toEqual({ complaints: [], elsewhere: [] });
  } finally {
    await chromium.close();
  }
});
