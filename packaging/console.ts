import { expect } from 'vitest';

/** The console is there, and what it loads was compressed when it was built. */
export async function expectConsole(url: string): Promise<void> {
  const page = await fetch(`${url}/sign-in`, { headers: { accept: 'text/html' } });
  const [, script = ''] = /<script[^>]* src="\.\/(assets\/[^"]+)"/.exec(await page.text()) ?? [];
  const asset = await fetch(`${url}/${script}`, { headers: { 'accept-encoding': 'br' } });
  expect([page.status, script, asset.status, asset.headers.get('content-encoding')]).toEqual([
    200,
    expect.stringMatching(/\.js$/),
    200,
    'br',
  ]);
  await asset.body?.cancel();
}
