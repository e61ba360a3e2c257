import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Ended, outputOf } from '../../../../test-support/child-output.ts';
import { listening } from '../../../../test-support/listening.ts';

/** Scripts with a batching client that end in every way a script can, each a process of its own. */

const sdk = fileURLToPath(new URL('../..', import.meta.url));
const runMaxMs = 60_000;

let folder: string;
/** Address of the client as one file, which a worker can import as well. */
let client: string;
let server: Server;
let url: string;
/** Events and routes that arrived, in order. */
let arrived: string[] = [];
/** Statuses of the next answers; then 200. */
let statuses: number[] = [];
let silent = false;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'onym-process-end-'));
  const outfile = join(folder, 'client.mjs');
  const stdin = { contents: `export { Onym } from '@onym/sdk';`, resolveDir: sdk };
  await build({ stdin, bundle: true, format: 'esm', conditions: ['onym-source'], outfile });
  client = pathToFileURL(outfile).href;
  server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      if (silent) return;
      const status = statuses.shift() ?? 200;
      const calls = JSON.parse(text) as { event?: string }[];
      if (status === 200) arrived.push(...calls.map(({ event }) => event ?? request.url!));
      const results = calls.map(() => ({ ok: true, verdict: 'applied', seq: null }));
      response
        .writeHead(status)
        .end(JSON.stringify({ ok: status === 200, accepted: calls.length, rejected: [], results }));
    });
  });
  url = `http://127.0.0.1:${await listening(server)}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  arrived = [];
  statuses = [];
  silent = false;
});

const optionsOf = (more = {}) =>
  JSON.stringify({ apiKey: 'sk_test_12345', baseUrl: url, batching: true, flushIntervalMs: 3_600_000, ...more });

/** `onym` is a client that would wait an hour for more calls. */
async function run(script: string, options = {}): Promise<Ended> {
  const code = `import { Onym } from '${client}';\nconst onym = new Onym(${optionsOf(options)});\n${script}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: runMaxMs,
    killSignal: 'SIGKILL',
  });
  return outputOf(child).ended;
}

const track = (event: string) => `onym.track({ event: '${event}', distinctId: 'user_1' })`;

describe('a script that ends by itself', () => {
  it('has sent what was called last, and awaited', async () => {
    const ended = await run(`console.log((await ${track('last')}).verdict);`);
    expect(ended).toMatchObject({ code: 0, stdout: 'applied\n', stderr: '' });
    expect(arrived).toEqual(['last']);
  });

  it('has sent what was called last, and not awaited', async () => {
    const ended = await run(`void ${track('one')};\nvoid onym.identify({ distinctId: 'user_1' });\n${track('two')};`);
    expect(ended).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(arrived).toEqual(['one', '/identify', 'two']);
  });

  it('has sent calls that were awaited one by one, and what followed them', async () => {
    const ended = await run(
      `for (const event of ['one', 'two', 'three']) await ${track('x').replace("'x'", 'event')};\n${track('four')};`,
    );
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(arrived).toEqual(['one', 'two', 'three', 'four']);
  });

  it('has sent what was called at its very end', async () => {
    const ended = await run(`process.once('beforeExit', () => void ${track('last words')});`);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(arrived).toEqual(['last words']);
  });

  it('has sent what each of many clients was told', async () => {
    const ended = await run(
      `for (let i = 0; i < 20; i++) new Onym(${optionsOf()}).track({ event: 'x', distinctId: 'user_1' });`,
    );
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(arrived).toHaveLength(20);
  });

  it('has tried again what failed', async () => {
    statuses = [503, 502];
    const ended = await run(`console.log((await ${track('last')}).verdict);`);
    expect(ended).toMatchObject({ code: 0, stdout: 'applied\n', stderr: '' });
    expect(arrived).toEqual(['last']);
  });

  it('does not wait for calls that were answered', async () => {
    const ended = await run(`${track('one')};\nawait onym.flush();\nconsole.log('flushed');`);
    expect(ended).toMatchObject({ code: 0, stdout: 'flushed\n', stderr: '' });
    expect(arrived).toEqual(['one']);
  });

  it('ends where nothing was called', async () => {
    expect(await run(`console.log('nothing');`)).toMatchObject({ code: 0, stdout: 'nothing\n', stderr: '' });
  });

  it('in a worker too', async () => {
    const ofWorker = `import('${client}').then(({ Onym }) => {
      new Onym(${optionsOf()}).track({ event: 'of a worker', distinctId: 'user_1' });
    });`;
    const ended = await run(
      `const { Worker } = await import('node:worker_threads');\nnew Worker(${JSON.stringify(ofWorker)}, { eval: true });`,
    );
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(arrived).toEqual(['of a worker']);
  });
});

describe('while the server is away', () => {
  const away = { baseUrl: 'http://127.0.0.1:1', retriesMax: 1 };

  it('an awaited call is rejected after the last retry, and the script fails', async () => {
    const ended = await run(`await ${track('last')};`, away);
    expect(ended).toMatchObject({ code: 1, signal: null });
    expect(ended.stderr).toContain('NetworkError');
    expect(ended.stderr).toContain("[onym] http://127.0.0.1:1/track can't be reached.");
  });

  it('a server that does not answer is not waited for longer than that', async () => {
    silent = true;
    const ended = await run(`await ${track('last')};`, { retriesMax: 1, requestTimeoutMs: 50 });
    expect(ended).toMatchObject({ code: 1, signal: null });
    expect(ended.stderr).toContain('did not answer within 50 ms.');
  });

  it('a call that nobody awaits is told to onError', async () => {
    const ended = await run(`${track('one')};\n${track('two')};`, away);
    expect(ended).toMatchObject({ code: 0, signal: null });
    expect(ended.stderr.match(/can't be reached/g)).toHaveLength(2);
  });

  it('the client works on for a script that goes on', async () => {
    statuses = [500, 500];
    const ended = await run(
      `await ${track('lost')}.catch(({ status }) => console.log(status));\nawait ${track('kept')};`,
      {
        retriesMax: 1,
      },
    );
    expect(ended).toMatchObject({ code: 0, stdout: '500\n' });
    expect(arrived).toEqual(['kept']);
  });

  it('a script that has other things to do loses nothing', async () => {
    statuses = [500, 500];
    const ended = await run(
      `const other = setInterval(() => {}, 1_000);\nconst answer = ${track('patient')};\nvoid onym.flush();\nconsole.log((await answer).verdict);\nclearInterval(other);`,
      { retriesMax: 0 },
    );
    expect(ended).toMatchObject({ code: 0, stdout: 'applied\n' });
    expect(arrived).toEqual(['patient']);
  });
});

describe('a script that is ended', () => {
  it('has sent what waits after shutdown', async () => {
    const ended = await run(`${track('one')};\nawait onym.shutdown();\nprocess.exit(3);`);
    expect(ended).toMatchObject({ code: 3, stderr: '' });
    expect(arrived).toEqual(['one']);
  });

  it('by a signal has sent what waits, where its listener shuts down', async () => {
    const ended = await run(
      `process.once('SIGTERM', async () => { await onym.shutdown(); process.exit(0); });\nsetInterval(() => {}, 1_000);\n${track('one')};\nprocess.kill(process.pid, 'SIGTERM');`,
    );
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(arrived).toEqual(['one']);
  });
});
