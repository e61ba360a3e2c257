import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { allScopes, type Key, type KeyStore, type NewKey, type Scope } from '../../src/keys/types.ts';
import { describeAsking } from './asking-conformance.ts';

/** Where keys are kept, empty at first. */
export interface KeyPlace {
  /** A store on it, as another process would have it. */
  open(now: () => number): Promise<KeyStore>;
  /** All that is stored, as text. */
  content(): Promise<string>;
  remove(): Promise<void>;
}

/** Resolves once what is expected holds: what others change is heard of, whatever else the machine does. */
export const soon = (expected: () => void): Promise<void> => vi.waitFor(expected, { timeout: 30_000 });

export const none = { writeKey: null, secretKey: null };
export const web = { name: 'web', kind: 'publishable', environments: ['production'] } as const;
const backend = { name: 'backend', kind: 'secret', environments: ['production', 'staging'] } as const;

/** What every key store does, wherever it keeps its keys. */
export function describeKeyStore(name: string, makePlace: () => Promise<KeyPlace>): void {
  describe(name, () => {
    let place: KeyPlace;
    let time: number;
    const open = new Set<KeyStore>();

    const openStore = async (): Promise<KeyStore> => {
      const store = await place.open(() => time);
      open.add(store);
      return store;
    };

    const close = (store: KeyStore): Promise<void> => {
      open.delete(store);
      return store.close();
    };

    /** As after a first start. */
    const startedStore = async (environments: readonly string[] = ['production', 'staging']): Promise<KeyStore> => {
      const store = await openStore();
      await store.start({ initialKeys: none, environments });
      return store;
    };

    const named = async (store: KeyStore, name: string): Promise<Key | undefined> =>
      (await store.list()).find((key) => key.name === name);

    beforeEach(async () => {
      place = await makePlace();
      time = 1_000_000;
    });

    afterEach(async () => {
      for (const store of open) await close(store);
      await place.remove();
    });

    describe('create', () => {
      it('makes publishable and secret keys', async () => {
        const keys = await startedStore();
        const publishable = await keys.create(web);
        expect(publishable.secret).toMatch(/^pk_[\w-]{32}$/);
        expect(keys.authenticate(publishable.secret)).toEqual({
          name: 'web',
          kind: 'publishable',
          scopes: ['track', 'identify', 'alias'],
          environments: ['production'],
          origins: null,
          createdAt: time,
          createdBy: 'local',
          lastUsedAt: null,
          revokedAt: null,
          revokedBy: null,
        });
        const secret = await keys.create(backend);
        expect(secret.secret).toMatch(/^sk_[\w-]{32}$/);
        expect(keys.authenticate(secret.secret)).toMatchObject({
          kind: 'secret',
          scopes: allScopes,
          environments: ['production', 'staging'],
        });
      });

      it('gives the scopes and environments asked for, each once', async () => {
        const keys = await startedStore();
        const twice = { environments: ['staging', 'staging'], scopes: ['query', 'track', 'query'] } as const;
        const { key, secret } = await keys.create({ ...backend, ...twice });
        expect(key).toMatchObject({ scopes: ['track', 'query'], environments: ['staging'] });
        expect(keys.authenticate(secret)).toEqual(key);
        expect((await keys.create({ ...web, scopes: ['alias'] })).key.scopes).toEqual(['alias']);
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
        ['a name that no text holds', { name: 'a\0' }, /without NUL/],
        ['half a character for a name', { name: 'a\ud83d' }, /without half|half a surrogate/],
        ['the name of the machine itself', { name: 'local' }, /Choose another/],
      ])('makes none with %s', async (_what, wrong, message) => {
        const keys = await startedStore();
        await expect(keys.create({ ...web, ...wrong })).rejects.toThrow(message);
        expect(await keys.list()).toHaveLength(2);
      });

      it('knows no environment before a server was started', async () => {
        await expect((await openStore()).create(web)).rejects.toThrow(/no server was ever started here/);
      });

      it('knows the environments of the last start', async () => {
        const keys = await startedStore(['production']);
        await expect(keys.create({ ...web, environments: ['qa'] })).rejects.toThrow(/The server has production:/);
        await keys.start({ initialKeys: none, environments: ['qa', 'production'] });
        expect((await keys.create({ ...web, environments: ['qa'] })).key.environments).toEqual(['qa']);
        await keys.start({ initialKeys: none, environments: ['production'] });
        await expect(keys.create({ ...web, name: 'two', environments: ['qa'] })).rejects.toThrow(/no environment "qa"/);
        expect((await named(keys, 'web'))?.environments).toEqual(['qa']);
      });

      it('stores no secret', async () => {
        const keys = await startedStore();
        const { secret } = await keys.create(web);
        await close(keys);
        expect(await place.content()).toContain('web');
        expect(await place.content()).not.toContain(secret);
        expect((await openStore()).authenticate(secret)?.name).toBe('web');
      });

      it('never gives a name twice, not even a revoked one', async () => {
        const keys = await startedStore();
        await keys.create(web);
        await keys.revoke('web');
        await expect(keys.create(web)).rejects.toThrow(/is or was in use/);
      });
    });

    describe('authenticate', () => {
      it('knows no other secret', async () => {
        const keys = await startedStore();
        const { secret } = await keys.create(web);
        for (const other of ['', 'pk_', `${secret}x`, secret.slice(0, -1), secret.toUpperCase(), 'pk_\u0000', '🔑']) {
          expect(keys.authenticate(other)).toBeNull();
        }
      });

      it('notes the last use, and writes it when the store closes', async () => {
        const keys = await startedStore();
        const { secret } = await keys.create(web);
        time += 5;
        keys.authenticate(secret);
        expect(await named(keys, 'web')).toMatchObject({ lastUsedAt: time });
        time += 5;
        keys.authenticate(secret);
        await close(keys);
        expect(await named(await openStore(), 'web')).toMatchObject({ lastUsedAt: time });
      });

      it('of uses in several places the latest stands', async () => {
        const [one, other] = [await startedStore(), await openStore()];
        const { secret } = await one.create(web);
        time += 1_000;
        await soon(() => expect(other.authenticate(secret)).not.toBeNull());
        const latest = time;
        time -= 500;
        one.authenticate(secret);
        await close(other);
        await close(one);
        expect(await named(await openStore(), 'web')).toMatchObject({ lastUsedAt: latest });
      });
    });

    describe('a key that asks', () => describeAsking(startedStore));

    describe('restrict and revoke', () => {
      it('act at once', async () => {
        const keys = await startedStore();
        const { secret } = await keys.create(web);
        expect((await keys.restrict('web', { scopes: ['track'] })).scopes).toEqual(['track']);
        expect(keys.authenticate(secret)).toMatchObject({ scopes: ['track'], environments: ['production'] });
        await keys.restrict('web', { environments: ['staging'] });
        expect(keys.authenticate(secret)).toMatchObject({ scopes: ['track'], environments: ['staging'] });
        await expect(keys.restrict('web', { environments: [] })).rejects.toThrow(/needs an environment/);
        await expect(keys.restrict('web', { environments: ['prod'] })).rejects.toThrow(/no environment "prod"/);
        await expect(keys.restrict('web', { scopes: [] })).rejects.toThrow(/needs a scope/);
        await expect(keys.restrict('web', { scopes: ['read'] })).rejects.toThrow(/can't have the scope read/);
        expect(keys.active('web')).toMatchObject({ scopes: ['track'], environments: ['staging'] });

        const { revokedAt } = await keys.revoke('web');
        expect(keys.authenticate(secret)).toBeNull();
        expect(keys.active('web')).toBeNull();
        time += 1;
        expect((await keys.revoke('web')).revokedAt).toBe(revokedAt);
        expect(await keys.list()).toHaveLength(3);
        await expect(keys.revoke('nobody')).rejects.toThrow(/no key named/);
        await expect(keys.restrict('nobody', {})).rejects.toThrow(/no key named/);
      });

      it('reach another process within a second', async () => {
        const server = await startedStore();
        const cli = await openStore();
        const { secret } = await cli.create(web);
        time += 1_000;
        await soon(() => expect(server.authenticate(secret)?.scopes).toHaveLength(3));
        await cli.restrict('web', { scopes: ['track'] });
        time += 1_000;
        await soon(() => expect(server.authenticate(secret)?.scopes).toEqual(['track']));
        await cli.revoke('web');
        time += 1_000;
        await soon(() => expect(server.authenticate(secret)).toBeNull());
        expect(server.active('web')).toBeNull();
        expect(server.stateOf(secret)).toBe('revoked');
      });

      it('take secret keys to some scopes, and back to all', async () => {
        const keys = await startedStore();
        const { secret } = await keys.create(backend);
        expect((await keys.restrict('backend', { scopes: ['query'] })).scopes).toEqual(['query']);
        expect(keys.authenticate(secret)?.scopes).toEqual(['query']);
        expect((await keys.restrict('backend', { scopes: allScopes })).scopes).toEqual(allScopes);
      });

      it('tell what became of a key, without using it', async () => {
        const keys = await startedStore();
        const { secret } = await keys.create(web);
        expect([keys.stateOf(secret), keys.stateOf('pk_nobody')]).toEqual(['active', 'unknown']);
        await keys.revoke('web');
        expect(keys.stateOf(secret)).toBe('revoked');
        expect((await named(keys, 'web'))?.lastUsedAt).toBeNull();
      });
    });

    describe('start', () => {
      const environments = ['production', 'staging'];

      it('makes a key of each kind at the first start alone', async () => {
        const keys = await openStore();
        const { isFirst, made } = await keys.start({ initialKeys: none, environments });
        expect([isFirst, made.writeKey, made.secretKey]).toEqual([
          true,
          expect.stringMatching(/^pk_/),
          expect.stringMatching(/^sk_/),
        ]);
        expect(keys.authenticate(made.writeKey!)).toMatchObject({ kind: 'publishable', environments });
        expect(keys.authenticate(made.secretKey!)).toMatchObject({ kind: 'secret', scopes: allScopes, environments });
        const later = { isFirst: false, made: none };
        expect(await keys.start({ initialKeys: none, environments })).toEqual(later);
        for (const { name } of await keys.list()) await keys.revoke(name);
        expect(await keys.start({ initialKeys: none, environments })).toEqual(later);
        expect(await keys.start({ initialKeys: { writeKey: 'pk_late', secretKey: 'sk_late' }, environments })).toEqual(
          later,
        );
        expect([keys.authenticate('pk_late'), keys.authenticate('sk_late')]).toEqual([null, null]);
      });

      it('registers the given ones at the first start, and ends none at any', async () => {
        const keys = await openStore();
        const given = { writeKey: 'pk_given', secretKey: 'sk_given' };
        expect(await keys.start({ initialKeys: given, environments })).toEqual({ isFirst: true, made: none });
        expect(keys.authenticate('pk_given')).toMatchObject({ name: 'ONYM_INITIAL_WRITE_KEY', kind: 'publishable' });
        expect(keys.authenticate('sk_given')).toMatchObject({ name: 'ONYM_INITIAL_SECRET_KEY', kind: 'secret' });
        for (const initialKeys of [given, none, { writeKey: 'pk_next', secretKey: 'sk_next' }]) {
          expect(await keys.start({ initialKeys, environments })).toEqual({ isFirst: false, made: none });
          expect([keys.authenticate('pk_given')?.kind, keys.authenticate('sk_given')?.kind]).toEqual([
            'publishable',
            'secret',
          ]);
          expect([keys.authenticate('pk_next'), keys.authenticate('sk_next')]).toEqual([null, null]);
        }
        expect(await keys.list()).toHaveLength(2);
      });

      it('makes the one that is not given', async () => {
        const initialKeys = { writeKey: 'pk_a', secretKey: null };
        const { made } = await (await openStore()).start({ initialKeys, environments });
        expect(made).toEqual({ writeKey: null, secretKey: expect.stringMatching(/^sk_/) });
      });

      it('makes one pair when several start together for the first time, and others neither', async () => {
        const stores = await Promise.all([openStore(), openStore(), openStore()]);
        const started = await Promise.all(stores.map((store) => store.start({ initialKeys: none, environments })));
        const [first, ...more] = started.filter(({ isFirst }) => isFirst);
        expect([more.length, await stores[0]!.list()]).toEqual([0, expect.objectContaining({ length: 2 })]);
        expect(started.filter(({ made }) => made.secretKey !== null)).toEqual([first]);
        time += 1_000;
        for (const store of stores) {
          await soon(() => expect(store.authenticate(first!.made.secretKey!)?.name).toBe('first-secret-key'));
        }
      });

      it('lets its keys follow the configured environments until restricted', async () => {
        const keys = await openStore();
        const initialKeys = { writeKey: 'pk_a', secretKey: 'sk_a' };
        await keys.start({ initialKeys, environments });
        await keys.restrict('ONYM_INITIAL_WRITE_KEY', { environments: ['staging'] });
        await keys.start({ initialKeys: none, environments: [...environments, 'qa'] });
        expect(keys.authenticate('pk_a')?.environments).toEqual(['staging']);
        expect(keys.authenticate('sk_a')?.environments).toEqual([...environments, 'qa']);
      });
    });
  });
}
