import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadShop } from '../packages/server/src/cli/demo/load-shop.ts';
import { shopCalls } from '../packages/server/src/cli/demo/shop-data.ts';
import { resultText } from '../packages/server/src/cli/result-text.ts';
import { dataDirectory, type Server, secretKey, serve } from '../packages/server/test/system/processes.ts';
import { outputOf } from '../test-support/child-output.ts';
import { matchesShown, snippetsOf } from '../test-support/markdown.ts';
import { onymOnPath } from '../test-support/onym-on-path.ts';

/** Runs every statement and command of docs/sql.md, in its order, on the data that the page names, and compares what it shows. */

const snippets = snippetsOf(readFileSync(fileURLToPath(new URL('sql.md', import.meta.url)), 'utf8'));
const events = Number(/onym demo --data (\d+)/.exec(snippets.find(({ kind }) => kind === 'sh')!.code)![1]);

let server: Server;
let onPath: NodeJS.ProcessEnv;
beforeAll(async () => {
  onPath = onymOnPath(dataDirectory());
  server = await serve();
  await loadShop({ url: server.url, secretKey, events, signal: AbortSignal.timeout(120_000), progress: () => {} });
});

async function queried(sql: string): Promise<string> {
  const { status, text } = await server.api.request('POST', '/v1/query', { body: { sql } });
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  return resultText(text, 'table', null);
}

async function typed(code: string): Promise<string> {
  const child = spawn('bash', ['-euc', code], {
    env: { ...process.env, ...onPath, ONYM_URL: server.url, ONYM_SECRET_KEY: secretKey },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  const { code: status, stdout, stderr } = await outputOf(child).ended;
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

describe('docs/sql.md', () => {
  const runs: Record<string, (code: string) => Promise<string>> = { sql: queried, sh: typed };
  const runnable = snippets.filter(({ kind, code }) => kind in runs && !code.startsWith('onym demo'));

  it.for(runnable.map((snippet) => [snippet.line, snippet] as const))('line %i', async ([, { kind, code, shown }]) => {
    const printed = await runs[kind]!(code);
    if (shown !== null && !matchesShown(printed, shown)) expect(printed).toBe(shown);
  });

  it('shows what each statement answers', () => {
    for (const { kind, shown, line } of runnable) if (kind === 'sql') expect([line, shown]).not.toEqual([line, null]);
    expect(runnable.filter(({ kind }) => kind === 'sql').length).toBeGreaterThan(20);
  });
});

describe('the data of the demo', () => {
  it('is the same each time, and as much as was asked for', () => {
    const calls = [...shopCalls(500)];
    expect([...shopCalls(500)]).toEqual(calls);
    expect(calls.filter(({ route }) => route === 'track')).toHaveLength(500);
    expect([...shopCalls(500, 2)]).not.toEqual(calls);
    expect(new Set(calls.map(({ route }) => route))).toEqual(new Set(['track', 'identify', 'alias']));
  });

  it('was taken as it was sent', async () => {
    expect(await server.api.rows("SELECT count() AS n FROM events WHERE event NOT LIKE 'odd%'")).toEqual([
      { n: events },
    ]);
    expect(await server.api.rows(`SELECT count() AS n FROM links WHERE status != 'active'`)).toEqual([{ n: 0 }]);
  });
});
