import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const systemChromium = '/usr/bin/chromium';
const startMaxMs = 60_000;

const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A headless Chromium with a new, empty profile, for tests that need a real browser: the one at $ONYM_CHROMIUM, else /usr/bin/chromium.
 * `close()` ends it and removes the profile; it also ends with the process that launched it.
 *
 * Where there is none: throws when CI=true, else says so on stderr and resolves to null, and the caller skips its tests.
 */
export async function launchChromium(): Promise<Browser | null> {
  const asked = process.env.ONYM_CHROMIUM;
  const executablePath = asked ?? systemChromium;
  if (!existsSync(executablePath)) {
    const missing = `There is no Chromium at ${executablePath}. Install it, or name another one in ONYM_CHROMIUM.`;
    if (process.env.CI === 'true' || asked !== undefined) throw new Error(missing);
    process.stderr.write(`\nSKIPPED: ${missing}\n\n`);
    return null;
  }
  return chromium.launch({ executablePath, args, timeout: startMaxMs });
}
