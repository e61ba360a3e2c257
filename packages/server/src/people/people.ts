import type { Seq } from '@onym/core';
import { added, noEvents } from '../events/event-counts.ts';
import type { FreshReads } from '../events/fresh-reads.ts';
import type { IdentityStore } from '../identity/store.ts';
import { isUuid, nodeId } from '../node-id.ts';
import type { Erasures } from './erasures.ts';
import { personParts } from './person-export.ts';
import type { At, IdentityName, People } from './types.ts';

export interface PeopleParts {
  readonly identityStore: IdentityStore;
  readonly reads: FreshReads;
  readonly erasures: Pick<Erasures, 'erase' | 'eraseAll'>;
}

export function createPeople({ identityStore, reads, erasures }: PeopleParts): People {
  /** The distinct_id a path names; null when it names a node id that neither store has met. */
  async function distinctIdOf(environment: string, { id, by }: IdentityName): Promise<string | null> {
    if (by === 'distinct_id' || (by === null && !isUuid(id))) return id;
    const node = id.toLowerCase();
    const stored = await identityStore.byNodeId(environment, node);
    if (stored !== null) return stored;
    // An identifier that was never linked has no row; its events know its name.
    const [event] = await reads.timeline(environment, [node], { before: null, limit: 1 });
    if (event !== undefined) return event.distinct_id;
    return by === null ? id : null;
  }

  /** Of every identifier of the identity. */
  const nodesOf = async (environment: string, distinctId: string, asOf?: Seq): Promise<string[]> =>
    (await identityStore.members(environment, distinctId, asOf)).map((id) => nodeId(environment, id));

  /** undefined means now. */
  async function seqOf(environment: string, { asOf, asOfSeq }: At): Promise<Seq | undefined> {
    if (asOfSeq !== null) return asOfSeq;
    return asOf === null ? undefined : identityStore.seqAt(environment, asOf);
  }

  /** Neither store has met it. */
  const isStranger = async (environment: string, distinctId: string, eventCount: number): Promise<boolean> =>
    eventCount === 0 && !(await identityStore.has(environment, distinctId));

  return {
    async resolve(environment, distinctIds, at) {
      const { resolved } = await identityStore.resolve(environment, distinctIds, await seqOf(environment, at));
      return resolved;
    },

    async identity(environment, name, page) {
      const distinctId = await distinctIdOf(environment, name);
      if (distinctId === null) return null;
      const asOf = await seqOf(environment, page);
      const counts = await reads.counts(environment, await nodesOf(environment, distinctId, asOf));
      const profile = await identityStore.profile(environment, distinctId, page, asOf);
      return (await isStranger(environment, distinctId, counts.event_count)) ? null : { profile, counts };
    },

    async timeline(environment, name, page) {
      const distinctId = await distinctIdOf(environment, name);
      if (distinctId === null) return null;
      const nodes = await nodesOf(environment, distinctId);
      const events = await reads.timeline(environment, nodes, page);
      if (page.before === null && events.length === 0) {
        // Somebody may have events, and none of this name.
        const { event_count } = await reads.counts(environment, nodes);
        if (await isStranger(environment, distinctId, event_count)) return null;
      }
      const { resolved } = await identityStore.resolve(environment, [distinctId]);
      return { canonicalId: resolved.get(distinctId)!.canonicalId, events };
    },

    async traitHistory(environment, name, key, page) {
      const distinctId = await distinctIdOf(environment, name);
      if (distinctId === null) return null;
      if (await identityStore.has(environment, distinctId)) {
        return identityStore.traitHistory(environment, distinctId, key, page);
      }
      const { event_count } = await reads.counts(environment, [nodeId(environment, distinctId)]);
      return event_count === 0 ? null : [];
    },

    async history(environment, name, { asOf, asOfSeq, ...page }) {
      const distinctId = await distinctIdOf(environment, name);
      if (distinctId === null) return null;
      const upTo = await seqOf(environment, { asOf, asOfSeq });
      const rows = await identityStore.history(environment, distinctId, { ...page, upTo });
      if (rows.length > 0) return rows;
      const { event_count } = await reads.counts(environment, [nodeId(environment, distinctId)]);
      return (await isStranger(environment, distinctId, event_count)) ? null : [];
    },

    async recent(environment, page) {
      const { identities, next } = await identityStore.recent(environment, page);
      const nodes = await Promise.all(identities.map(({ canonicalId }) => nodesOf(environment, canonicalId)));
      const counted = await reads.countEach(environment, nodes.flat());
      const countsOf = (of: readonly string[]) =>
        of.map((node) => counted.get(node) ?? noEvents).reduce(added, noEvents);
      return { people: identities.map((identity, index) => ({ ...identity, counts: countsOf(nodes[index]!) })), next };
    },

    separations: identityStore.separations,
    explain: (environment, a, b) => identityStore.explain(environment, a, b),

    async erase(environment, name, options) {
      const distinctId = await distinctIdOf(environment, name);
      return distinctId === null ? null : erasures.erase(environment, distinctId, options);
    },

    eraseAll: erasures.eraseAll,

    async export(environment, name) {
      const distinctId = await distinctIdOf(environment, name);
      if (distinctId === null) return null;
      const { event_count } = await reads.counts(environment, await nodesOf(environment, distinctId));
      if (await isStranger(environment, distinctId, event_count)) return null;
      return personParts({ identityStore, eventStore: reads }, environment, distinctId);
    },
  };
}
