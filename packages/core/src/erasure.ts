import { idsOfSplit } from './identifiers.ts';
import { type Reach, reach } from './lacks.ts';
import { isGood } from './rules.ts';
import { everSeparatedFrom, type State } from './state.ts';
import type {
  DistinctId,
  ErasedFact,
  EvidenceFact,
  Fact,
  HoldReason,
  LinkFact,
  Pair,
  Seq,
  Source,
  SplitFact,
} from './types.ts';

/**
 * Erasure rewrites the ledger (docs/erasure.md): a row keeps its seq and time, what names an erased identifier goes, and the state is
 * again the fold of what is left (R1). Identities of others stay as they are; only the record of why changes.
 */
export interface ErasurePlan {
  readonly erased: ReadonlySet<DistinctId>;
  /** See `everConnectedTo`. */
  readonly connected: ReadonlySet<DistinctId>;
  /** The random name that stands for an erased identifier where a row must name somebody. */
  readonly tokenOf: (id: DistinctId) => DistinctId;
  /** See `settledLinks`. */
  readonly settled: ReadonlyMap<Seq, Judged>;
}

type Judged = Pick<LinkFact, 'verdict' | 'reason'>;

const nobody: Source = { key: null, lib: null, batch: null, public: false };

/**
 * These identifiers and all whose state can depend on theirs: ever joined to them or separated from them, by whatever way round.
 * What is recorded of no other identifier bears on how these fold.
 */
export function everConnectedTo(ids: Iterable<DistinctId>): Reach {
  return reach(ids, (state, id) => [
    ...(state.linksOf.get(id) ?? []).flatMap((seq) => {
      const { verdict, primary, secondary } = state.links.get(seq)!;
      return isGood(verdict) ? [primary, secondary] : [];
    }),
    ...everSeparatedFrom(state, id),
  ]);
}

/** The same, in a state that lacks nothing of it. */
export function everConnected(state: State, ids: Iterable<DistinctId>): ReadonlySet<DistinctId> {
  const connected = everConnectedTo(ids);
  connected.question(state);
  return connected.ids;
}

/**
 * Links of the others that were recorded as redundant because an erased identifier held both sides together, and that a refold has judged
 * since. The fold of what is left can't repeat that judgement, so that it becomes the one that is recorded; what the caller was answered
 * stays in the row, and by that an approval has made good what it approves. What was decided of the link later has rows of its own.
 */
export function settledLinks(
  state: State,
  connected: Iterable<DistinctId>,
  erased: ReadonlySet<DistinctId>,
): Map<Seq, Judged> {
  const settled = new Map<Seq, Judged>();
  for (const id of connected) {
    if (erased.has(id)) continue;
    for (const seq of state.linksOf.get(id) ?? []) {
      const link = state.links.get(seq)!;
      if (link.verdict !== 'unchanged' || erased.has(link.primary) || erased.has(link.secondary)) continue;
      if (link.status === 'active' && link.redundant) continue;
      settled.set(seq, judgedAs(link.reason));
    }
  }
  return settled;
}

const holdReasons: readonly (HoldReason | string | null)[] = [
  'needs-secret-key',
  'identity-too-large',
  'too-many-of-type',
];

function judgedAs(reason: Judged['reason']): Judged {
  if (reason === null) return { verdict: 'applied', reason };
  return { verdict: holdReasons.includes(reason) ? 'held' : 'refused', reason };
}

/** What is left of a ledger row; the very same row when it names nobody who is erased. */
export function eraseFrom(fact: Fact, plan: ErasurePlan): Fact {
  const { erased } = plan;
  const names = (a: DistinctId, b: DistinctId) => erased.has(a) || erased.has(b);
  switch (fact.op) {
    case 'identify':
    case 'alias':
    case 'track':
    case 'approve':
      return eraseFromEvidence(fact, plan);
    case 'split':
      return eraseFromSplit(fact, plan);
    case 'revert': {
      const separations = fact.separations.filter(([a, b]) => !names(a, b));
      return separations.length === fact.separations.length ? fact : { ...fact, separations };
    }
    case 'separate':
    case 'lift':
    case 'reject':
      return names(fact.a, fact.b) ? blank(fact) : fact;
    case 'settings':
    case 'erased':
    case 'erase':
      return fact;
  }
}

function blank({ seq, time, verdict }: Fact): ErasedFact {
  return { seq, time, timestamp: null, source: nobody, verdict, reason: null, op: 'erased' };
}

function eraseFromEvidence(fact: EvidenceFact, { erased, settled }: ErasurePlan): Fact {
  const { link, subject } = fact;
  const names = link !== null && (erased.has(link.primary) || erased.has(link.secondary));
  if (subject === null ? names : erased.has(subject)) return blank(fact);
  if (names) {
    const isEmpty = fact.identified === null && fact.traits.length === 0;
    return isEmpty ? blank(fact) : { ...fact, link: null };
  }
  const judged = settled.get(fact.seq);
  return judged === undefined || link === null ? fact : { ...fact, link: { ...link, ...judged } };
}

/** Where one of them is erased, the others are not named either: that they had to do with each other goes too. */
function eraseFromSplit(fact: SplitFact, { erased, connected, tokenOf }: ErasurePlan): SplitFact {
  const isErased = ([a, b]: Pair) => erased.has(a) || erased.has(b);
  const separations = fact.separations.filter((pair) => !isErased(pair));
  const ids = idsOfSplit(fact.target);
  // A set names one side only: whoever had to do with the erased may have been the other, and may be gone with it.
  const isConcerned = ids.some((id) => ('ids' in fact.target ? connected : erased).has(id));
  if (!isConcerned) return separations.length === fact.separations.length ? fact : { ...fact, separations };
  const [anyErased] = [...ids.filter((id) => erased.has(id)), ...erased];
  const tokens = ids.map((id) => tokenOf(erased.has(id) ? id : anyErased!));
  const target = 'ids' in fact.target ? { ids: tokens } : { a: tokens[0]!, b: tokens[1]! };
  return { ...fact, target, separations };
}
