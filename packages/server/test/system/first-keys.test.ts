import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clientOf } from './client.ts';
import { dataDirectory, serve, startServe } from './processes.ts';

/** Where a start tells the keys that it made: a log is no place for them. */

const madeByStart = {
  ONYM_INITIAL_WRITE_KEY: undefined,
  ONYM_INITIAL_SECRET_KEY: undefined,
  ONYM_KEYS_FILE: undefined,
};
const keysIn = (text: string) =>
  [/^\s*ONYM_WRITE_KEY=(pk_\S+)$/m, /^\s*ONYM_SECRET_KEY=(sk_\S+)$/m].map((key) => key.exec(text)?.[1]);

test('without a terminal they go into a file of mode 0600, and the output has its path alone', async () => {
  const dataDir = dataDirectory();
  const { url, stop } = await serve({ dataDir, variables: madeByStart });
  const file = join(dataDir, 'first-keys.env');
  const [writeKey, secretKey] = keysIn(readFileSync(file, 'utf8'));
  expect((await clientOf(url, writeKey!).post('/track', { event: 'e', distinct_id: 'u' })).status).toBe(200);
  expect((await clientOf(url, secretKey!).get('/v1/ledger')).status).toBe(200);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const { stdout, stderr } = await stop();
  const said = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).msg as string);
  expect(said.filter((text) => text.includes(file))).toHaveLength(1);
  expect(stdout + stderr).not.toMatch(/[ps]k_[\w-]{8}|token=/);
  // It may be deleted, or stay: the directory is Onym's all the same, and later starts say nothing of it.
  const again = await serve({ dataDir, variables: madeByStart });
  expect((await again.stop()).stdout).not.toContain('first-keys.env');
});

test('a terminal shows them, unless ONYM_KEYS_FILE names a file, whose rights of before do not stay', async () => {
  const terminal = { ...madeByStart, TEST_TERMINAL: 'true' };
  const shown = await serve({ variables: terminal });
  const [writeKey, secretKey] = keysIn((await shown.stop()).stdout);
  expect([writeKey, secretKey]).toEqual([expect.stringMatching(/^pk_/), expect.stringMatching(/^sk_/)]);

  const file = join(dataDirectory(), 'keys');
  writeFileSync(file, 'of a directory that is gone');
  chmodSync(file, 0o644);
  const written = await serve({ variables: { ...terminal, ONYM_KEYS_FILE: file } });
  const silent = (await written.stop()).stdout;
  expect(silent).not.toMatch(/[ps]k_[\w-]{8}|token=/);
  expect(silent).toContain('`onym console` prints a link that signs in');
  expect(keysIn(readFileSync(file, 'utf8'))).toEqual([expect.stringMatching(/^pk_/), expect.stringMatching(/^sk_/)]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a file that can not be written ends the start, with what to do', async () => {
  const file = join(dataDirectory(), 'keys');
  mkdirSync(file);
  const { code, stdout, stderr } = await startServe({
    dataDir: dataDirectory(),
    variables: { ...madeByStart, ONYM_KEYS_FILE: file },
  }).ended;
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^onym: The keys of this first start can't be written to .*onym keys create.*\n$/);
});

test('a key that was given is in no file', async () => {
  const dataDir = dataDirectory();
  const { stop } = await serve({
    dataDir,
    variables: { ...madeByStart, ONYM_INITIAL_SECRET_KEY: 'sk_given_by_the_operator' },
  });
  await stop();
  expect(keysIn(readFileSync(join(dataDir, 'first-keys.env'), 'utf8'))).toEqual([
    expect.stringMatching(/^pk_/),
    undefined,
  ]);
});
