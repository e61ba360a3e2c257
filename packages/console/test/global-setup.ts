import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { outputOf } from '../../../test-support/child-output.ts';
import { loadShop } from '../../server/src/cli/demo/load-shop.ts';
import { playStory } from '../../server/src/cli/demo/scenarios.ts';
import { plainStyle } from '../../server/src/cli/demo/style.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the server that all tests of the console share. */
    readonly console: { readonly url: string; readonly secretKey: string; readonly writeKey: string };
  }
}

const { buildConsole } = createRequire(import.meta.url)('../../../scripts/console-build.cjs') as {
  buildConsole(): void;
};
const serverEntry = fileURLToPath(new URL('../../server/test/system/onym-child.ts', import.meta.url));
const secretKey = 'sk_console_tests';
const writeKey = 'pk_console_tests';
const eventsOfTheShop = 3_000;

/** Builds the console, and starts a real server with what `onym demo` has to show: its story and its shop, in `production`. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  buildConsole();
  const directory = mkdtempSync(join(tmpdir(), 'onym-console-'));
  const child = spawn(process.execPath, ['--conditions=onym-source', '--import', 'tsx', serverEntry, 'serve'], {
    env: {
      ...process.env,
      UV_THREADPOOL_SIZE: '16',
      ONYM_DATA_DIR: directory,
      ONYM_PORT: '0',
      ONYM_INITIAL_SECRET_KEY: secretKey,
      ONYM_INITIAL_WRITE_KEY: writeKey,
      ONYM_KEYS_FILE: '-',
      // `untouched` is for those who look at the beginning, `streamed` for those who look at all that happens: others do not write there.
      ONYM_ENVIRONMENTS: 'production,staging,development,untouched,streamed',
      // Where very large people are made.
      ONYM_SETTINGS: JSON.stringify({ development: { identifiersPerIdentityMax: 20_000 } }),
    },
  });
  const output = outputOf(child);
  const server = await listening(output.stdout, output.ended);
  const screen = silentScreen();
  await playStory({ url: server, writeKey, secretKey, screen });
  const { signal } = new AbortController();
  await loadShop({ url: server, secretKey, events: eventsOfTheShop, signal, progress: () => {} });
  provide('console', { url: server, secretKey, writeKey });

  return async () => {
    child.kill('SIGTERM');
    await output.ended;
    rmSync(directory, { recursive: true, force: true });
  };
}

async function listening(stdout: () => string, ended: Promise<{ stderr: string }>): Promise<string> {
  let over: string | null = null;
  void ended.then(({ stderr }) => {
    over = stderr;
  });
  for (;;) {
    const url = /listens at (http:\/\/[^\s"]+)["\s]/.exec(stdout())?.[1];
    if (url !== undefined) return url;
    if (over !== null) throw new Error(`The server ended before it listened.\n${stdout()}${over}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function silentScreen() {
  const nothing = async () => {};
  return {
    style: plainStyle,
    scene: nothing,
    say: nothing,
    remark: nothing,
    call: nothing,
    answer: nothing,
    figure: nothing,
    list: nothing,
  };
}
