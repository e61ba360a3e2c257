import type { EraseFact, Fact, Link, LinkFact, Millis, Pair, Seq, Source, TraitWrite } from '@onym/core';
import type { TimelineEvent } from '../events/types.ts';
import { parseExact } from '../exact-json/parse.ts';
import type { IdentityProfile, Resolved } from '../identity/store.ts';
import { nodeId } from '../node-id.ts';
import { kindsOf } from './ledger-kinds.ts';

/** How the engine's data looks over the wire: snake_case names and ISO 8601 times. schemas.ts describes the same shapes. */

export function timeToWire(time: Millis): string {
  return new Date(time).toISOString();
}

export function optionalTimeToWire(time: Millis | null): string | null {
  return time === null ? null : timeToWire(time);
}

function sourceToWire({ key, lib, batch, public: isPublic }: Source) {
  return { key, lib, batch, public: isPublic };
}

export function resolvedToWire(environment: string, { canonicalId, known }: Resolved) {
  return { identity_id: nodeId(environment, canonicalId), canonical_id: canonicalId, known };
}

/** `{"identities":{…}}` as text: of thousands of ids, an object each is what would cost most. */
export function resolvedToText(environment: string, resolved: ReadonlyMap<string, Resolved>): string {
  let members = '';
  for (const [id, { canonicalId, known }] of resolved) {
    const key = JSON.stringify(id);
    const name = canonicalId === id ? key : JSON.stringify(canonicalId);
    const comma = members === '' ? '' : ',';
    members += `${comma}${key}:{"identity_id":"${nodeId(environment, canonicalId)}","canonical_id":${name},"known":${known}}`;
  }
  return `{"identities":{${members}}}\n`;
}

export function linkToWire(link: Link) {
  return {
    seq: link.seq,
    kind: link.kind,
    primary_id: link.primary,
    secondary_id: link.secondary,
    status: link.status,
    reason: link.reason,
    verdict: link.verdict,
    redundant: link.redundant,
    time: timeToWire(link.time),
    effective_time: timeToWire(link.effectiveTime),
    status_seq: link.statusSeq,
    approves: link.approves,
    waived: link.waived,
    source: sourceToWire(link.source),
  };
}

export function identifierToWire(identifier: IdentityProfile['identifiers'][number]) {
  return {
    distinct_id: identifier.distinctId,
    known: identifier.known,
    first_seen: optionalTimeToWire(identifier.firstSeen),
  };
}

export function eventToWire(event: TimelineEvent, identityId: string) {
  return {
    uuid: event.uuid,
    timestamp: timeToWire(event.timestamp),
    client_timestamp: optionalTimeToWire(event.client_timestamp),
    received_at: timeToWire(event.received_at),
    event: event.event,
    properties: parseExact(event.properties),
    distinct_id: event.distinct_id,
    anonymous_id: event.anonymous_id,
    device_id: event.device_id,
    session_id: event.session_id,
    identity_id: identityId,
  };
}

/** As exports say it: `time` is the effective one. */
export function traitOriginToWire(write: TraitWrite & { readonly distinctId: string }) {
  return {
    distinct_id: write.distinctId,
    time: timeToWire(write.effectiveTime),
    seq: write.seq,
    once: write.kind === 'once',
  };
}

export function traitWriteToWire(write: TraitWrite & { readonly distinctId: string }) {
  return {
    value: write.value,
    once: write.kind === 'once',
    distinct_id: write.distinctId,
    time: timeToWire(write.time),
    effective_time: timeToWire(write.effectiveTime),
    seq: write.seq,
    revoked_seq: write.revokedSeq,
    source: sourceToWire(write.source),
  };
}

export function separationToWire({ pair, seq }: { readonly pair: Pair; readonly seq: Seq }) {
  return { a: pair[0], b: pair[1], seq };
}

function linkFactToWire(link: LinkFact) {
  return {
    kind: link.kind,
    primary_id: link.primary,
    secondary_id: link.secondary,
    verdict: link.verdict,
    reason: link.reason,
    waived: link.waived,
    approves: link.approves,
  };
}

export function factToWire(fact: Fact) {
  return {
    seq: fact.seq,
    time: timeToWire(fact.time),
    op: fact.op,
    kinds: kindsOf(fact),
    verdict: fact.verdict,
    reason: fact.reason,
    timestamp: optionalTimeToWire(fact.timestamp),
    source: sourceToWire(fact.source),
    ...factPartsToWire(fact),
  };
}

function factPartsToWire(fact: Fact): Record<string, unknown> {
  switch (fact.op) {
    case 'identify':
    case 'alias':
    case 'track':
    case 'approve':
      return {
        identified: fact.identified,
        subject: fact.subject,
        traits: fact.traits.map(({ key, value, kind }) => ({ key, value, once: kind === 'once' })),
        link: fact.link === null ? null : linkFactToWire(fact.link),
      };
    case 'split':
      return {
        ...('ids' in fact.target ? { distinct_ids: fact.target.ids } : fact.target),
        revoked: fact.revoked,
        separations: fact.separations,
      };
    case 'separate':
    case 'lift':
      return { a: fact.a, b: fact.b };
    case 'revert':
      return { scope: scopeToWire(fact.scope), revoked: fact.revoked, separations: fact.separations };
    case 'reject':
      return { link: fact.link, a: fact.a, b: fact.b };
    case 'settings':
      return { settings: fact.settings };
    case 'erased':
      return {};
    case 'erase':
      return { receipt: receiptToWire(fact) };
  }
}

export function receiptToWire({ receipt, time }: EraseFact) {
  return {
    id: receipt.id,
    erased_at: timeToWire(time),
    identifiers: receipt.identifiers,
    events: receipt.events,
    links: receipt.links,
    traits: receipt.traits,
    ledger_rows: receipt.ledgerRows,
    dead_letters: receipt.deadLetters,
    separations: receipt.separations,
  };
}

function scopeToWire(scope: Extract<Fact, { op: 'revert' }>['scope']) {
  if ('batch' in scope) return { batch: scope.batch };
  return { key: scope.key, from: timeToWire(scope.from), to: timeToWire(scope.to) };
}
