import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openKeyStore } from '../../src/keys/store.ts';
import type { KeyStore } from '../../src/keys/types.ts';

let directory: string;
let file: string;
let time: number;
const open: KeyStore[] = [];

const openStore = (): KeyStore => {
  const store = openKeyStore(file, { now: () => time });
  open.push(store);
  return store;
};

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
    const keys = openStore();
    const publishable = keys.create(web);
    expect(publishable.secret).toMatch(/^pk_[\w-]{32}$/);
    expect(keys.authenticate(publishable.secret)).toEqual({
      name: 'web',
      kind: 'publishable',
      scopes: ['track', 'identify', 'alias'],
      environments: ['production'],
      createdAt: time,
      lastUsedAt: null,
      revokedAt: null,
    });
    const secret = keys.create(backend);
    expect(secret.secret).toMatch(/^sk_[\w-]{32}$/);
    expect(keys.authenticate(secret.secret)).toMatchObject({ kind: 'secret', environments: ['production', 'staging'] });
  });

  it('stores no secret', () => {
    const keys = openStore();
    const { secret } = keys.create(web);
    keys.close();
    open.length = 0;
    expect(readFileSync(file).includes(secret)).toBe(false);
    expect(openStore().authenticate(secret)?.name).toBe('web');
  });

  it('never gives a name twice, not even a revoked one', () => {
    const keys = openStore();
    keys.create(web);
    keys.revoke('web');
    expect(() => keys.create(web)).toThrow(/is or was in use/);
    expect(() => keys.create({ ...web, name: ' ' })).toThrow(/needs a name/);
    expect(() => keys.create({ ...web, name: 'other', environments: [] })).toThrow(/no environment/);
  });
});

describe('authenticate', () => {
  it('knows no other secret', () => {
    const keys = openStore();
    const { secret } = keys.create(web);
    for (const other of ['', 'pk_', `${secret}x`, secret.slice(0, -1), secret.toUpperCase(), 'pk_\u0000', '🔑']) {
      expect(keys.authenticate(other)).toBeNull();
    }
  });

  it('notes the last use, and writes it when the store closes', () => {
    const keys = openStore();
    const { secret } = keys.create(web);
    time += 5;
    keys.authenticate(secret);
    expect(keys.list()[0]).toMatchObject({ lastUsedAt: time });
    time += 5;
    keys.authenticate(secret);
    keys.close();
    open.length = 0;
    expect(openStore().list()[0]).toMatchObject({ lastUsedAt: time });
  });
});

describe('restrict and revoke', () => {
  it('act at once', () => {
    const keys = openStore();
    const { secret } = keys.create(web);
    expect(keys.restrict('web', { scopes: ['track'] }).scopes).toEqual(['track']);
    expect(keys.authenticate(secret)).toMatchObject({ scopes: ['track'], environments: ['production'] });
    keys.restrict('web', { environments: ['staging'] });
    expect(keys.authenticate(secret)).toMatchObject({ scopes: ['track'], environments: ['staging'] });
    expect(() => keys.restrict('web', { environments: [] })).toThrow(/needs an environment/);

    expect(keys.isActive('web')).toBe(true);
    const { revokedAt } = keys.revoke('web');
    expect(keys.authenticate(secret)).toBeNull();
    expect(keys.isActive('web')).toBe(false);
    time += 1;
    expect(keys.revoke('web').revokedAt).toBe(revokedAt);
    expect(keys.list()).toHaveLength(1);
    expect(() => keys.revoke('nobody')).toThrow(/no key named/);
    expect(() => keys.restrict('nobody', {})).toThrow(/no key named/);
  });

  it('reach another process within a second', () => {
    const server = openStore();
    const cli = openStore();
    const { secret } = cli.create(web);
    time += 1_000;
    expect(server.authenticate(secret)?.name).toBe('web');
    cli.revoke('web');
    time += 1_000;
    expect(server.authenticate(secret)).toBeNull();
    expect(server.isActive('web')).toBe(false);
  });
});

describe('ensureInitialKeys', () => {
  const environments = ['production', 'staging'];

  it('makes both at the first start alone', () => {
    const keys = openStore();
    const first = keys.ensureInitialKeys({ writeKey: null, secretKey: null, environments });
    expect(first.writeKey).toMatch(/^pk_/);
    expect(first.secretKey).toMatch(/^sk_/);
    expect(keys.authenticate(first.writeKey!)).toMatchObject({ kind: 'publishable', environments });
    expect(keys.authenticate(first.secretKey!)).toMatchObject({ kind: 'secret', environments });
    const none = { writeKey: null, secretKey: null };
    expect(keys.ensureInitialKeys({ ...none, environments })).toEqual(none);
    for (const { name } of keys.list()) keys.revoke(name);
    expect(keys.ensureInitialKeys({ ...none, environments })).toEqual(none);
  });

  it('registers given ones, and replaces what the variable gave before', () => {
    const keys = openStore();
    const given = { writeKey: 'pk_given', secretKey: 'sk_given', environments };
    expect(keys.ensureInitialKeys(given)).toEqual({ writeKey: null, secretKey: null });
    expect(keys.authenticate('pk_given')).toMatchObject({ name: 'ONYM_WRITE_KEY', kind: 'publishable' });
    expect(keys.authenticate('sk_given')).toMatchObject({ name: 'ONYM_SECRET_KEY', kind: 'secret' });
    keys.ensureInitialKeys(given);
    keys.ensureInitialKeys({ ...given, writeKey: 'pk_next' });
    expect(keys.authenticate('pk_given')).toBeNull();
    expect(keys.authenticate('pk_next')?.name).toBe('ONYM_WRITE_KEY');
    expect(keys.list()).toHaveLength(2);
  });

  it('makes the one that is not given', () => {
    const { writeKey, secretKey } = openStore().ensureInitialKeys({ writeKey: 'pk_a', secretKey: null, environments });
    expect(writeKey).toBeNull();
    expect(secretKey).toMatch(/^sk_/);
  });

  it('follows the configured environments until restricted', () => {
    const keys = openStore();
    const given = { writeKey: 'pk_a', secretKey: 'sk_a' };
    keys.ensureInitialKeys({ ...given, environments });
    keys.restrict('ONYM_WRITE_KEY', { environments: ['staging'] });
    keys.ensureInitialKeys({ ...given, environments: [...environments, 'qa'] });
    expect(keys.authenticate('pk_a')?.environments).toEqual(['staging']);
    expect(keys.authenticate('sk_a')?.environments).toEqual([...environments, 'qa']);
  });

  it('refuses one secret for both kinds, and a revoked one', () => {
    const keys = openStore();
    expect(() => keys.ensureInitialKeys({ writeKey: 'same', secretKey: 'same', environments })).toThrow(
      /ONYM_SECRET_KEY is also a publishable key/,
    );
    expect(keys.list()).toEqual([]);
    keys.ensureInitialKeys({ writeKey: 'pk_a', secretKey: 'sk_a', environments });
    keys.revoke('ONYM_SECRET_KEY');
    expect(() => keys.ensureInitialKeys({ writeKey: 'pk_a', secretKey: 'sk_a', environments })).toThrow(/was revoked/);
  });
});
