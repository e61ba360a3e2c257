import { type Browser } from 'playwright-core';
/**
 * A headless Chromium with a new, empty profile, for tests that need a real browser: the one at $ONYM_CHROMIUM, else /usr/bin/chromium.
 * `close()` ends it and removes the profile; it also ends with the process that launched it.
 *
 * Where there is none: throws when CI=true, else says so on stderr and resolves to null, and the caller skips its tests.
 */
export declare function launchChromium(): Promise<Browser | null>;
