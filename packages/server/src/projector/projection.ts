import type { Link } from '@onym/core';
import type { IdentifierRow, IdentityRow, LinkRow, Projection } from '../events/types.ts';
import { stringifyExact } from '../exact-json/stringify.ts';
import type { Changes, PendingErasure, TraitOrigin } from '../identity/store.ts';
import { nodeId } from '../node-id.ts';

const linkRow = (link: Link, version: number): LinkRow => ({
  seq: link.seq,
  kind: link.kind,
  primary_id: link.primary,
  secondary_id: link.secondary,
  status: link.status,
  reason: link.reason,
  time: link.time,
  key: link.source.key,
  lib: link.source.lib,
  batch: link.source.batch,
  rule: link.rule,
  effective_time: link.effectiveTime,
  waived: link.waived,
  public: link.source.public,
  version,
});

type TraitColumns = Pick<IdentityRow, 'traits' | 'trait_origins' | 'other_traits'>;

const noTraits: TraitColumns = { traits: '{}', trait_origins: '{}', other_traits: '[]' };

/** No identity has this canonical id any more. */
const retiredRow = (environment: string, canonicalId: string, version: number): IdentityRow => ({
  identity_id: nodeId(environment, canonicalId),
  canonical_id: canonicalId,
  known: false,
  ...noTraits,
  identifiers: [],
  known_identifiers: [],
  created_at: 0,
  version,
  deleted: true,
});

/** As exports tell it. */
const told = ({ distinctId, effectiveTime, seq, kind }: TraitOrigin) => ({
  distinct_id: distinctId,
  time: new Date(effectiveTime).toISOString(),
  seq,
  ...(kind === 'once' ? { once: true } : {}),
});

function traitColumns({ traits, origins, otherTraits }: Changes['identities'][number]): TraitColumns {
  const keys = Object.entries(origins);
  if (keys.length === 0 && otherTraits.length === 0) return noTraits;
  return {
    traits: stringifyExact(traits),
    trait_origins: stringifyExact(Object.fromEntries(keys.map(([key, origin]) => [key, told(origin)]))),
    other_traits: stringifyExact(otherTraits.map(({ key, value, ...origin }) => ({ key, value, ...told(origin) }))),
  };
}

/** The event store's rows of what changed, all as of `changes.seq`. */
export function projectionOf(environment: string, changes: Changes): Projection {
  const version = changes.seq;
  const identifiers = changes.identifiers.map(
    (identifier): IdentifierRow => ({
      node_id: nodeId(environment, identifier.distinctId),
      distinct_id: identifier.distinctId,
      identity_id: nodeId(environment, identifier.canonicalId),
      canonical_id: identifier.canonicalId,
      known: identifier.known,
      identified_seq: identifier.identifiedSeq ?? 0,
      first_seen: identifier.firstSeen,
      version,
    }),
  );
  const present = changes.identities.map(
    (identity): IdentityRow => ({
      identity_id: nodeId(environment, identity.canonicalId),
      canonical_id: identity.canonicalId,
      known: identity.known,
      ...traitColumns(identity),
      identifiers: identity.identifiers,
      known_identifiers: identity.knownIdentifiers,
      created_at: identity.createdAt,
      version,
      deleted: false,
    }),
  );
  const retired = changes.retired.map((canonicalId) => retiredRow(environment, canonicalId, version));
  return {
    identifiers,
    identities: [...present, ...retired],
    links: changes.links.map((link) => linkRow(link, version)),
    separations: changes.separations.map(({ pair: [distinct_id, separated_from], seq, liftedSeq }) => ({
      distinct_id,
      separated_from,
      seq,
      lifted: liftedSeq !== null,
      version,
    })),
    seq: changes.seq,
  };
}

/** After an erasure: those of whom only what was erased spoke. They are alone now, and no ledger row says so any more. */
export function projectionOfStrays(environment: string, { strays, seq }: PendingErasure): Projection {
  const identifiers = strays.map((distinctId): IdentifierRow => {
    const node = nodeId(environment, distinctId);
    return {
      node_id: node,
      distinct_id: distinctId,
      identity_id: node,
      canonical_id: distinctId,
      known: false,
      identified_seq: 0,
      first_seen: null,
      version: seq,
    };
  });
  const identities = strays.map((distinctId) => retiredRow(environment, distinctId, seq));
  return { identifiers, identities, links: [], separations: [], seq };
}
