import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openKeyStore } from '../../src/keys/store.ts';
import { allScopes, type Key, type KeyStore, type NewKey, type Scope } from '../../src/keys/types.ts';

let directory: string;
let file: string;
let time: number;
const open: KeyStore[] = [];

const openStore = (): KeyStore => {
  const store = openKeyStore(file, { now: () => time });
  open.push(store);
  return store;
};

const none = { writeKey: null, secretKey: null };

/** As after a first start. */
const startedStore = (environments: readonly string[] = ['production', 'staging']): KeyStore => {
  const store = openStore();
  store.start({ initialKeys: none, environments });
  return store;
};

const named = (store: KeyStore, name: string): Key | undefined => store.list().find((key) => key.name === name);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'onym-keys-'));
  file = join(directory, 'keys.sqlite');
  time = 1_000_000;
});

afterEach(() => {
  for (const store of open.splice(0)) store.close();
  rmSync(directory, { recursive: true });
});

const web = { name: 'web', kind: 'publishable', environments: ['production'] } as const;
const backend = { name: 'backend', kind: 'secret', environments: ['production', 'staging'] } as const;

describe('create', () => {
  it('makes publishable and secret keys', () => {
    const keys = startedStore();
    const publishable = keys.create(web);
    expect(publishable.secret).toMatch(/^pk_[\w-]{32}$/);
    expect(keys.authenticate(publishable.secret)).toEqual({
      name: 'web',
      kind: 'publishable',
      scopes: ['track', 'identify', 'alias'],
      environments: ['production'],
      origins: null,
      createdAt: time,
      lastUsedAt: null,
      revokedAt: null,
    });
    const secret = keys.create(backend);
    expect(secret.secret).toMatch(/^sk_[\w-]{32}$/);
    expect(keys.authenticate(secret.secret)).toMatchObject({
      kind: 'secret',
      scopes: allScopes,
      environments: ['production', 'staging'],
    });
  });

  it('gives the scopes and environments asked for, each once', () => {
    const keys = startedStore();
    const twice = { environments: ['staging', 'staging'], scopes: ['query', 'track', 'query'] } as const;
    const { key, secret } = keys.create({ ...backend, ...twice });
    expect(key).toMatchObject({ scopes: ['track', 'query'], environments: ['staging'] });
    expect(keys.authenticate(secret)).toEqual(key);
    expect(keys.create({ ...web, scopes: ['alias'] }).key.scopes).toEqual(['alias']);
  });

  it.each<[string, Partial<NewKey>, RegExp]>([
    [
      'a scope of secret keys for a publishable one',
      { scopes: ['track', 'query'] },
      /can't have the scope query.*--secret/,
    ],
    [
      'an unknown scope',
      { scopes: ['fly' as Scope] },
      /no scope fly\. A publishable key can have track, identify, alias\./,
    ],
    [
      'an unknown scope for a secret key',
      { kind: 'secret', scopes: ['Query' as Scope] },
      /no scope Query\. A secret.* query/,
    ],
    ['no scope', { scopes: [] }, /needs a scope/],
    ['no scope for a secret key', { kind: 'secret', scopes: [] }, /needs a scope/],
    [
      'an unknown environment',
      { environments: ['production', 'prod'] },
      /no environment "prod"\. The server has production, staging:/,
    ],
    ['an environment in other letters', { environments: ['Production'] }, /no environment "Production"/],
    ['no environment', { environments: [] }, /needs an environment/],
    ['no name', { name: ' ' }, /needs a name/],
    ['a long name', { name: 'é'.repeat(65) }, /needs a name of 1 to 128 bytes/],
    ['the name of the machine itself', { name: 'local' }, /Choose another/],
  ])('makes none with %s', (_what, wrong, message) => {
    const keys = startedStore();
    expect(() => keys.create({ ...web, ...wrong })).toThrow(message);
    expect(keys.list()).toHaveLength(2);
  });

  it('knows no environment before a server was started', () => {
    expect(() => openStore().create(web)).toThrow(/no server was ever started here/);
  });

  it('knows the environments of the last start', () => {
    const keys = startedStore(['production']);
    expect(() => keys.create({ ...web, environments: ['qa'] })).toThrow(/The server has production:/);
    keys.start({ initialKeys: none, environments: ['qa', 'production'] });
    expect(keys.create({ ...web, environments: ['qa'] }).key.environments).toEqual(['qa']);
    keys.start({ initialKeys: none, environments: ['production'] });
    expect(() => keys.create({ ...web, name: 'two', environments: ['qa'] })).toThrow(/no environment "qa"/);
    expect(named(keys, 'web')?.environments).toEqual(['qa']);
  });

  it('stores no secret', () => {
    const keys = startedStore();
    const { secret } = keys.create(web);
    keys.close();
    open.length = 0;
    expect(readFileSync(file).includes(secret)).toBe(false);
    expect(openStore().authenticate(secret)?.name).toBe('web');
  });

  it('never gives a name twice, not even a revoked one', () => {
    const keys = startedStore();
    keys.create(web);
    keys.revoke('web');
    expect(() => keys.create(web)).toThrow(/is or was in use/);
  });
});

describe('authenticate', () => {
  it('knows no other secret', () => {
    const keys = startedStore();
    const { secret } = keys.create(web);
    for (const other of ['', 'pk_', `${secret}x`, secret.slice(0, -1), secret.toUpperCase(), 'pk_\u0000', '🔑']) {
      expect(keys.authenticate(other)).toBeNull();
    }
  });

  it('notes the last use, and writes it when the store closes', () => {
    const keys = startedStore();
    const { secret } = keys.create(web);
    time += 5;
    keys.authenticate(secret);
    expect(named(keys, 'web')).toMatchObject({ lastUsedAt: time });
    time += 5;
    keys.authenticate(secret);
    keys.close();
    open.length = 0;
    expect(named(openStore(), 'web')).toMatchObject({ lastUsedAt: time });
  });
});

describe('restrict and revoke', () => {
  it('act at once', () => {
    const keys = startedStore();
    const { secret } = keys.create(web);
    expect(keys.restrict('web', { scopes: ['track'] }).scopes).toEqual(['track']);
    expect(keys.authenticate(secret)).toMatchObject({ scopes: ['track'], environments: ['production'] });
    keys.restrict('web', { environments: ['staging'] });
    expect(keys.authenticate(secret)).toMatchObject({ scopes: ['track'], environments: ['staging'] });
    expect(() => keys.restrict('web', { environments: [] })).toThrow(/needs an environment/);
    expect(() => keys.restrict('web', { environments: ['prod'] })).toThrow(/no environment "prod"/);
    expect(() => keys.restrict('web', { scopes: [] })).toThrow(/needs a scope/);
    expect(() => keys.restrict('web', { scopes: ['read'] })).toThrow(/can't have the scope read/);
    expect(keys.active('web')).toMatchObject({ scopes: ['track'], environments: ['staging'] });

    const { revokedAt } = keys.revoke('web');
    expect(keys.authenticate(secret)).toBeNull();
    expect(keys.active('web')).toBeNull();
    time += 1;
    expect(keys.revoke('web').revokedAt).toBe(revokedAt);
    expect(keys.list()).toHaveLength(3);
    expect(() => keys.revoke('nobody')).toThrow(/no key named/);
    expect(() => keys.restrict('nobody', {})).toThrow(/no key named/);
  });

  it('reach another process within a second', () => {
    const server = startedStore();
    const cli = openStore();
    const { secret } = cli.create(web);
    time += 1_000;
    expect(server.authenticate(secret)?.name).toBe('web');
    cli.revoke('web');
    time += 1_000;
    expect(server.authenticate(secret)).toBeNull();
    expect(server.active('web')).toBeNull();
  });

  it('take secret keys to some scopes, and back to all', () => {
    const keys = startedStore();
    const { secret } = keys.create(backend);
    expect(keys.restrict('backend', { scopes: ['query'] }).scopes).toEqual(['query']);
    expect(keys.authenticate(secret)?.scopes).toEqual(['query']);
    expect(keys.restrict('backend', { scopes: allScopes }).scopes).toEqual(allScopes);
  });

  it('tell what became of a key, without using it', () => {
    const keys = startedStore();
    const { secret } = keys.create(web);
    expect([keys.stateOf(secret), keys.stateOf('pk_nobody')]).toEqual(['active', 'unknown']);
    keys.revoke('web');
    expect(keys.stateOf(secret)).toBe('revoked');
    expect(named(keys, 'web')?.lastUsedAt).toBeNull();
  });
});

describe('start', () => {
  const environments = ['production', 'staging'];

  it('makes a key of each kind at the first start alone', () => {
    const keys = openStore();
    const { isFirst, made } = keys.start({ initialKeys: none, environments });
    expect([isFirst, made.writeKey, made.secretKey]).toEqual([
      true,
      expect.stringMatching(/^pk_/),
      expect.stringMatching(/^sk_/),
    ]);
    expect(keys.authenticate(made.writeKey!)).toMatchObject({ kind: 'publishable', environments });
    expect(keys.authenticate(made.secretKey!)).toMatchObject({ kind: 'secret', scopes: allScopes, environments });
    const later = { isFirst: false, made: none };
    expect(keys.start({ initialKeys: none, environments })).toEqual(later);
    for (const { name } of keys.list()) keys.revoke(name);
    expect(keys.start({ initialKeys: none, environments })).toEqual(later);
    expect(keys.start({ initialKeys: { writeKey: 'pk_late', secretKey: 'sk_late' }, environments })).toEqual(later);
    expect([keys.authenticate('pk_late'), keys.authenticate('sk_late')]).toEqual([null, null]);
  });

  it('registers the given ones at the first start, and ends none at any', () => {
    const keys = openStore();
    const given = { writeKey: 'pk_given', secretKey: 'sk_given' };
    expect(keys.start({ initialKeys: given, environments })).toEqual({ isFirst: true, made: none });
    expect(keys.authenticate('pk_given')).toMatchObject({ name: 'ONYM_INITIAL_WRITE_KEY', kind: 'publishable' });
    expect(keys.authenticate('sk_given')).toMatchObject({ name: 'ONYM_INITIAL_SECRET_KEY', kind: 'secret' });
    for (const initialKeys of [given, none, { writeKey: 'pk_next', secretKey: 'sk_next' }]) {
      expect(keys.start({ initialKeys, environments })).toEqual({ isFirst: false, made: none });
      expect([keys.authenticate('pk_given')?.kind, keys.authenticate('sk_given')?.kind]).toEqual([
        'publishable',
        'secret',
      ]);
      expect([keys.authenticate('pk_next'), keys.authenticate('sk_next')]).toEqual([null, null]);
    }
    expect(keys.list()).toHaveLength(2);
  });

  it('makes the one that is not given', () => {
    const initialKeys = { writeKey: 'pk_a', secretKey: null };
    const { made } = openStore().start({ initialKeys, environments });
    expect(made).toEqual({ writeKey: null, secretKey: expect.stringMatching(/^sk_/) });
  });

  it('lets its keys follow the configured environments until restricted', () => {
    const keys = openStore();
    const initialKeys = { writeKey: 'pk_a', secretKey: 'sk_a' };
    keys.start({ initialKeys, environments });
    keys.restrict('ONYM_INITIAL_WRITE_KEY', { environments: ['staging'] });
    keys.start({ initialKeys: none, environments: [...environments, 'qa'] });
    expect(keys.authenticate('pk_a')?.environments).toEqual(['staging']);
    expect(keys.authenticate('sk_a')?.environments).toEqual([...environments, 'qa']);
  });
});
