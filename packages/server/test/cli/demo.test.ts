import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Identity, type Link, Onym } from '@onym/sdk';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Ended, outputOf } from '../../../../test-support/child-output.ts';
import { readPerson } from '../../src/cli/demo/person.ts';
import { plainStyle } from '../../src/cli/demo/style.ts';
import { literal, wrappedCode } from '../../src/cli/demo/text.ts';
import { treeLines } from '../../src/cli/demo/tree.ts';
import { listenForInterruption } from '../../src/cli/interruption.ts';
import { clientOf, eventually } from '../system/client.ts';
import { dataDirectory } from '../system/processes.ts';

describe('the tree of an identity', () => {
  const link = (seq: number, primaryId: string, secondaryId: string, change: Partial<Link> = {}): Link => ({
    seq,
    kind: 'alias',
    primaryId,
    secondaryId,
    status: 'active',
    reason: null,
    verdict: 'applied',
    redundant: false,
    time: '2026-11-23T12:00:00.000Z',
    effectiveTime: '2026-11-23T12:00:00.000Z',
    statusSeq: null,
    approves: null,
    waived: [],
    source: { key: 'key', lib: null, batch: null, public: false },
    ...change,
  });

  const draw = (canonicalId: string, ids: string[], links: Link[], change: Partial<Identity> = {}): string[] => {
    const identity: Identity = {
      identityId: '0d232cd9-91ea-5c09-a527-50ebfb4ac722',
      canonicalId,
      known: true,
      createdAt: null,
      identifierCount: ids.length,
      identifiers: ids.map((distinctId) => ({
        distinctId,
        known: !distinctId.startsWith('anonymous-'),
        firstSeen: null,
      })),
      traits: {},
      traitOrigins: {},
      links,
      eventCount: 0,
      firstSeen: null,
      lastSeen: null,
      next: null,
      ...change,
    };
    return treeLines({ identity, events: new Map([[ids[0]!, 1]]) }, plainStyle);
  };

  test('each identifier is under the one that its link attached it to, the oldest first', () => {
    const anonymous = 'anonymous-928671bc-23ab-4f0e-8a65-0f4f2a1b7c11';
    const ids = [anonymous, 'app_ben', 'crm:7', 'mail:ben', 'web_ben'];
    const links = [
      link(9, 'web_ben', 'crm:7'),
      link(8, 'web_ben', 'app_ben'),
      link(3, 'app_ben', anonymous, { kind: 'identify' }),
      link(12, 'mail:ben', 'app_ben'),
    ];
    expect(
      draw('web_ben', ids, links, {
        traits: { name: 'Ben', push: true },
        eventCount: 1,
        firstSeen: '2019-03-02T00:00:00.000Z',
      }),
    ).toEqual([
      'Identity web_ben, 1 event since 2019-03-02',
      "  { name: 'Ben', push: true }",
      '  web_ben                    known      0 events',
      '  ├─ app_ben                 known      0 events  alias, seq 8',
      '  │  ├─ anonymous-9286…7c11  anonymous  1 event   identify, seq 3',
      '  │  └─ mail:ben             known      0 events  alias, seq 12',
      '  └─ crm:7                   known      0 events  alias, seq 9',
    ]);
  });

  test('devices made within the same moment do not look like one', () => {
    const devices = ['1a2b', '3c4d', '5e6f'].map((end) => `anonymous-0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f${end}`);
    const links = devices.map((device, i) => link(i + 1, 'user_ana', device, { kind: 'identify' }));
    const names = draw('user_ana', ['user_ana', ...devices], links).map((line) => /anonymous-\S+/.exec(line)?.[0]);
    expect(names.filter(Boolean)).toEqual(['anonymous-0190…1a2b', 'anonymous-0190…3c4d', 'anonymous-0190…5e6f']);
  });

  test('links that do not hold, or that said what was so already, attach nothing', () => {
    const links = [
      link(1, 'a', 'b', { status: 'revoked' }),
      link(2, 'a', 'b', { status: 'held', verdict: 'held' }),
      link(3, 'a', 'c'),
      link(4, 'c', 'b'),
      link(5, 'a', 'b', { verdict: 'unchanged', redundant: true }),
    ];
    expect(draw('a', ['a', 'b', 'c'], links)).toEqual([
      'Identity a, 0 events',
      '  a        known  1 event',
      '  └─ c     known  0 events  alias, seq 3',
      '     └─ b  known  0 events  alias, seq 4',
    ]);
  });

  test('says what a first page does not hold', () => {
    expect(draw('a', ['a', 'b'], [link(1, 'a', 'b')], { identifierCount: 103 }).at(-1)).toBe(
      '  … and 101 identifiers more',
    );
  });
});

test('calls are written as in a program, and broken between fields', () => {
  expect(literal({ $set: 'it’s', list: [1, null], 'a-b': {}, at: "o'clock" })).toBe(
    "{ $set: 'it’s', list: [1, null], 'a-b': {}, at: 'o\\'clock' }",
  );
  expect(wrappedCode("onym.alias({ distinctId: 'a', aliasId: 'b' })", 30)).toEqual([
    "onym.alias({ distinctId: 'a',",
    "aliasId: 'b' })",
  ]);
});

test('a second interruption is told from an echo of the first', () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const onSecond = vi.fn();
  const { signal, end } = listenForInterruption(['SIGHUP'], onSecond);
  onTestFinished(end);
  const hangUp = () => process.emit('SIGHUP', 'SIGHUP');
  hangUp();
  expect(signal.aborted).toBe(true);
  hangUp();
  expect(onSecond).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1_000);
  hangUp();
  expect(onSecond).toHaveBeenCalledOnce();
});

const entry = fileURLToPath(new URL('../system/onym-child.ts', import.meta.url));
const node = [process.execPath, '--conditions=onym-source', '--import', import.meta.resolve('tsx'), entry];
const storyMaxMs = 120_000;

interface Demo {
  readonly child: ChildProcess;
  /** Its temporary folders are made here. */
  readonly folders: string;
  readonly workingDirectory: string;
  stdout(): string;
  /** Resolves when it has printed this. */
  printed(text: string): Promise<void>;
  readonly ended: Promise<Pick<Ended, 'code' | 'stderr'>>;
}

function demo(args: readonly string[]): Demo {
  const folders = dataDirectory();
  const workingDirectory = join(folders, 'working-directory');
  mkdirSync(workingDirectory);
  // What is set for a server of one's own is not for the demo.
  const env = { ...process.env, ONYM_PORT: '1', ONYM_DATA_DIR: '/dev/null', TMPDIR: folders };
  const [command = '', ...before] = node;
  const child = spawn(command, [...before, 'demo', ...args], {
    cwd: workingDirectory,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const { stdout, stderr, ended } = outputOf(child);
  return {
    child,
    folders,
    workingDirectory,
    stdout,
    async printed(text) {
      const isOver = async () => stdout().includes(text) || child.exitCode !== null || child.signalCode !== null;
      await eventually(isOver, `the demo prints ${text}`, storyMaxMs);
      expect(stdout() + stderr()).toContain(text);
    },
    ended: ended.then(({ code, stderr: said }) => ({ code, stderr: said })),
  };
}

const foldersOf = ({ folders }: Demo) => readdirSync(folders).filter((name) => name.startsWith('onym-demo-'));

/** As a shell of the reader would run it. */
async function typed(line: string, folders: string): Promise<Pick<Ended, 'code' | 'stdout'>> {
  const onym = `onym() { ${node.map((part) => `'${part}'`).join(' ')} "$@"; }`;
  const child = spawn('sh', ['-c', `${onym}\n${line}`], { cwd: folders, stdio: ['ignore', 'pipe', 'inherit'] });
  const { code, stdout } = await outputOf(child).ended;
  return { code, stdout };
}

test('tells what the server then says too, leaves it running to be explored, and leaves nothing behind', async () => {
  const shown = demo(['--fast', '--port', '0']);
  await shown.printed('Ctrl-C stops it and removes the data.');
  const text = shown.stdout();
  const [, url = ''] = /server {2}(http:\/\/\S+)/.exec(text)!;
  const [, writeKey] = /ONYM_WRITE_KEY=(pk_\S+)/.exec(text)!;
  const [, secretKey = ''] = /ONYM_SECRET_KEY=(sk_\S+)/.exec(text)!;
  const [story = '', turn = ''] = text.split('Your turn');

  const api = clientOf(url, secretKey);
  const whose = { user_ana: ['stripe:cus_Q7xV', 'crm:10093', 'legacy:4711'], web_ben: ['app_ben'], user_cleo: [] };
  const canonicals = await api.canonicals(Object.entries(whose).flat(2));
  for (const [canonical, others] of Object.entries(whose)) {
    for (const id of [canonical, ...others]) expect([id, canonicals.get(id)]).toEqual([id, canonical]);
  }
  expect(await api.rows('SELECT canonical_id, traits FROM identities ORDER BY canonical_id')).toEqual([
    { canonical_id: 'user_ana', traits: { name: 'Ana', plan: 'pro' } },
    { canonical_id: 'user_cleo', traits: { name: 'Cleo' } },
    { canonical_id: 'web_ben', traits: { name: 'Ben', plan: 'free', push: true } },
  ]);
  expect(
    await api.rows(
      'SELECT canonical_id, count() AS events, toYear(min(timestamp)) AS year FROM events INNER JOIN identities USING (identity_id) GROUP BY 1 ORDER BY 1',
    ),
  ).toMatchObject([
    { canonical_id: 'user_ana', events: 12, year: 2019 },
    { canonical_id: 'user_cleo', events: 1 },
    { canonical_id: 'web_ben', events: 3 },
  ]);

  // The dry runs left nothing, and every verdict on the screen but a repeat is the ledger's.
  const ledger = await api.ledger();
  const verdicts = (ledger as unknown as { seq: number; op: string; verdict: string; reason: string | null }[]).map(
    ({ seq, op, verdict, reason }) => `${seq} ${op} ${verdict} ${reason ?? ''}`.trim(),
  );
  expect(verdicts.slice(10)).toEqual([
    '11 identify refused anonymous-id-belongs-to-another-identity',
    '12 identify applied',
    '13 alias held needs-secret-key',
    '14 alias applied',
    '15 split applied',
    '16 alias refused separated',
  ]);
  const onScreen = [...story.matchAll(/→ (applied|refused|held)(?:, (\S+))?, seq (\d+)\n/g)].map(
    ([, verdict, reason = '', seq]) => {
      const row = ledger[Number(seq) - 1]!;
      return `${seq} ${row.op} ${verdict} ${reason}`.trim();
    },
  );
  expect(onScreen).toEqual(verdicts);
  expect(story).toContain('→ unchanged, seq 2\n');

  const onym = new Onym({ apiKey: secretKey, baseUrl: url });
  for (const id of Object.keys(whose)) {
    for (const line of treeLines(await readPerson(onym, id), plainStyle)) expect(story).toContain(`\n    ${line}\n`);
  }
  expect(story.match(/: +equal$/gm)).toHaveLength(2);
  expect(turn).toContain(`${Object.keys(whose).length} identities`);
  expect(turn).toContain(`${ledger.length} ledger rows`);
  expect(text).not.toContain('\u001b');
  expect(story.split('\n').filter((line) => line.length > 80)).toEqual([]);

  const commands = turn.replaceAll('\\\n', '').match(/(?<=^ {4})\S.*$/gm)!;
  const exports = commands.filter((line) => line.startsWith('export ')).join('\n');
  const answers = new Map<string, Pick<Ended, 'code' | 'stdout'>>();
  for (const line of commands.filter((one) => !one.startsWith('export '))) {
    answers.set(line.split(/ +/).slice(0, 2).join(' '), await typed(`${exports}\n${line}`, shown.workingDirectory));
  }
  const said = (code: number, stdout: string) => ({ code, stdout: expect.stringContaining(stdout) });
  expect(Object.fromEntries(answers)).toEqual({
    'onym explain': said(1, 'user_ana and app_ben are not one person.'),
    'onym review': said(0, 'needs-secret-key'),
    'onym approve': said(0, 'Dry run, nothing was written: applied'),
    'onym console': said(0, '/sign-in#token='),
    'onym query': said(0, '(3 rows)'),
    'onym verify': said(0, 'agree with the ledger'),
    'curl -sw': said(0, '{"ok":true,"verdict":"applied"'),
  });
  expect(commands.join('\n')).toContain('"as_of_seq":14');
  expect((await clientOf(url, writeKey!).post('/track', { event: 'e', distinct_id: 'u' })).status).toBe(200);

  shown.child.kill('SIGINT');
  expect(await shown.ended).toEqual({ code: 0, stderr: '' });
  expect(foldersOf(shown)).toEqual([]);
  expect(readdirSync(shown.workingDirectory)).toEqual([]);
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
});

test('Ctrl-C in the middle of the story ends it as well; a port in use is not asked for', async () => {
  const other = createServer();
  onTestFinished(() => void other.close());
  // Where this fails, somebody else has the port.
  await new Promise((resolve) => other.once('error', resolve).listen(7700, '127.0.0.1', () => resolve(null)));

  const shown = demo([]);
  await shown.printed('1  Browsing');
  expect(foldersOf(shown)).toHaveLength(1);
  shown.child.kill('SIGINT');
  expect(await shown.ended).toEqual({ code: 0, stderr: '' });
  const [, url = ''] = /server {2}(http:\/\/\S+), because 7700 is in use/.exec(shown.stdout())!;
  expect(shown.stdout()).not.toContain('Your turn');
  expect(shown.stdout()).toContain('is removed.');
  expect(foldersOf(shown)).toEqual([]);
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
});

test('--data fills the server with a shop to ask about, and says how', async () => {
  const shown = demo(['--data', '1500']);
  await shown.printed('Ctrl-C stops the server');
  const text = shown.stdout();
  expect(text).toMatch(/1,500 events, sent in/);
  const commands = text.match(/(?<=^ {2})(?:export|onym|npm) .*$/gm)!;
  const exports = commands.filter((line) => line.startsWith('export ')).join('\n');
  const asked = commands.filter((line) => !line.startsWith('export '));
  const answers = await Promise.all(asked.map((line) => typed(`${exports}\n${line}`, shown.workingDirectory)));
  expect(answers.map(({ code }) => code)).toEqual(asked.map(() => 0));
  expect(answers[0]!.stdout).toContain('/sign-in#token=');
  expect(answers[1]!.stdout).toContain('properties.amount::Nullable(String)');
  expect(answers[2]!.stdout).toContain('page_view');
  expect(answers[3]!.stdout).toMatch(/\([1-9]\d* rows?\)/);
  shown.child.kill('SIGINT');
  expect(await shown.ended).toEqual({ code: 0, stderr: '' });
  expect(foldersOf(shown)).toEqual([]);
});

test('a port that cannot be used is told with the next action, before anything is made', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  for (const [asked, said] of [
    [String(port), /^onym: Port \d+ of 127\.0\.0\.1 can't be used\. Give another one/],
    ['http', /Give a number from 0 to 65535/],
  ] as const) {
    const refused = demo(['--port', asked]);
    expect(await refused.ended).toEqual({ code: 2, stderr: expect.stringMatching(said) });
    expect(foldersOf(refused)).toEqual([]);
  }
});
