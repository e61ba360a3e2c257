import { describe, expect, test } from 'vitest';
import { plainStyle } from '../../src/cli/demo/style.ts';
import { ledgerWords, namesId } from '../../src/cli/tail-words.ts';
import { eventually } from '../system/client.ts';
import { onym, secretKey, serve, startOnym } from '../system/processes.ts';

describe('a ledger row in words', () => {
  const words = (row: object) =>
    ledgerWords({ seq: 7, time: '2026-11-27T19:04:05.678Z', op: 'alias', ...row }, plainStyle);
  const link = (verdict: string, reason: string | null = null) => ({
    link: { primary_id: 'user_1', secondary_id: 'crm:1', verdict, reason },
  });

  test.each([
    [{ ...link('applied') }, 'alias  user_1 and crm:1 are one person'],
    [{ ...link('unchanged') }, 'alias  user_1 and crm:1 were one person already'],
    [{ ...link('held', 'needs-secret-key') }, 'alias  user_1 and crm:1 wait for review: needs-secret-key'],
    [{ ...link('refused', 'separated') }, 'alias  user_1 and crm:1 stay apart, refused: separated'],
    [
      {
        op: 'identify',
        identified: 'u',
        subject: 'u',
        traits: [
          { key: 'plan', value: 'pro' },
          { key: 'a', value: null },
        ],
      },
      'identify  u is known from now on; u: plan = "pro", a removed',
    ],
    [{ op: 'split', a: 'a', b: 'b', revoked: [1] }, 'split  a and b are parted (1 link)'],
    [{ op: 'split', distinct_ids: ['a', 'c'], revoked: [1, 2] }, 'split  a, c came out of their identity (2 links)'],
    [{ op: 'revert', scope: { batch: 'crm' }, revoked: [] }, 'revert  batch crm is taken back (0 links)'],
    [{ op: 'revert', scope: { key: 'web' }, revoked: [3] }, 'revert  what the key web sent is taken back (1 link)'],
    [{ op: 'separate', a: 'a', b: 'b' }, 'separate  a and b are kept apart from now on'],
    [{ op: 'lift', a: 'a', b: 'b' }, 'lift  a and b are no longer kept apart'],
    [{ op: 'reject', link: 3, a: 'a', b: 'b' }, 'reject  link 3 of a and b was turned down for good'],
    [{ op: 'settings' }, 'settings  other guard rails are in force from here on'],
    [{ op: 'erase', receipt: { identifiers: 2, events: 9 } }, 'erase  a person was erased: 2 identifiers, 9 events'],
    [{ op: 'erased' }, 'erased  emptied by an erasure'],
    [
      { ...link('applied'), link: { primary_id: 'a\u001b[2J', secondary_id: 'b', verdict: 'applied', reason: null } },
      'alias  a\\u001b[2J and b are one person',
    ],
  ])('%j', (row, said) => expect(words(row)).toBe(`19:04:05Z  #7 ${said}`));

  test('names an identifier where it is one, not where it is a value', () => {
    expect(namesId({ ...link('applied'), traits: [], source: {} }, 'crm:1')).toBe(true);
    expect(namesId({ separations: [['a', 'b']] }, 'b')).toBe(true);
    expect(namesId({ traits: [{ key: 'k', value: 'crm:1' }], source: { key: 'crm:1' } }, 'crm:1')).toBe(false);
  });
});

test('shows what happens from its opening on, goes on after a restart without a gap in the ledger, and ends on a signal', async () => {
  const server = await serve();
  const variables = { ONYM_DATA_DIR: server.dataDir };
  const watched = startOnym(['tail'], variables);
  const ana = startOnym(['tail', '--id', 'user_ana'], { ...variables, TEST_TERMINAL: 'true', NO_COLOR: '1' });
  const says = (what: typeof watched, text: string) =>
    eventually(async () => (what.stdout() + what.stderr()).includes(text), `tail says ${text}`);
  await Promise.all([watched, ana].map((one) => says(one, 'Watching production')));

  await server.api.post('/track', { event: 'first', distinct_id: 'anonymous-1', properties: { path: '/' } });
  await server.api.post('/identify', { distinct_id: 'user_ana', anonymous_id: 'anonymous-1' });
  await server.api.post('/track', { event: 'second', distinct_id: 'anonymous-1' });
  await server.api.post('/track', { event: 'third', distinct_id: 'somebody' });
  await Promise.all([says(watched, '"third"'), says(ana, 'second')]);

  await server.stop();
  await Promise.all([watched, ana].map((one) => says(one, 'The connection is lost')));
  const again = await serve({ dataDir: server.dataDir });
  await again.api.post('/alias', { distinct_id: 'user_ana', alias_id: 'crm:1' });
  await Promise.all([watched, ana].map((one) => says(one, 'Connected again')));
  await again.api.post('/track', { event: 'fourth', distinct_id: 'crm:1' });
  await Promise.all([watched, ana].map((one) => says(one, 'fourth')));
  await says(ana, '#2');

  for (const { child } of [watched, ana]) child.kill('SIGINT');
  const [all, hers] = await Promise.all([watched.ended, ana.ended]);
  expect([all.code, hers.code]).toEqual([0, 0]);
  const rows = all.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows.filter(({ type }) => type === 'event').map(({ event }) => event)).toEqual([
    'first',
    'second',
    'third',
    'fourth',
  ]);
  expect(rows.filter(({ type }) => type === 'ledger').map(({ seq }) => seq)).toEqual([1, 2]);
  const lines = hers.stdout
    .trim()
    .split('\n')
    .map((line) => line.replace(/^\d\d:\d\d:\d\dZ {2}/, ''));
  expect(lines.sort()).toEqual([
    '#1 identify  user_ana and anonymous-1 are one person',
    '#2 alias  user_ana and crm:1 are one person',
    'fourth  crm:1',
    'second  anonymous-1',
  ]);

  const one = startOnym(['tail', '--event', 'wanted', '-n', '1'], variables);
  await says(one, 'Watching');
  await again.api.post('/track', [
    { event: 'other', distinct_id: 'a' },
    { event: 'wanted', distinct_id: 'a' },
  ]);
  expect(await one.ended).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\{"type":"event",.*"event":"wanted".*\}\n$/),
  });

  const wrong = await onym(['tail', '--url', again.url, '--key', 'sk_unknown_key']);
  expect(wrong).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('The API key is unknown') });
  await again.stop();
  const nobody = await onym(['tail'], variables);
  expect(nobody).toMatchObject({ code: 2, stderr: expect.stringContaining('Start one with `onym serve`') });
  const away = await onym(['tail', '--url', again.url, '--key', secretKey]);
  expect(away).toMatchObject({ code: 2, stderr: expect.stringContaining('does not answer') });
});
