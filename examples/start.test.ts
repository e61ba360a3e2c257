import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { eventually } from '../packages/server/test/system/client.ts';
import { secretKey, serve, writeKey } from '../packages/server/test/system/processes.ts';
import { type Example, npmStart } from './example-process.ts';

/** The one command of each example. It builds what it runs, as it does for its readers. */

const temporary = mkdtempSync(join(tmpdir(), 'onym-examples-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const start = (folder: string, variables: NodeJS.ProcessEnv = {}) =>
  npmStart(folder, { TMPDIR: temporary, ...variables });
const dataFolders = () => readdirSync(temporary).filter((name) => name.startsWith('onym-example-'));

const isUp = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );

/** What the command tells its reader to paste into another shell. */
function ownOnym(example: Example): { url: string; secretKey: string } {
  const [, url, key] = /export ONYM_URL=(\S+) ONYM_SECRET_KEY=(\S+)/.exec(example.output())!;
  return { url: url!, secretKey: key! };
}

async function query(onym: { url: string; secretKey: string }, sql: string): Promise<unknown> {
  const response = await fetch(`${onym.url}/v1/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${onym.secretKey}` },
    body: JSON.stringify({ sql }),
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { data: unknown }).data;
}

describe('npm start', () => {
  it('in examples/express: the shop, with an Onym of its own, until Ctrl-C', async () => {
    const example = await start('express');
    const onym = ownOnym(example);
    expect((await fetch(example.url)).status).toBe(200);
    await eventually(
      async () => JSON.stringify(await query(onym, 'SELECT event FROM events')) === '[{"event":"$pageview"}]',
      'the page view',
    );
    expect(dataFolders()).toHaveLength(1);
    expect(await example.signalGroup('SIGINT')).toBe(0);
    expect([await isUp(example.url), await isUp(onym.url)]).toEqual([false, false]);
    expect(dataFolders()).toEqual([]);
  });

  it('in examples/browser: the page, its script, and the key in it', async () => {
    const example = await start('browser');
    const onym = ownOnym(example);
    for (const path of ['/', '/account', '/plan', '/welcome', '/style.css']) {
      expect((await fetch(example.url + path)).status).toBe(200);
    }
    const page = await fetch(example.url);
    expect(page.headers.get('content-security-policy')).toContain(`connect-src ${onym.url}`);
    const script = await (await fetch(`${example.url}/signup.js`)).text();
    expect(script).toContain(onym.url);
    expect(script).not.toContain(onym.secretKey);
    const key = /pk_example_[\w-]+/.exec(script)![0];
    const event = { event: 'Tried', distinct_id: 'anonymous-1' };
    const tracked = await fetch(`${onym.url}/track?apiKey=${key}`, { method: 'POST', body: JSON.stringify(event) });
    expect(await tracked.json()).toMatchObject({ ok: true, verdict: 'applied' });
    await example.stop();
    expect([await isUp(example.url), await isUp(onym.url)]).toEqual([false, false]);
    expect(dataFolders()).toEqual([]);
  });

  it('takes the Onym that it is told of', async () => {
    const onym = await serve();
    const told = { ONYM_URL: onym.url, ONYM_SECRET_KEY: secretKey, ONYM_WRITE_KEY: writeKey };
    const example = await start('express', told);
    expect(example.output()).not.toContain('Starting an Onym');
    await fetch(example.url);
    await eventually(async () => (await onym.api.rows('SELECT event FROM events')).length === 1, 'the page view');
    await example.stop();
    expect([await isUp(example.url), await isUp(onym.url)]).toEqual([false, true]);
  });

  it('says which variable is missing', async () => {
    const started = start('browser', { ONYM_URL: 'http://127.0.0.1:1' });
    await expect(started).rejects.toThrow('ONYM_WRITE_KEY');
  });
});

it('what it started goes with it, also when it is killed', async () => {
  const example = await start('express');
  const onym = ownOnym(example);
  await example.signalGroup('SIGKILL');
  await eventually(async () => !(await isUp(example.url)) && !(await isUp(onym.url)), 'both are gone');
});
