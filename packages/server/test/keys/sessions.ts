import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLocalKey } from '../../src/keys/local-access.ts';
import type { SessionTable } from '../../src/keys/session-table.ts';
import { createSessions, type Sessions } from '../../src/keys/sessions.ts';
import type { KeyStore } from '../../src/keys/types.ts';
import { limits } from '../../src/limits.ts';
import { none, soon } from './conformance.ts';

/** Where keys and sessions are kept, empty at first. */
export interface SessionPlace {
  /** Both on it, as another process would have them. */
  open(now: () => number): Promise<{ keys: KeyStore; table: SessionTable }>;
  /** All that is stored of sessions, as text. */
  content(): Promise<string>;
  remove(): Promise<void>;
}

/** What sessions are, wherever they are kept. */
export function describeSessions(name: string, create: () => Promise<SessionPlace>): void {
  describe(name, () => {
    let place: SessionPlace;
    let time = 0;
    const closers: (() => Promise<void>)[] = [];
    beforeEach(async () => {
      place = await create();
      time = Date.parse('2026-11-03T12:00:00.000Z');
    });
    afterEach(async () => {
      for (const close of closers.splice(0).reverse()) await close();
      await place.remove();
    });

    async function node(): Promise<{ keys: KeyStore; sessions: Sessions }> {
      const { keys: stored, table } = await place.open(() => time);
      closers.push(() => stored.close());
      const { keys } = withLocalKey(stored, ['production'], time);
      const sessions = createSessions({ table, keys, now: () => time });
      closers.push(() => sessions.close());
      return { keys, sessions };
    }

    async function started() {
      const first = await node();
      await first.keys.start({ initialKeys: none, environments: ['production'] });
      const { key } = await first.keys.create({ name: 'ops', kind: 'secret', environments: ['production'] });
      return { ...first, key };
    }

    it('are known on every node, by a secret that is not stored', async () => {
      const { sessions, key } = await started();
      const begun = await sessions.begin(key);
      expect(begun).toMatchObject({ key, endsAt: time + limits.sessionMaxMs });
      const other = await node();
      expect(await other.sessions.find(begun.secret)).toEqual({ key, endsAt: begun.endsAt });
      expect(await other.sessions.find(`${begun.secret}x`)).toBeNull();
      const content = await place.content();
      expect(content).toContain('ops');
      expect(content).not.toContain(begun.secret);
    });

    it('end when their time is over', async () => {
      const { sessions, key } = await started();
      const { secret } = await sessions.begin(key);
      time += limits.sessionMaxMs - 1;
      expect(await sessions.find(secret)).not.toBeNull();
      time += 1;
      expect(await sessions.find(secret)).toBeNull();
    });

    it('are ended for all nodes at once', async () => {
      const { sessions, key } = await started();
      const [one, two] = [await sessions.begin(key), await sessions.begin(key)];
      const other = await node();
      await other.sessions.end(one.secret);
      expect([await sessions.find(one.secret), (await sessions.find(two.secret))?.key.name]).toEqual([null, 'ops']);
      await other.sessions.end(one.secret);
    });

    it('end with their key, for all nodes at once', async () => {
      const { sessions, key } = await started();
      const { secret } = await sessions.begin(key);
      const { token } = await sessions.invite(key);
      const other = await node();
      await other.keys.revoke('ops');
      expect([await sessions.find(secret), await other.sessions.find(secret)]).toEqual([null, null]);
      expect(await other.sessions.accept(token)).toBeNull();
    });

    it('have the key as it stands now', async () => {
      const { keys, sessions, key } = await started();
      const { secret } = await sessions.begin(key);
      await keys.restrict('ops', { scopes: ['read'] });
      expect((await sessions.find(secret))?.key.scopes).toEqual(['read']);
    });

    it('keep a key to its newest, and forget what has ended', async () => {
      const { keys, sessions, key } = await started();
      const { key: another } = await keys.create({ name: 'another', kind: 'secret', environments: ['production'] });
      const oldest = await sessions.begin(key);
      const kept = await sessions.begin(another);
      const { token } = await sessions.invite(key);
      const later: string[] = [];
      for (let i = 0; i < limits.sessionsPerKeyMax; i++) {
        time += 1;
        later.push((await sessions.begin(key)).secret);
      }
      expect(await sessions.find(oldest.secret)).toBeNull();
      expect(await Promise.all(later.map((secret) => sessions.find(secret)))).not.toContain(null);
      expect(await sessions.find(kept.secret)).not.toBeNull();
      expect(await sessions.accept(token)).not.toBeNull();
      expect((await place.content()).match(/another/g)).toHaveLength(1);
      time += limits.sessionMaxMs;
      await sessions.begin(key);
      expect(await place.content()).not.toContain('another');
    });

    it('begin by a token once, whoever asks, and wherever', async () => {
      const { sessions, key } = await started();
      const other = await node();
      const { token, endsAt } = await sessions.invite(key);
      expect(endsAt).toBe(time + limits.signInTokenMaxMs);
      expect(await place.content()).not.toContain(token);
      const accepted = await Promise.all([sessions, other.sessions, sessions].map((one) => one.accept(token)));
      const [begun, ...more] = accepted.filter((one) => one !== null);
      expect([begun?.key, more]).toEqual([key, []]);
      expect(await other.sessions.find(begun!.secret)).toEqual({ key, endsAt: time + limits.sessionMaxMs });
    });

    it('begin by no token that is too old, and by no session', async () => {
      const { sessions, key } = await started();
      const { token } = await sessions.invite(key);
      const { secret } = await sessions.begin(key);
      expect(await sessions.find(token)).toBeNull();
      expect(await sessions.accept(secret)).toBeNull();
      time += limits.signInTokenMaxMs;
      expect(await sessions.accept(token)).toBeNull();
    });

    it('may be those of the machine itself, at later starts too', async () => {
      const { keys, sessions } = await started();
      const { token } = await sessions.invite(keys.active('local')!);
      const { secret, key } = (await (await node()).sessions.accept(token))!;
      expect(key.name).toBe('local');
      await soon(() => expect(keys.active('ops')).not.toBeNull());
      expect((await (await node()).sessions.find(secret))?.key.name).toBe('local');
    });
  });
}
