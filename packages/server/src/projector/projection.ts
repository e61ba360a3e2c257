import type { Link } from '@onym/core';
import type { IdentifierRow, IdentityRow, LinkRow, Projection } from '../events/types.ts';
import { stringifyExact } from '../exact-json/stringify.ts';
import type { Changes } from '../identity/types.ts';
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
  version,
});

/** The event store's rows of what changed, all as of `changes.seq`. */
export function projectionOf(environment: string, changes: Changes): Projection {
  const version = changes.seq;
  const identifiers = changes.identifiers.map(
    (identifier): IdentifierRow => ({
      node_id: nodeId(environment, identifier.distinctId),
      distinct_id: identifier.distinctId,
      identity_id: nodeId(environment, identifier.canonicalId),
      known: identifier.known,
      first_seen: identifier.firstSeen,
      version,
    }),
  );
  const present = changes.identities.map(
    (identity): IdentityRow => ({
      identity_id: nodeId(environment, identity.canonicalId),
      canonical_id: identity.canonicalId,
      known: identity.known,
      traits: stringifyExact(identity.traits),
      identifiers: identity.identifiers,
      created_at: identity.createdAt,
      version,
      deleted: false,
    }),
  );
  const retired = changes.retired.map(
    (canonicalId): IdentityRow => ({
      identity_id: nodeId(environment, canonicalId),
      canonical_id: canonicalId,
      known: false,
      traits: '{}',
      identifiers: [],
      created_at: 0,
      version,
      deleted: true,
    }),
  );
  return {
    identifiers,
    identities: [...present, ...retired],
    links: changes.links.map((link) => linkRow(link, version)),
    seq: changes.seq,
  };
}
