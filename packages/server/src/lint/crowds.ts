import type { Seq } from '@onym/core';
import { LRUCache } from 'lru-cache';
import type { IdentityStore } from '../identity/store.ts';
import { limits } from '../limits.ts';
import { lintThresholds } from './rules.ts';

/** Persons under many ids, found without reading them whole for each of their aliases. `names` are ids of one, after an alias of hers. */
export interface Crowds {
  /** Whether so many are of the identity that asking for her as she was takes long: 10 µs for each. Rejects when the identity store does. */
  isLarge(names: readonly string[]): Promise<boolean>;
  /**
   * The known identifiers that an identity has after an alias, which is a row of the ledger; null while they are no crowd. Of a large one,
   * those that she has by now. Rejects when the identity store does.
   */
  after(names: readonly string[], seq: Seq): Promise<number | null>;
  /** To be called where identities may have become smaller. */
  clear(): void;
  forget(ids: ReadonlySet<string>): void;
}

/** An identity as it was read last, and grown since. Several names have the same one. */
interface Seen {
  /** As many at the most, while they are no crowd; null as long as they were not counted. */
  knownIdentifiers: number | null;
  size: number;
  /** Since it was read. */
  aliases: number;
}

/** A crowd is read again once its aliases since are this part of it; so all of n aliases read some 64 n rows. */
const readAgainAfter = 1 / 64;
const largeMin = 1_000;
const { knownIdentifiersMin } = lintThresholds;

type Store = Pick<IdentityStore, 'members' | 'known' | 'profile'>;

export function createCrowds(environment: string, identityStore: Store): Crowds {
  /** By each of their ids that was named: another one may be canonical after each alias. */
  const seen = new LRUCache<string, Seen>({ max: limits.lintCrowdedIdentitiesMax });

  const remembered = (names: readonly string[]): Seen | null => largest(names.flatMap((id) => seen.get(id) ?? []));

  function remember(names: readonly string[], now: Seen): Seen {
    for (const id of names) seen.set(id, now);
    return now;
  }

  async function read(id: string, seq: Seq, before: Seen | null): Promise<Seen> {
    const members = await identityStore.members(environment, id);
    const size = members.length;
    const seenWith = (knownIdentifiers: number): Seen => ({ knownIdentifiers, size, aliases: 0 });
    if (size < knownIdentifiersMin) return seenWith(size);
    const knownBefore = before?.knownIdentifiers ?? 0;
    // A smaller one was split.
    if (before !== null && knownBefore >= knownIdentifiersMin && before.size <= size) return seenWith(knownBefore + 1);
    // Cheap, and enough of a reason not to read the whole identity: known ids are many in few.
    const known = await identityStore.known(environment, members);
    if (known.size < knownIdentifiersMin || size >= largeMin) return seenWith(known.size);
    const { identifiers } = await identityStore.profile(environment, id, wholeProfile, seq);
    return seenWith(identifiers.filter((identifier) => identifier.known).length);
  }

  return {
    async isLarge(names) {
      const known = remembered(names);
      if (known !== null) return known.size >= largeMin;
      const { length } = await identityStore.members(environment, names[0]!);
      return remember(names, { knownIdentifiers: null, size: length, aliases: 0 }).size >= largeMin;
    },
    async after(names, seq) {
      const before = remembered(names);
      const now = before === null || isToBeRead(before) ? await read(names[0]!, seq, before) : grown(before);
      const { knownIdentifiers } = remember(names, now);
      return (knownIdentifiers ?? 0) >= knownIdentifiersMin ? knownIdentifiers : null;
    },
    clear: () => seen.clear(),
    forget(ids) {
      for (const id of ids) seen.delete(id);
    },
  };
}

function isToBeRead({ knownIdentifiers, size, aliases }: Seen): boolean {
  if (knownIdentifiers === null || aliases + 1 > size * readAgainAfter) return true;
  // It may have become one.
  return knownIdentifiers === knownIdentifiersMin - 1;
}

/** Each alias is one more. */
function grown(seen: Seen): Seen {
  seen.aliases++;
  seen.knownIdentifiers! += 1;
  return seen;
}

function largest(all: readonly Seen[]): Seen | null {
  return all.reduce<Seen | null>((most, one) => (most === null || one.size > most.size ? one : most), null);
}

/** All identifiers, also of an identity that an approval made larger than the settings allow; no links. */
export const wholeProfile = {
  identifiersAfter: null,
  linksAfter: Number.MAX_SAFE_INTEGER,
  limit: Number.MAX_SAFE_INTEGER,
};
