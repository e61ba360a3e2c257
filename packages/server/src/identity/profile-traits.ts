import { byKind, foldTraits, type State, type TraitWrite, traitKinds, winnerOf } from '@onym/core';
import type { Changes } from './store.ts';

type ProfileTraits = Pick<Changes['identities'][number], 'traits' | 'origins' | 'otherTraits'>;
type Write = TraitWrite & { readonly distinctId: string };

const none: ProfileTraits = { traits: {}, origins: {}, otherTraits: [] };

/**
 * A profile's values, where each comes from (also where the write in force has removed the value), and what each identifier says by itself
 * beside them. Values that an identifier's own later ones have replaced are not among it.
 */
export function profileTraitsOf(state: Pick<State, 'traits'>, members: readonly string[]): ProfileTraits {
  const standing = new Map<string, Write[]>();
  for (const distinctId of members) {
    for (const [key, writes] of state.traits.get(distinctId) ?? []) {
      const list = standing.get(key) ?? [];
      for (const kind of traitKinds) {
        const winner = winnerOf(writes.filter((write) => write.kind === kind));
        if (winner !== null) list.push({ ...winner, distinctId });
      }
      standing.set(key, list);
    }
  }
  // As of most who an import brings.
  if (standing.size === 0) return none;
  const inForce = new Map(
    [...standing].flatMap(([key, writes]) => (writes.length === 0 ? [] : [[key, winnerOf(writes)!]])),
  );
  const others = [...standing].flatMap(([key, writes]) => writes.filter((write) => write !== inForce.get(key)));
  return {
    traits: Object.fromEntries([...foldTraits(state, members)].map(([key, write]) => [key, write.value])),
    origins: Object.fromEntries([...inForce].map(([key, write]) => [key, originOf(write)])),
    otherTraits: others
      .sort((a, b) => a.seq - b.seq || (a.key < b.key ? -1 : a.key > b.key ? 1 : byKind(a, b)))
      .map((write) => ({ ...originOf(write), key: write.key, value: write.value })),
  };
}

const originOf = ({ distinctId, seq, effectiveTime, kind }: Write) => ({ distinctId, seq, effectiveTime, kind });
