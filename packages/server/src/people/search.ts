import { exceedsBytes, hasOnlyWholeCharacters } from '../characters.ts';
import { OnymError } from '../errors.ts';
import type { FreshReads } from '../events/fresh-reads.ts';
import { foldedText } from '../identity/matching.ts';
import type { IdentityStore } from '../identity/store.ts';
import { createTurns } from '../in-turn.ts';
import { limits } from '../limits.ts';
import { nodeId } from '../node-id.ts';
import type { FoundIdentifier, Search, SearchAnswer } from './types.ts';

export interface SearchParts {
  readonly identityStore: IdentityStore;
  readonly reads: Pick<FreshReads, 'counts' | 'identifiersWith'>;
}

const order: readonly FoundIdentifier['match'][] = ['exact', 'prefix', 'substring'];
const nothing: SearchAnswer = { identifiers: [], traits: [], isAll: true };
const retryAfterSeconds = 1;

/**
 * Finds people by what somebody types. Identifiers that begin with it, and values of matching traits, come from indexes of the identity store;
 * what only holds it, and identifiers that have nothing but events, from a bounded scan of the event store, one search at a time.
 */
export function createSearch({ identityStore, reads }: SearchParts): Search {
  const inTurn = createTurns();
  let scans = 0;

  /** In the index order counts upper and lower case: it is asked for the ways in which such a text is usually written. */
  async function beginningWith(environment: string, text: string, limit: number) {
    const lower = text.toLowerCase();
    const ways = new Set([text, lower, text.toUpperCase(), lower.replace(/^./u, (first) => first.toUpperCase())]);
    const found = new Set<string>();
    let isAll = true;
    for (const way of ways) {
      const ids = await identityStore.identifiersFrom(environment, way, limit + 1);
      const fitting = ids.filter((id) => id.startsWith(way));
      isAll &&= fitting.length <= limit;
      for (const id of fitting.slice(0, limit)) found.add(id);
    }
    return { ids: found, isAll };
  }

  /** Of the event store: what an erasure has still to remove there is left out. */
  async function holding(environment: string, text: string, limit: number, signal: AbortSignal) {
    if (scans >= limits.waitingSearchesMax) {
      throw new OnymError(
        'overloaded',
        `${scans} searches wait for their turn. Ask again in a second, or with depth=prefix, which waits for none.`,
        { retryAfterSeconds },
      );
    }
    scans++;
    try {
      const found = await inTurn(async () => {
        signal.throwIfAborted();
        return reads.identifiersWith(environment, text, limit);
      });
      const erasures = await identityStore.pendingErasures(environment);
      const erased = new Set(erasures.flatMap(({ distinctIds, strays }) => [...distinctIds, ...strays]));
      return { ids: found.distinctIds.filter((id) => !erased.has(id)), isAll: found.isAll };
    } finally {
      scans--;
    }
  }

  async function isSeen(environment: string, id: string, isDeep: boolean): Promise<boolean | null> {
    if (await identityStore.has(environment, id)) return true;
    if (!isDeep) return null;
    return (await reads.counts(environment, [nodeId(environment, id)])).event_count > 0;
  }

  return {
    async find(environment, text, { limit, depth, signal }) {
      if (text.includes('\u0000') || !hasOnlyWholeCharacters(text)) return nothing;
      const isDeep = depth === 'substring';
      const begun = await beginningWith(environment, text, limit);
      const said = await identityStore.byTrait(environment, foldedText(text), limit);
      const names = new Set([text, ...begun.ids]);
      let isAll = begun.isAll && said.isAll;
      if (isDeep && names.size <= limit) {
        const held = await holding(environment, text, limit + 1, signal);
        for (const id of held.ids) names.add(id);
        isAll &&= held.isAll;
      }
      if (exceedsBytes(text, limits.distinctIdBytesMax) || text === '') names.delete(text);
      const people = said.matches.map(({ distinctId }) => distinctId);
      const { resolved } = await identityStore.resolve(environment, [...new Set([...names, ...people])]);
      const ranked = ranking(text, [...names]);
      const identifiers: FoundIdentifier[] = [];
      for (const { id, match } of ranked.slice(0, limit)) {
        const seen = match === 'exact' ? await isSeen(environment, id, isDeep) : true;
        identifiers.push({ ...resolved.get(id)!, distinctId: id, match, seen });
      }
      return {
        identifiers,
        traits: said.matches.map((match) => ({ ...match, ...resolved.get(match.distinctId)! })),
        isAll: isAll && ranked.length <= limit,
      };
    },
  };
}

/** The nearest first: what it is, what begins with it, of these the shortest. */
function ranking(text: string, ids: readonly string[]): { id: string; match: FoundIdentifier['match'] }[] {
  const lower = text.toLowerCase();
  return ids
    .map((id) => ({ id, match: matchOf(id, text, lower), isAsTyped: id.startsWith(text) }))
    .sort(
      (a, b) =>
        order.indexOf(a.match) - order.indexOf(b.match) ||
        Number(b.isAsTyped) - Number(a.isAsTyped) ||
        a.id.length - b.id.length ||
        (a.id < b.id ? -1 : 1),
    );
}

function matchOf(id: string, text: string, lower: string): FoundIdentifier['match'] {
  if (id === text) return 'exact';
  return id.toLowerCase().startsWith(lower) ? 'prefix' : 'substring';
}
