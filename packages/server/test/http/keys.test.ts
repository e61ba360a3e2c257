import { afterAll, beforeAll, expect, it } from 'vitest';
import { limits } from '../../src/limits.ts';
import { operatedServer, secretKey, writeKey } from '../operating/support.ts';

/** Keys made, restricted and ended over HTTP, by keys. */

let t: Awaited<ReturnType<typeof operatedServer>>;
beforeAll(async () => {
  t = await operatedServer({});
});
afterAll(() => t.stop());

const create = async (name: string, rest: object = {}, key = secretKey) => {
  const { status, headers, text } = await t.call('POST', '/v1/keys', { name, kind: 'secret', ...rest }, key);
  return { status, headers, body: JSON.parse(text) };
};

it('makes a key that works at once, and shows its secret this once', async () => {
  const asked = { scopes: ['read', 'query'], environments: ['production'] };
  const { status, headers, body } = await create('analyst', asked);
  expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
  expect(body).toEqual({
    ok: true,
    key: {
      name: 'analyst',
      kind: 'secret',
      scopes: ['query', 'read'],
      environments: ['production'],
      origins: null,
      created_at: expect.any(String),
      created_by: 'ONYM_INITIAL_SECRET_KEY',
      last_used_at: null,
      revoked_at: null,
      revoked_by: null,
    },
    secret: expect.stringMatching(/^sk_[\w-]{32}$/),
  });
  expect((await t.call('GET', '/v1/ledger', undefined, body.secret)).status).toBe(200);
  const { text } = await t.call('GET', '/v1/keys');
  expect(text).not.toContain(body.secret);
  expect(text).not.toMatch(/hash|sk_|pk_/);
  expect(JSON.parse(text).keys.at(-1)).toEqual({ ...body.key, last_used_at: expect.any(String) });
});

it('gives what the asking key has where nothing is said', async () => {
  const some = await create('some', { scopes: ['keys', 'track', 'read'], environments: ['staging'] });
  const made = await create('child', {}, some.body.secret);
  expect(made.body.key).toMatchObject({
    scopes: ['track', 'read', 'keys'],
    environments: ['staging'],
    created_by: 'some',
  });
  const page = await create('page', { kind: 'publishable', origins: ['https://Shop.example/'] }, some.body.secret);
  expect(page.body.key).toMatchObject({ scopes: ['track'], origins: ['https://shop.example'] });
  for (const [rest, said] of [
    [{ scopes: ['erase'] }, "can't give the scope erase"],
    [{ environments: ['production'] }, "can't give the environment production"],
  ] as const) {
    const refused = await create('more', rest, some.body.secret);
    expect([refused.status, refused.body]).toMatchObject([
      403,
      { error_code: 'forbidden', message: expect.stringContaining(said) },
    ]);
  }
});

it('shows a key those that may be used where it may, page by page', async () => {
  const { body } = await create('staging keys', { scopes: ['keys'], environments: ['staging'] });
  const names: string[] = [];
  for (let next: string | null = ''; next !== null; ) {
    const page = await t.get(`/v1/keys?limit=2${next && `&next=${next}`}`, body.secret);
    expect(page.keys.length).toBeLessThanOrEqual(2);
    names.push(...page.keys.map(({ name }: { name: string }) => name));
    next = page.next;
  }
  const all = (await t.get('/v1/keys')).keys.map(({ name }: { name: string }) => name);
  expect(names).toEqual(all.filter((name: string) => name !== 'analyst'));
  expect(all).toContain('analyst');
});

it('restricts and revokes, obeyed by the next request; itself only where that is said', async () => {
  const { body } = await create('changed', { scopes: ['keys', 'read'] });
  const { secret } = body;
  const restricted = await t.post('/v1/keys/restrict', { name: 'changed', scopes: ['keys'] });
  expect(restricted).toMatchObject({ ok: true, key: { name: 'changed', scopes: ['keys'] } });
  expect((await t.call('GET', '/v1/ledger', undefined, secret)).status).toBe(403);
  const unknowingly = await t.call('POST', '/v1/keys/revoke', { name: 'changed' }, secret);
  expect([unknowingly.status, JSON.parse(unknowingly.text).message]).toEqual([
    400,
    expect.stringContaining('send "self": true'),
  ]);
  const revoked = await t.post('/v1/keys/revoke', { name: 'changed', self: true }, secret);
  expect(revoked).toMatchObject({ ok: true, key: { revoked_at: expect.any(String), revoked_by: 'changed' } });
  expect((await t.call('GET', '/v1/keys', undefined, secret)).status).toBe(401);
  expect(await t.post('/v1/keys/revoke', { name: 'changed' })).toEqual(revoked);
});

it.each<[string, string, object, number, string, string]>([
  ['a name in use', '', { name: 'analyst', kind: 'secret' }, 400, 'invalid-payload', 'is or was in use'],
  ['no kind', '', { name: 'x' }, 400, 'invalid-payload', 'kind'],
  ['an unknown kind', '', { name: 'x', kind: 'root' }, 400, 'invalid-payload', '/kind'],
  [
    'an unknown scope',
    '',
    { name: 'x', kind: 'secret', scopes: ['fly'] },
    400,
    'invalid-payload',
    '/scopes/0 must be one of track, identify',
  ],
  ['no scope', '', { name: 'x', kind: 'secret', scopes: [] }, 400, 'invalid-payload', 'needs a scope'],
  [
    'read for a page',
    '',
    { name: 'x', kind: 'publishable', scopes: ['read'] },
    400,
    'invalid-payload',
    'publishable key',
  ],
  [
    'no environment',
    '',
    { name: 'x', kind: 'secret', environments: [] },
    400,
    'invalid-payload',
    'needs an environment',
  ],
  [
    'one that is not served',
    '',
    { name: 'x', kind: 'secret', environments: ['qa'] },
    422,
    'environment-not-found',
    'qa',
  ],
  [
    'origins of a secret key',
    '',
    { name: 'x', kind: 'secret', origins: ['https://a.example'] },
    400,
    'invalid-payload',
    'publishable',
  ],
  ['a field of another name', '', { name: 'x', kind: 'secret', scope: ['read'] }, 400, 'invalid-payload', 'scope'],
  [
    'a long name',
    '',
    { name: 'x'.repeat(limits.keyNameBytesMax + 1), kind: 'secret' },
    400,
    'invalid-payload',
    '128 bytes',
  ],
  ['the machine’s name', '', { name: 'local', kind: 'secret' }, 400, 'invalid-payload', 'Choose another name'],
  ['nobody to restrict', '/restrict', { name: 'nobody', scopes: ['read'] }, 404, 'not-found', 'no key named "nobody"'],
  ['nothing to restrict', '/restrict', { name: 'analyst' }, 400, 'invalid-payload', 'Nothing to change'],
  ['nobody to revoke', '/revoke', { name: 'nobody' }, 404, 'not-found', 'no key named "nobody"'],
  ['no name', '/revoke', {}, 400, 'invalid-payload', 'name'],
])('%s is refused', async (_name, path, body, status, code, said) => {
  const answer = await t.call('POST', `/v1/keys${path}`, body);
  expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
    status,
    { ok: false, error_code: code, message: expect.stringContaining(said) },
  ]);
});

it('is for secret keys', async () => {
  expect((await t.call('POST', '/v1/keys', { name: 'x', kind: 'publishable' }, writeKey)).status).toBe(403);
});
