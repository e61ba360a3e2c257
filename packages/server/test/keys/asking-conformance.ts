import { expect, it } from 'vitest';
import { withLocalKey } from '../../src/keys/local-access.ts';
import { allScopes, type Key, type KeyChange, type KeyStore, type NewKey } from '../../src/keys/types.ts';

/** What a key that asks for a change of keys can do, and what it can not, wherever keys are kept. */
export function describeAsking(startedStore: () => Promise<KeyStore>): void {
  const forbidden = (said: string) =>
    expect.objectContaining({ code: 'forbidden', message: expect.stringContaining(said) });

  const secret = (name: string, rest: Partial<NewKey> = {}): NewKey => ({
    name,
    kind: 'secret',
    environments: ['staging'],
    ...rest,
  });

  /** A store with a key that may do some things in staging, and one that may do all everywhere. */
  async function peopled(): Promise<{ keys: KeyStore; some: Key; all: Key }> {
    const keys = await startedStore();
    const { key: some } = await keys.create(secret('some', { scopes: ['track', 'read', 'keys'] }));
    const { key: all } = await keys.create(secret('all', { environments: ['production', 'staging'] }));
    return { keys, some, all };
  }

  it('makes keys that may do what it may, and are known to be its own', async () => {
    const { keys, some } = await peopled();
    const made = await keys.create(secret('reader', { scopes: ['read'] }), { key: some });
    expect(made.key).toMatchObject({ createdBy: 'some', scopes: ['read'] });
    expect(keys.authenticate(made.secret)).toMatchObject({ name: 'reader', environments: ['staging'] });
    await keys.create({ ...secret('page', { scopes: ['track'] }), kind: 'publishable' }, { key: some });
    await keys.revoke('reader', { key: some });
    expect(keys.authenticate(made.secret)).toBeNull();
    const listed = new Map((await keys.list()).map((key) => [key.name, key]));
    expect(listed.get('reader')).toMatchObject({ createdBy: 'some', revokedBy: 'some' });
    expect(listed.get('page')).toMatchObject({ createdBy: 'some', revokedBy: null });
    expect(listed.get('some')).toMatchObject({ createdBy: 'local' });
    expect(listed.get('first-secret-key')).toMatchObject({ createdBy: null });
  });

  it.each<[string, Partial<NewKey>, string]>([
    ['a scope', { scopes: ['read', 'erase'] }, "can't give the scope erase"],
    ['every scope', {}, "can't give the scope identify"],
    ['an environment', { scopes: ['read'], environments: ['staging', 'production'] }, 'the environment production'],
    ['a scope to a page', { kind: 'publishable', scopes: ['alias'] }, "can't give the scope alias"],
  ])('gives away no %s that it does not have', async (_name, rest, said) => {
    const { keys, some } = await peopled();
    const before = await keys.list();
    await expect(keys.create(secret('more', rest), { key: some })).rejects.toEqual(forbidden(said));
    expect(await keys.list()).toEqual(before);
  });

  it.each<[string, Partial<NewKey>, KeyChange, string]>([
    ['a scope more', { scopes: ['read'] }, { scopes: ['read', 'erase'] }, 'the scope erase'],
    [
      'an environment more',
      { scopes: ['read'] },
      { environments: ['staging', 'production'] },
      'environment production',
    ],
  ])('gives no key %s than it has', async (_name, rest, change, said) => {
    const { keys, some } = await peopled();
    await keys.create(secret('target', rest));
    await expect(keys.restrict('target', change, { key: some })).rejects.toEqual(forbidden(said));
    expect(keys.active('target')).toMatchObject({ scopes: ['read'], environments: ['staging'] });
  });

  it('does not bring a scope that it lacks to another environment', async () => {
    const { keys } = await peopled();
    const { key: both } = await keys.create(
      secret('both', { scopes: ['read', 'keys'], environments: ['production', 'staging'] }),
    );
    await keys.create(secret('eraser', { scopes: ['read', 'erase'] }));
    const wider = { environments: ['staging', 'production'] };
    await expect(keys.restrict('eraser', wider, { key: both })).rejects.toEqual(forbidden('the scope erase'));
    expect((await keys.restrict('eraser', { ...wider, scopes: ['read'] }, { key: both })).environments).toEqual(
      wider.environments,
    );
  });

  it('leaves a key what it has and the one that asks lacks, and takes it away', async () => {
    const { keys, some } = await peopled();
    await keys.create(secret('eraser', { scopes: ['erase', 'track'] }));
    expect((await keys.restrict('eraser', { scopes: ['erase'] }, { key: some })).scopes).toEqual(['erase']);
    expect((await keys.restrict('eraser', { scopes: ['read'] }, { key: some })).scopes).toEqual(['read']);
    expect((await keys.revoke('eraser', { key: some })).revokedBy).toBe('some');
  });

  it('touches no key of an environment that is not its own', async () => {
    const { keys, some, all } = await peopled();
    const said = forbidden('is for the environment production as well');
    await expect(keys.revoke('all', { key: some })).rejects.toEqual(said);
    await expect(keys.restrict('all', { environments: ['staging'] }, { key: some })).rejects.toEqual(said);
    expect(keys.active('all')).toEqual(all);
  });

  it('ends itself when it says so, and says it again', async () => {
    const { keys, some } = await peopled();
    const unknowingly = expect.objectContaining({
      code: 'invalid-payload',
      message: expect.stringContaining('"self": true'),
    });
    await expect(keys.revoke('some', { key: some })).rejects.toEqual(unknowingly);
    await expect(keys.restrict('some', { scopes: ['read'] }, { key: some })).rejects.toEqual(unknowingly);
    expect(keys.active('some')).toEqual(some);
    const { revokedAt } = await keys.revoke('some', { key: some, self: true });
    expect(keys.active('some')).toBeNull();
    expect((await keys.revoke('some', { key: some, self: true })).revokedAt).toBe(revokedAt);
  });

  it('gives itself nothing back', async () => {
    const { keys, some } = await peopled();
    const less = await keys.restrict('some', { scopes: ['keys'] }, { key: some, self: true });
    await expect(keys.restrict('some', { scopes: ['keys', 'read'] }, { key: less, self: true })).rejects.toEqual(
      forbidden('the scope read'),
    );
  });

  it('counts as it stands, not as it was when the request came', async () => {
    const { keys, some, all } = await peopled();
    await keys.restrict('all', { scopes: ['read', 'keys'] });
    await expect(keys.create(secret('late'), { key: all })).rejects.toEqual(forbidden('the scope track'));
    await keys.restrict('all', { scopes: ['read'] });
    await expect(keys.create(secret('late', { scopes: ['read'] }), { key: all })).rejects.toEqual(
      forbidden('lost the scope keys'),
    );
    await keys.revoke('some');
    const revoked = expect.objectContaining({ code: 'invalid-api-key' });
    await expect(keys.create(secret('late', { scopes: ['read'] }), { key: some })).rejects.toEqual(revoked);
    await expect(keys.revoke('all', { key: some })).rejects.toEqual(revoked);
    expect((await keys.list()).map(({ name }) => name)).not.toContain('late');
  });

  it('of the machine itself makes all', async () => {
    const { keys } = await peopled();
    const local = withLocalKey(keys, ['production', 'staging'], 1);
    const { key } = await local.keys.create(secret('root', { environments: ['production'] }), {
      key: local.keys.authenticate(local.secret)!,
    });
    expect(key).toMatchObject({ scopes: allScopes, createdBy: 'local' });
  });
}
