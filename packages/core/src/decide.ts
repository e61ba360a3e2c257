import { isRevocable } from './apply.ts';
import { smallestCut } from './cut.ts';
import { pairOf } from './identifiers.ts';
import { isGood, type Judgement, judgementBySituation, situationOf } from './rules.ts';
import { componentOf, currentSettings, formsAt, linksOnPair, type State, sameIdentity, separationOn } from './state.ts';
import { jsonEquals, repeatedWrite } from './traits.ts';
import type {
  AliasOperation,
  ApproveOperation,
  DistinctId,
  EvidenceFact,
  Fact,
  HoldReason,
  IdentifyOperation,
  LiftOperation,
  Link,
  LinkFact,
  LinkKind,
  LinkOperation,
  LinkRule,
  Millis,
  Operation,
  OperationError,
  Outcome,
  Pair,
  RejectOperation,
  RevertOperation,
  SeparateOperation,
  Seq,
  SettingsOperation,
  Source,
  SplitOperation,
  SplitSet,
  TrackOperation,
} from './types.ts';

/** What a call comes to: the answer, and the ledger row it leaves, if any. */
export type Decision = { readonly outcome: Outcome; readonly fact: Fact | null } | OperationError;

interface Place {
  readonly seq: Seq;
  readonly time: Millis;
}

/**
 * Judges one operation against the state; changes nothing. `now` is the received time, raised to the ledger's last.
 * Everything the operation touches must be loaded (see `needsOf`).
 */
export function decide(state: State, operation: Operation, now: Millis): Decision {
  const place: Place = { seq: state.head + 1, time: Math.max(now, state.lastTime) };
  switch (operation.op) {
    case 'identify':
      return decideIdentify(state, operation, place);
    case 'alias':
      return decideAlias(state, operation, place);
    case 'track':
      return decideTrack(state, operation, place);
    case 'link':
      return decideTakenOver(state, operation, place);
    case 'split':
      return decideSplit(state, operation, place);
    case 'separate':
      return decideSeparate(state, operation, place);
    case 'lift':
      return decideLift(state, operation, place);
    case 'revert':
      return decideRevert(state, operation, place);
    case 'approve':
      return decideApprove(state, operation, place);
    case 'reject':
      return decideReject(state, operation, place);
    case 'settings':
      return decideSettings(state, operation, place);
  }
}

export function isError(decision: Decision): decision is OperationError {
  return 'error' in decision;
}

const unchanged = (seq: Seq | null): Decision => ({
  outcome: { verdict: 'unchanged', reason: null, seq, recorded: false },
  fact: null,
});

function notFound(message: string): OperationError {
  return { error: 'not-found', message };
}

function rowOf(operation: Operation, place: Place, verdict: Outcome['verdict'], reason: Outcome['reason'] = null) {
  const { seq, time } = place;
  return { seq, time, timestamp: operation.timestamp, source: operation.source, verdict, reason };
}

function recorded(fact: Fact): Decision {
  return { outcome: { verdict: fact.verdict, reason: fact.reason, seq: fact.seq, recorded: true }, fact };
}

// ---------------------------------------------------------------------------------------------------------------------
// Links

interface LinkCall {
  readonly rule: LinkRule;
  readonly kind: LinkKind;
  readonly primary: DistinctId;
  readonly secondary: DistinctId;
  readonly source: Source;
  /** True when this very call changes the primary's identity before its link is judged: it becomes known. */
  readonly changesPrimary?: boolean;
}

/** A link as judged: to be recorded, or the earlier link that it repeats (null where nothing is ever recorded). */
type LinkDecision =
  | { readonly fact: LinkFact }
  | { readonly repeats: Link | null; readonly like: Pick<Outcome, 'verdict' | 'reason'> };

function decideLink(state: State, call: LinkCall, seq: Seq): LinkDecision {
  const { rule, primary, secondary, source } = call;
  const situation = situationOf(state, { rule, primary, secondary, public: source.public, waived: [], seq });
  const judgement = judgementBySituation[situation];
  if (situation === 'same-id') return { repeats: null, like: judgement };
  const repeats = judgement.verdict === 'unchanged' ? holderOf(state, call) : standingRefusal(state, call, judgement);
  return repeats === null ? { fact: linkFact(call, judgement) } : { repeats, like: judgement };
}

function linkFact(call: LinkCall, judgement: Pick<LinkFact, 'verdict' | 'reason'>): LinkFact {
  return {
    kind: call.kind,
    rule: call.rule,
    primary: call.primary,
    secondary: call.secondary,
    verdict: judgement.verdict,
    reason: judgement.reason,
    waived: [],
    approves: null,
  };
}

/**
 * The active link that already says what this call says (docs/resolution.md, "Redundant evidence"). A link of another batch does not: its
 * batch may be reverted. Nor does redundant evidence always say what this call says: a refold may refuse or hold it.
 */
function holderOf(state: State, call: LinkCall): Link | null {
  const holders = linksOnPair(state, call.primary, call.secondary).filter(
    (link) =>
      link.status === 'active' &&
      (link.source.batch === null || link.source.batch === call.source.batch) &&
      (!link.redundant || saysAtLeast(state, link, call)),
  );
  return holders.find((link) => link.rule === call.rule) ?? holders[0] ?? null;
}

const secretAlias = 2;

function strengthOf({ rule, source }: Pick<LinkCall, 'rule' | 'source'>): number {
  if (rule !== 'alias') return 0;
  return source.public ? 1 : secretAlias;
}

/**
 * Whether redundant evidence passes in a refold wherever this call would: an alias by a secret key always does; the rest is judged by
 * direction, and an alias passes before identify and track evidence.
 */
function saysAtLeast(state: State, link: Link, call: LinkCall): boolean {
  // Other limits, or a separation lifted since, may let pass now what a refold would turn down at the link's place.
  if (Math.max(currentSettings(state).seq, state.lastLift) > link.seq) return false;
  if (strengthOf(link) === secretAlias) return true;
  return link.primary === call.primary && strengthOf(link) >= strengthOf(call);
}

/**
 * The last link of the same evidence that stands refused or held for the reason that it meets now, since when neither identity, nor the
 * settings, have changed: it is not recorded again. Others on its pair may have been decided on since: an approval that failed, say.
 */
function standingRefusal(state: State, call: LinkCall, { verdict, reason }: Judgement): Link | null {
  if (call.changesPrimary || isGood(verdict)) return null;
  const changedAt = Math.max(
    componentOf(state, call.primary)?.changedSeq ?? 0,
    componentOf(state, call.secondary)?.changedSeq ?? 0,
    currentSettings(state).seq,
  );
  return (
    linksOnPair(state, call.primary, call.secondary).findLast(
      (link) =>
        link.status === verdict &&
        link.reason === reason &&
        link.primary === call.primary &&
        (link.rule === 'alias') === (call.rule === 'alias') &&
        link.source.public === call.source.public &&
        (link.statusSeq ?? link.seq) >= changedAt,
    ) ?? null
  );
}

// ---------------------------------------------------------------------------------------------------------------------
// Evidence

function decideIdentify(state: State, operation: IdentifyOperation, place: Place): Decision {
  const { distinctId, anonymousId, source } = operation;
  const namesSomebody = operation.anonymous !== true && !formsAt(state).isAnonymous(distinctId);
  const standing = (state.identifies.get(distinctId) ?? []).find(
    (fact) => fact.revokedSeq === null && (fact.batch === null || fact.batch === source.batch),
  );
  const effectiveTime = effectiveTimeOf(operation, place);
  const inputs = operation.traits.filter(({ kind, value }) => kind === 'plain' || value !== null);
  const writes = inputs.map((input) => ({
    input,
    repeats: repeatedWrite(state.traits.get(distinctId)?.get(input.key) ?? [], input, {
      timestamp: operation.timestamp,
      effectiveTime,
      source,
    }),
  }));
  const asked = anonymousId !== null && anonymousId !== distinctId;
  const isFirst = namesSomebody && standing === undefined;
  const changesPrimary = isFirst && !(state.identifiers.get(distinctId)?.known ?? false);
  const link = asked
    ? decideLink(
        state,
        { rule: 'identify', kind: 'identify', primary: distinctId, secondary: anonymousId, source, changesPrimary },
        place.seq,
      )
    : null;

  const traits = writes.filter(({ repeats }) => repeats === null).map(({ input }) => input);
  const newLink = link !== null && 'fact' in link ? link.fact : null;
  const changes = isFirst || traits.length > 0 || newLink !== null;
  const judged = link === null ? null : 'fact' in link ? link.fact : link.like;
  const verdict = judged?.verdict ?? (changes ? 'applied' : 'unchanged');
  const reason = judged?.reason ?? null;
  if (!changes) {
    const repeats = link !== null && 'repeats' in link ? link.repeats : null;
    const earlier = [standing, repeats, ...writes.map((write) => write.repeats)].flatMap((row) => row?.seq ?? []);
    const seq = earlier.length === 0 ? null : Math.max(...earlier);
    return { outcome: { verdict, reason, seq, recorded: false }, fact: null };
  }
  return recorded({
    ...rowOf(operation, place, verdict, reason),
    op: 'identify',
    identified: isFirst ? distinctId : null,
    subject: distinctId,
    traits,
    link: newLink,
  });
}

function decideAlias(state: State, operation: AliasOperation, place: Place): Decision {
  const { primary, secondary, kind, source } = operation;
  return evidenceOf(
    operation,
    place,
    decideLink(state, { rule: 'alias', kind, primary, secondary, source }, place.seq),
  );
}

function decideTrack(state: State, operation: TrackOperation, place: Place): Decision {
  const call = {
    rule: 'track',
    kind: 'track',
    primary: operation.distinctId,
    secondary: operation.anonymousId,
  } as const;
  return evidenceOf(operation, place, decideLink(state, { ...call, source: operation.source }, place.seq));
}

/**
 * What the other ledger decided is not judged again; what stands here is: separations, guard rails, and, where it is guarded, the rule's
 * own guard. Whoever takes it over holds a secret key, whatever sent it there.
 */
function decideTakenOver(state: State, operation: LinkOperation, place: Place): Decision {
  const { kind, rule, primary, secondary, waived, guarded, source } = operation;
  const request = { primary, secondary, waived, public: false, seq: place.seq };
  const situation = situationOf(state, { ...request, rule: guarded ? rule : 'alias' });
  const { verdict, reason } = judgementBySituation[situation];
  if (situation === 'same-id') return unchanged(null);
  const effectiveTime = effectiveTimeOf(operation, place);
  const earlier = linksOnPair(state, primary, secondary).find(
    (link) =>
      link.source.batch === source.batch &&
      link.source.public === source.public &&
      link.kind === kind &&
      link.rule === rule &&
      link.primary === primary &&
      link.effectiveTime === effectiveTime &&
      link.status === (isGood(verdict) ? 'active' : verdict),
  );
  if (earlier !== undefined) return { outcome: { verdict, reason, seq: earlier.seq, recorded: false }, fact: null };
  return recorded({
    ...rowOf(operation, place, verdict, reason),
    op: 'alias',
    identified: null,
    subject: null,
    traits: [],
    link: { kind, rule, primary, secondary, verdict, reason, waived, approves: null },
  });
}

const effectiveTimeOf = ({ timestamp }: Operation, { time }: Place): Millis =>
  timestamp === null ? time : Math.min(timestamp, time);

function evidenceOf(operation: AliasOperation | TrackOperation, place: Place, link: LinkDecision): Decision {
  if ('repeats' in link) {
    const { verdict, reason } = link.like;
    return { outcome: { verdict, reason, seq: link.repeats?.seq ?? null, recorded: false }, fact: null };
  }
  const { seq, time } = place;
  const { timestamp, source } = operation;
  const { verdict, reason } = link.fact;
  // Each field by its name: this is made for every pair of a large import, and a spread takes ten times as long.
  return recorded({
    seq,
    time,
    timestamp,
    source,
    verdict,
    reason,
    op: operation.op,
    identified: null,
    subject: null,
    traits: [],
    link: link.fact,
  });
}

// ---------------------------------------------------------------------------------------------------------------------
// Steering

/** The pairs among these that no separation in force lies on, each once. */
function notSeparated(state: State, pairs: readonly Pair[]): Pair[] {
  const open = new Map<string, Pair>();
  for (const [a, b] of pairs) {
    if (a !== b && separationOn(state, a, b) === null) open.set(pairOf(a, b).join('\u0000'), pairOf(a, b));
  }
  return [...open.values()];
}

function activeOn(state: State, pairs: readonly Pair[]): Seq[] {
  return pairs
    .flatMap(([a, b]) => linksOnPair(state, a, b))
    .filter((link) => link.status === 'active')
    .map((link) => link.seq)
    .sort((a, b) => a - b);
}

function decideSplit(state: State, operation: SplitOperation, place: Place): Decision {
  if ('ids' in operation.target) return decideSplitOfSet(state, operation, operation.target.ids, place);
  const asked = askedPair(state, operation.target);
  if ('error' in asked) return asked;
  const { a, b } = asked;
  if (a === b) return unchanged(null);
  const cut = 'link' in operation.target ? [pairOf(a, b)] : cutBetween(state, a, b);
  const revoked = activeOn(state, cut);
  const separations = notSeparated(state, [...(revoked.length > 0 ? cut : []), [a, b]]);
  if (revoked.length === 0 && separations.length === 0) {
    return unchanged(separationOn(state, a, b)?.seq ?? null);
  }
  return recorded({ ...rowOf(operation, place, 'applied'), op: 'split', target: { a, b }, revoked, separations });
}

/** Every pair goes that has one end in the set; what holds the set together, and what holds the rest together, stays. */
function decideSplitOfSet(
  state: State,
  operation: SplitOperation,
  asked: readonly DistinctId[],
  place: Place,
): Decision {
  const set = new Set(asked);
  const revoked = [...set]
    .flatMap((id) => state.linksOf.get(id) ?? [])
    .map((seq) => state.links.get(seq)!)
    .filter((link) => link.status === 'active' && set.has(link.primary) !== set.has(link.secondary));
  if (revoked.length === 0) return unchanged(null);
  return recorded({
    ...rowOf(operation, place, 'applied'),
    op: 'split',
    // Of who is nobody's, nothing is to be said.
    target: { ids: [...set].filter((id) => (componentOf(state, id)?.size ?? 1) > 1) },
    revoked: revoked.map(({ seq }) => seq).sort((a, b) => a - b),
    separations: notSeparated(
      state,
      revoked.map(({ primary, secondary }) => pairOf(primary, secondary)),
    ),
  });
}

function askedPair(
  state: State,
  target: Exclude<SplitOperation['target'], SplitSet>,
): { a: DistinctId; b: DistinctId } | OperationError {
  if (!('link' in target)) return target;
  const link = state.links.get(target.link);
  if (link === undefined)
    return notFound(
      `There is no link ${target.link} in this environment. Links are named by the seq of their ledger row.`,
    );
  return { a: link.primary, b: link.secondary };
}

function cutBetween(state: State, a: DistinctId, b: DistinctId): Pair[] {
  const component = componentOf(state, a);
  if (component === null || !sameIdentity(state, a, b)) return [];
  return smallestCut(state, state.members.get(component.id)!, a, b);
}

function decideSeparate(state: State, operation: SeparateOperation, place: Place): Decision {
  const { a, b } = operation;
  if (a === b) return unchanged(null);
  const standing = separationOn(state, a, b);
  if (standing !== null) return unchanged(standing.seq);
  return recorded({ ...rowOf(operation, place, 'applied'), op: 'separate', a, b });
}

function decideLift(state: State, operation: LiftOperation, place: Place): Decision {
  const { a, b } = operation;
  if (separationOn(state, a, b) === null) {
    return notFound(
      `No separation stands between ${JSON.stringify(a)} and ${JSON.stringify(b)}. GET /v1/explain shows what does.`,
    );
  }
  return recorded({ ...rowOf(operation, place, 'applied'), op: 'lift', a, b });
}

function decideRevert(state: State, operation: RevertOperation, place: Place): Decision {
  const standing = operation.seqs.filter((seq) => stands(state, seq));
  if (standing.length === 0) return unchanged(null);
  const pairs: Pair[] = [];
  for (const seq of operation.separate ? standing : []) {
    const link = state.links.get(seq);
    if (link?.status === 'active') pairs.push(pairOf(link.primary, link.secondary));
  }
  return recorded({
    ...rowOf(operation, place, 'applied'),
    op: 'revert',
    scope: operation.scope,
    revoked: [...standing].sort((a, b) => a - b),
    separations: notSeparated(state, pairs),
  });
}

/** Whether anything that this row recorded has not been taken back. */
function stands(state: State, seq: Seq): boolean {
  const link = state.links.get(seq);
  if (link !== undefined && isRevocable(link)) return true;
  const subject = state.subjects.get(seq);
  if (subject === undefined) return false;
  const isHere = (fact: { seq: Seq; revokedSeq: Seq | null }) => fact.seq === seq && fact.revokedSeq === null;
  return (
    (state.identifies.get(subject) ?? []).some(isHere) ||
    [...(state.traits.get(subject)?.values() ?? [])].some((writes) => writes.some(isHere))
  );
}

const noLink = (seq: Seq) =>
  notFound(`There is no link ${seq} in this environment. GET /v1/review and /v1/conflicts list those that wait.`);

function decideApprove(state: State, operation: ApproveOperation, place: Place): Decision {
  const link = state.links.get(operation.link);
  if (link === undefined) return noLink(operation.link);
  if (link.status !== 'held' && link.status !== 'refused') return unchanged(link.seq);
  const rule = link.status === 'held' ? link.rule : 'alias';
  // Waivers add up: the approval of one rail may be held by the next.
  const waived = link.status === 'held' ? [...link.waived, link.reason as HoldReason] : [];
  const request = {
    rule,
    primary: link.primary,
    secondary: link.secondary,
    public: operation.source.public,
    waived,
    seq: place.seq,
  };
  const { verdict, reason } = judgementBySituation[situationOf(state, request)];
  const fact: EvidenceFact = {
    ...rowOf(operation, place, verdict, reason),
    op: 'approve',
    identified: null,
    subject: null,
    traits: [],
    link: {
      kind: 'manual',
      rule,
      primary: link.primary,
      secondary: link.secondary,
      verdict,
      reason,
      waived,
      approves: link.seq,
    },
  };
  return recorded(fact);
}

function decideReject(state: State, operation: RejectOperation, place: Place): Decision {
  const link = state.links.get(operation.link);
  if (link === undefined) return noLink(operation.link);
  if (link.status !== 'held' && link.status !== 'refused') return unchanged(link.seq);
  return recorded({
    ...rowOf(operation, place, 'applied'),
    op: 'reject',
    link: link.seq,
    a: link.primary,
    b: link.secondary,
  });
}

function decideSettings(state: State, operation: SettingsOperation, place: Place): Decision {
  const current = currentSettings(state);
  if (jsonEquals(asJson(current.settings), asJson(operation.settings))) return unchanged(current.seq || null);
  return recorded({ ...rowOf(operation, place, 'applied'), op: 'settings', settings: operation.settings });
}

const asJson = (settings: SettingsOperation['settings']) => settings as unknown as { [key: string]: never };
