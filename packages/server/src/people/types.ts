import type { EraseFact, Fact, Millis, Seq, Source, TraitWrite } from '@onym/core';
import type { EventCounts, TimelineEvent, TimelinePlace } from '../events/types.ts';
import type {
  HistoryPage,
  IdentityProfile,
  IdentityStore,
  RecentIdentity,
  RecentPlace,
  Resolved,
  TraitMatch,
  TraitPlace,
} from '../identity/store.ts';
import type { Erasures } from './erasures.ts';
import type { PersonPart } from './person-export.ts';

/** Who is who, and what is known of them, from both stores. */
export interface People {
  /** One entry per distinct id asked for. */
  resolve(environment: string, distinctIds: readonly string[], at: At): Promise<ReadonlyMap<string, Resolved>>;
  /** null when neither store has met the identifier. */
  identity(environment: string, name: IdentityName, page: IdentityPage): Promise<IdentityView | null>;
  /** The identity's events, newest first, `before` exclusive; null when the identity does not exist. */
  timeline(
    environment: string,
    name: IdentityName,
    page: { readonly before: TimelinePlace | null; readonly limit: number },
  ): Promise<Timeline | null>;
  /** Newest effective time first; empty for a key never set, null when the identity does not exist. */
  traitHistory(
    environment: string,
    name: IdentityName,
    key: string,
    page: { readonly after: TraitPlace | null; readonly limit: number },
  ): Promise<readonly (TraitWrite & { readonly distinctId: string })[] | null>;
  /** See IdentityStore.history; null when the identity does not exist. */
  history(
    environment: string,
    name: IdentityName,
    page: At & Omit<HistoryPage, 'upTo'>,
  ): Promise<readonly Fact[] | null>;
  /** Whose profile changed last, with what their events say. Bounded as `IdentityStore.recent`. */
  recent(
    environment: string,
    page: Parameters<IdentityStore['recent']>[1],
  ): Promise<{ readonly people: readonly RecentPerson[]; readonly next: RecentPlace | null }>;
  separations: IdentityStore['separations'];
  explain: IdentityStore['explain'];
  /** null when neither store has met the identifier. */
  erase(
    environment: string,
    name: IdentityName,
    options: { readonly dryRun: boolean; readonly source: Source },
  ): Promise<EraseFact | null>;
  /** See Erasures.eraseAll. */
  eraseAll: Erasures['eraseAll'];
  /** All that is held of the identity; null when neither store has met the identifier. */
  export(environment: string, name: IdentityName): Promise<AsyncIterable<PersonPart> | null>;
}

/** The moment a read is true at: both null for now; at most one is set. `asOf` is a received time. */
export interface At {
  readonly asOf: Millis | null;
  readonly asOfSeq: Seq | null;
}

/** The `:id` of a path. With `by` null, a UUID is read first as a node id, then as a distinct_id. */
export interface IdentityName {
  readonly id: string;
  readonly by: 'distinct_id' | 'identity_id' | null;
}

export interface IdentityPage extends At {
  readonly identifiersAfter: string | null;
  readonly linksAfter: Seq;
  readonly limit: number;
}

export interface FoundIdentifier extends Resolved {
  readonly distinctId: string;
  readonly match: 'exact' | 'prefix' | 'substring';
  /** Whether it is in either store; null where only the identity store was asked, which does not have it. */
  readonly seen: boolean | null;
}

export interface SearchAnswer {
  readonly identifiers: readonly FoundIdentifier[];
  readonly traits: readonly (TraitMatch & Resolved)[];
  /** Whether these are all that there are. */
  readonly isAll: boolean;
}

export interface Search {
  /** `prefix` asks the identity store alone. Throws OnymError `overloaded` where too many searches wait. */
  find(
    environment: string,
    text: string,
    options: { readonly limit: number; readonly depth: 'prefix' | 'substring'; readonly signal: AbortSignal },
  ): Promise<SearchAnswer>;
}

export interface RecentPerson extends RecentIdentity {
  readonly counts: EventCounts;
}

export interface Timeline {
  readonly canonicalId: string;
  readonly events: readonly TimelineEvent[];
}

export interface IdentityView {
  /** Of the page asked for. */
  readonly profile: IdentityProfile;
  readonly counts: EventCounts;
}
