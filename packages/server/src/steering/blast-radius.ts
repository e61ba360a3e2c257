import type { BlastRadius, Json, ProfileSnapshot } from '@onym/core';
import type { EventStore } from '../events/types.ts';
import { limits } from '../limits.ts';
import { nodeId } from '../node-id.ts';

/** A blast radius as it goes over the wire: whole numbers are exact, lists show the first of each. */
export async function describeRadius(
  environment: string,
  radius: BlastRadius,
  eventStore: Pick<EventStore, 'counts'>,
): Promise<Json> {
  const listed = <T>(items: readonly T[]): readonly T[] => items.slice(0, limits.blastRadiusListedMax);
  const identity = ({ canonicalId, known, identifiers }: ProfileSnapshot) => ({
    identity_id: nodeId(environment, canonicalId),
    canonical_id: canonicalId,
    known,
    identifiers: identifiers.length,
    distinct_ids: [...listed(identifiers)],
  });
  return {
    identities: { before: radius.counts.before, after: radius.counts.after },
    before: listed(radius.before).map(identity),
    after: listed(radius.after).map(identity),
    identifiers: {
      moved: radius.counts.moved,
      listed: listed(radius.moved).map(({ distinctId, from, to }) => ({ distinct_id: distinctId, from, to })),
    },
    events: await countEvents(environment, radius, eventStore),
    traits: {
      changed: radius.counts.traits,
      // A side that has no such trait is left out.
      listed: listed(radius.traits).map(({ canonicalId, key, from, to }) => ({
        canonical_id: canonicalId,
        key,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      })),
    },
  };
}

/** Events that would change hands: those of every identifier that gets another canonical id. */
async function countEvents(
  environment: string,
  { moved }: BlastRadius,
  eventStore: Pick<EventStore, 'counts'>,
): Promise<number> {
  const nodes = moved.map(({ distinctId }) => nodeId(environment, distinctId));
  return (await eventStore.counts(environment, nodes)).event_count;
}
