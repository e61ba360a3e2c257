import type { Fact, Link, Pair, Separation, Seq, TraitWrite } from '@onym/core';
import type { EventCounts, EventStore, TimelineEvent, TimelinePlace } from '../events/types.ts';
import type { IdentityProfile, IdentityStore } from '../identity/store.ts';
import { nodeId } from '../node-id.ts';

/** All that is held of a person, piece by piece (subject access). */
export type PersonPart =
  | { readonly type: 'identity'; readonly profile: IdentityProfile; readonly counts: EventCounts }
  | { readonly type: 'identifier'; readonly identifier: IdentityProfile['identifiers'][number] }
  | { readonly type: 'trait'; readonly write: TraitWrite & { readonly distinctId: string } }
  | { readonly type: 'link'; readonly link: Link }
  | { readonly type: 'separation'; readonly separation: Separation }
  | { readonly type: 'ledger'; readonly fact: Fact }
  | { readonly type: 'event'; readonly event: TimelineEvent; readonly canonicalId: string };

interface Stores {
  readonly identityStore: Pick<IdentityStore, 'profile' | 'members' | 'recorded' | 'ledger'>;
  readonly eventStore: Pick<EventStore, 'counts' | 'timeline'>;
}

const identifiersPerRead = 1_000;
const eventsPerRead = 1_000;

/** What is held in memory at a time is bounded by one identifier's record, the numbers of ledger rows and a page of events. */
export async function* personParts(
  { identityStore, eventStore }: Stores,
  environment: string,
  distinctId: string,
): AsyncGenerator<PersonPart> {
  const members = await identityStore.members(environment, distinctId);
  const nodes = members.map((id) => nodeId(environment, id));
  const counts = await eventStore.counts(environment, nodes);
  const page = {
    identifiersAfter: null as string | null,
    linksAfter: Number.MAX_SAFE_INTEGER,
    limit: identifiersPerRead,
  };
  let profile = await identityStore.profile(environment, distinctId, page);
  yield { type: 'identity', profile, counts };
  const { canonicalId } = profile;
  while (profile.identifiers.length > 0) {
    for (const identifier of profile.identifiers) yield { type: 'identifier', identifier };
    const last = profile.identifiers.at(-1)!.distinctId;
    profile = await identityStore.profile(environment, distinctId, { ...page, identifiersAfter: last });
  }
  const rows = new Set<Seq>();
  yield* recordedParts(identityStore, environment, members, rows);
  const inside = new Set(members);
  for (const seq of [...rows].sort((a, b) => a - b)) {
    const [fact] = await identityStore.ledger(environment, seq - 1, 1);
    if (fact?.seq === seq) yield { type: 'ledger', fact: aboutThem(fact, inside) };
  }
  let before: TimelinePlace | null = null;
  for (;;) {
    const events: TimelineEvent[] = await eventStore.timeline(environment, nodes, { before, limit: eventsPerRead });
    for (const event of events) yield { type: 'event', event, canonicalId };
    if (events.length < eventsPerRead) return;
    before = events.at(-1)!;
  }
}

/** Links and separations between two of the identifiers come with the first of them. */
async function* recordedParts(
  identityStore: Pick<IdentityStore, 'recorded'>,
  environment: string,
  members: readonly string[],
  rows: Set<Seq>,
): AsyncGenerator<PersonPart> {
  const done = new Set<string>();
  const isNew = ([a, b]: Pair) => !done.has(a) && !done.has(b);
  for (const id of members) {
    const recorded = await identityStore.recorded(environment, id);
    for (const write of recorded.traits) yield { type: 'trait', write: { ...write, distinctId: id } };
    for (const link of recorded.links) if (isNew([link.primary, link.secondary])) yield { type: 'link', link };
    for (const separation of recorded.separations) {
      if (isNew(separation.pair)) yield { type: 'separation', separation };
    }
    for (const seq of recorded.rows) rows.add(seq);
    done.add(id);
  }
}

/** A row may speak of others as well: their traits, and what separates them from each other, are theirs. */
function aboutThem(fact: Fact, members: ReadonlySet<string>): Fact {
  switch (fact.op) {
    case 'identify':
      return members.has(fact.subject ?? '') ? fact : { ...fact, traits: [] };
    case 'revert':
    case 'split':
      return { ...fact, separations: fact.separations.filter(([a, b]) => members.has(a) || members.has(b)) };
    default:
      return fact;
  }
}
