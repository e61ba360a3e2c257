import {
  type Component,
  componentOf,
  formsAt,
  type Side,
  type State,
  sameIdentity,
  separatedFrom,
  separationOn,
  settingsAt,
} from './state.ts';
import type { DistinctId, HoldReason, LinkRule, Reason, Seq, Settings, Verdict } from './types.ts';

/** What decides whom a link makes known and who survives it. */
export interface JudgedLink {
  readonly rule: LinkRule;
  readonly primary: DistinctId;
  readonly secondary: DistinctId;
  /** Sent with a publishable key. */
  readonly public: boolean;
  /** Settings are those in force at this ledger row. */
  readonly seq: Seq;
}

/** A link as it is asked for, or as it is judged again in a refold. */
export interface LinkRequest extends JudgedLink {
  /** The rails that approvals have waived. */
  readonly waived: readonly HoldReason[];
}

/** What a link can meet. Which of them count, and in which order, is `situationsByRule`. */
export type Situation =
  | 'same-id'
  | 'reserved'
  | 'separated'
  | 'same-identity'
  | 'anonymous-known'
  | 'public-rename'
  | 'too-large'
  | 'too-many-of-type'
  | 'joinable';

export interface Judgement {
  readonly verdict: Verdict;
  readonly reason: Reason | null;
}

/** docs/resolution.md, "Verdicts": what each situation means. The compiler keeps it complete. */
export const judgementBySituation: Record<Situation, Judgement> = {
  'same-id': { verdict: 'unchanged', reason: null },
  reserved: { verdict: 'refused', reason: 'reserved-distinct-id' },
  separated: { verdict: 'refused', reason: 'separated' },
  'same-identity': { verdict: 'unchanged', reason: null },
  'anonymous-known': { verdict: 'refused', reason: 'anonymous-id-belongs-to-another-identity' },
  'public-rename': { verdict: 'held', reason: 'needs-secret-key' },
  'too-large': { verdict: 'held', reason: 'identity-too-large' },
  'too-many-of-type': { verdict: 'held', reason: 'too-many-of-type' },
  joinable: { verdict: 'applied', reason: null },
};

/** Whether evidence with this verdict stands, and holds its pair together. */
export const isGood = (verdict: Verdict): boolean => verdict === 'applied' || verdict === 'unchanged';

const evidence = [
  'same-id',
  'reserved',
  'separated',
  'same-identity',
  'anonymous-known',
  'too-large',
  'too-many-of-type',
] as const;

/** The situations of each rule; the first that is met decides. `joinable` is what remains. */
export const situationsByRule: Record<LinkRule, readonly Exclude<Situation, 'joinable'>[]> = {
  identify: evidence,
  track: evidence,
  // A reserved id on a call of alias is an error before it gets here; an approval of a refused link may bring one.
  alias: ['same-id', 'reserved', 'separated', 'same-identity', 'public-rename', 'too-large', 'too-many-of-type'],
};

const meets: Record<Exclude<Situation, 'joinable'>, (state: State, request: LinkRequest) => boolean> = {
  'same-id': (_, { primary, secondary }) => primary === secondary,
  reserved: (state, { secondary, seq }) => formsAt(state, seq).isReserved(secondary),
  separated: (state, { primary, secondary }) =>
    separationOn(state, primary, secondary) !== null || separatedAcross(state, primary, secondary),
  'same-identity': (state, { primary, secondary }) => sameIdentity(state, primary, secondary),
  'anonymous-known': (state, { secondary }) => componentOf(state, secondary)?.known ?? false,
  'public-rename': (state, request) =>
    request.public &&
    !request.waived.includes('needs-secret-key') &&
    settingsAt(state, request.seq).publicKeyMerges === 'hold' &&
    renamesKnown(state, request),
  'too-large': (state, request) =>
    !request.waived.includes('identity-too-large') &&
    sizeOf(componentOf(state, request.primary)) + sizeOf(componentOf(state, request.secondary)) >
      settingsAt(state, request.seq).identifiersPerIdentityMax,
  'too-many-of-type': (state, request) =>
    !request.waived.includes('too-many-of-type') && exceedsType(state, request, settingsAt(state, request.seq)),
};

export function situationOf(state: State, request: LinkRequest): Situation {
  return situationsByRule[request.rule].find((situation) => meets[situation](state, request)) ?? 'joinable';
}

/** As `situationOf`, for a link that is judged again at its place in a refold: what is reserved was turned down when it came. */
export function situationInRefold(state: State, request: LinkRequest): Situation {
  const asked = situationsByRule[request.rule].filter((situation) => situation !== 'reserved');
  return asked.find((situation) => meets[situation](state, request)) ?? 'joinable';
}

/** Whether a separation in force lies between the two identities. Within one identity only the asked pair counts: nothing is joined. */
function separatedAcross(state: State, primary: DistinctId, secondary: DistinctId): boolean {
  const x = componentOf(state, primary);
  const y = componentOf(state, secondary);
  if (x === null || y === null || x === y) return false;
  const [fewer, other] = x.separated.size <= y.separated.size ? [x, y] : [y, x];
  if (fewer.separated.size === 0) return false;
  for (const id of fewer.separated) {
    for (const kept of separatedFrom(state, id)) if (componentOf(state, kept) === other) return true;
  }
  return false;
}

/**
 * The sides a link makes known, unless it is refused or held: the distinct_id of a track link, both sides of an alias.
 * Identify makes its distinct_id known by itself, link or no link.
 */
export function knownByLink(state: State, link: JudgedLink): DistinctId[] {
  const forms = formsAt(state, link.seq);
  const candidates: Record<LinkRule, DistinctId[]> = {
    identify: [],
    track: [link.primary],
    alias: [link.primary, link.secondary],
  };
  return candidates[link.rule].filter(
    (id) => !forms.isAnonymous(id) && !(state.identifiers.get(id)?.wasAnonymous ?? false),
  );
}

/** Whose canonical id stays (docs/resolution.md, "Who survives"), judged before the link makes anybody known. */
export function survivorOf(state: State, link: JudgedLink): Side {
  const [x, y] = sidesOf(state, link);
  if (introducesStranger(state, link) && y.wasKnown) return 'secondary';
  return !x.known && y.known ? 'secondary' : 'primary';
}

/** A page's alias for an id that nothing has spoken of: the stranger joins the person, who keeps the name. */
function introducesStranger(state: State, { rule, primary, public: isPublic, seq }: JudgedLink): boolean {
  return (
    rule === 'alias' &&
    isPublic &&
    settingsAt(state, seq).rules >= 2 &&
    (state.identifiers.get(primary)?.firstSeen ?? null) === null
  );
}

/** Both identities as they would come to the join, known-ness settled. */
function sidesOf(state: State, link: JudgedLink) {
  const becomesKnown = knownByLink(state, link);
  const side = (id: DistinctId) => {
    const component = componentOf(state, id);
    const before = component?.canonical ?? id;
    const wasKnown = component?.known ?? false;
    const known = wasKnown || becomesKnown.includes(id);
    return { before, wasKnown, known, canonical: !wasKnown && known ? id : before };
  };
  return [side(link.primary), side(link.secondary)] as const;
}

/** Whether an identity that holds a known identifier would get another canonical id: two known people, or a new name for one. */
function renamesKnown(state: State, request: LinkRequest): boolean {
  const [x, y] = sidesOf(state, request);
  const { canonical } = survivorOf(state, request) === 'primary' ? x : y;
  return [x, y].some(({ wasKnown, before }) => wasKnown && before !== canonical);
}

function sizeOf(component: Component | null): number {
  return component?.size ?? 1;
}

function exceedsType(state: State, request: LinkRequest, settings: Settings): boolean {
  const x = componentOf(state, request.primary);
  const y = componentOf(state, request.secondary);
  return Object.entries(settings.identifiersPerTypeMax).some(
    ([type, max]) => countOf(x, request.primary, type) + countOf(y, request.secondary, type) > max,
  );
}

function countOf(component: Component | null, id: DistinctId, type: string): number {
  if (component !== null) return component.typeCounts.get(type) ?? 0;
  return id.startsWith(`${type}:`) ? 1 : 0;
}
