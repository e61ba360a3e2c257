import type {
  AliasOperation,
  ApproveOperation,
  DistinctId,
  HoldReason,
  IdentifyOperation,
  Json,
  Link,
  LinkFact,
  LinkKind,
  LinkOperation,
  LinkRule,
  Millis,
  Operation,
  Pair,
  Reason,
  RejectOperation,
  RevertOperation,
  Separation,
  Seq,
  Settings,
  Source,
  SplitOperation,
  TrackOperation,
  TraitInput,
  Verdict,
} from '../types.ts';
import { defaultSettings } from '../types.ts';
import { equalJson, isAnonymousByForm, isMalformedId, isPair, isReservedId, pairOf } from './ids.ts';
import { emptyWorld, judgeJoin, type Row, settingsAt, standingAt, step, type World, type Write } from './world.ts';

export interface ReferenceOutcome {
  readonly verdict: Verdict;
  readonly reason: Reason | null;
  readonly seq: Seq | null;
  readonly recorded: boolean;
}

export interface ReferenceError {
  readonly error: 'not-found' | 'reserved-distinct-id' | 'invalid-distinct-id';
}

export interface ReferenceTrait {
  readonly value: Json;
  readonly seq: Seq;
  readonly distinctId: DistinctId;
}

export interface ReferenceReads {
  /** Every id a recorded fact ever mentioned, by identity; ids and groups sorted by code units. */
  partition(): DistinctId[][];
  members(id: DistinctId): DistinctId[];
  canonical(id: DistinctId): DistinctId;
  known(id: DistinctId): boolean;
  sameIdentity(a: DistinctId, b: DistinctId): boolean;
  /** The profile: plain keys and once keys folded over the identity. */
  traits(id: DistinctId): Map<string, ReferenceTrait>;
  /** Least effective time of the identity's active links, identify facts and trait writes; null without any. */
  createdAt(id: DistinctId): Millis | null;
  links(): readonly Link[];
  activeLinks(): Link[];
  /** Lifted ones included. */
  separations(): readonly Separation[];
  /** Every unrevoked or revoked trait write. */
  writes(): readonly Write[];
  settings(): Settings;
  rows(): readonly Row[];
  ledgerLength(): number;
}

export interface Reference extends ReferenceReads {
  /** Judges an operation and, if it changed something, appends a row. */
  submit(operation: Operation, now: Millis): ReferenceOutcome | ReferenceError;
  /** The same reads as of a ledger seq; 0 is the empty ledger. */
  at(seq: Seq): ReferenceReads;
}

/** A row before it has its number and verdict; what a submit does not name is empty. */
type Draft = Partial<Omit<Row, 'seq' | 'time' | 'effectiveTime' | 'operation' | 'verdict' | 'reason'>>;

/** What an operation comes to: an answer, and what to record (null: nothing). */
type Ruling = ReferenceError | { verdict: Verdict; reason: Reason | null; earlier: Seq | null; record: Draft | null };

const unchanged: Ruling = { verdict: 'unchanged', reason: null, earlier: null, record: null };
const notFound: Ruling = { error: 'not-found' };
const applied = (record: Draft): Ruling => ({ verdict: 'applied', reason: null, earlier: null, record });

/** Subsets tried before a cut is given up as too large for brute force. */
const cutTriesMax = 500_000;

/**
 * A naive model of docs/resolution.md, to hold the engine against. It keeps the whole ledger; each row arranges every identifier
 * anew from singletons (world.ts). Worlds of earlier rows are kept only because recomputing them gives the same.
 */
export function createReference(settings: Settings = defaultSettings): Reference {
  const worlds: World[] = [emptyWorld(settings)];
  const latest = () => worlds.at(-1)!;

  function submit(operation: Operation, now: Millis): ReferenceOutcome | ReferenceError {
    const world = latest();
    const time = Math.max(now, world.rows.at(-1)?.time ?? now);
    const seq = world.rows.length + 1;
    const effectiveTime = Math.min(operation.timestamp ?? time, time);
    const row = (draft: Draft, verdict: Verdict, reason: Reason | null): Row => ({
      identified: null,
      traits: [],
      link: null,
      approved: null,
      rejected: null,
      revokedLinks: [],
      revokedRows: [],
      separations: [],
      lifted: null,
      settings: null,
      ...draft,
      seq,
      time,
      effectiveTime,
      operation,
      verdict,
      reason,
    });

    const ruling = rule(world, operation, effectiveTime, (draft) => step(world, row(draft, 'applied', null)));
    if ('error' in ruling) return ruling;
    const { verdict, reason, earlier, record } = ruling;
    if (!record) return { verdict, reason, seq: earlier, recorded: false };
    worlds.push(step(world, row(record, verdict, reason)));
    return { verdict, reason, seq, recorded: true };
  }

  return {
    ...readsOf(latest),
    submit,
    at(seq) {
      const world = worlds[seq];
      if (!world) throw new RangeError(`the ledger has no row ${seq}`);
      return readsOf(() => world);
    },
  };
}

/** `after(draft)`: the world once the draft is recorded as the next row. */
function rule(world: World, operation: Operation, effectiveTime: Millis, after: (draft: Draft) => World): Ruling {
  switch (operation.op) {
    case 'identify':
      return ruleIdentify(world, operation, effectiveTime, after);
    case 'alias':
      return ruleAlias(world, operation);
    case 'track':
      return ruleTrack(world, operation);
    case 'link':
      return ruleLink(world, operation, effectiveTime);
    case 'split':
      return ruleSplit(world, operation);
    case 'separate': {
      if (operation.a === operation.b) return unchanged;
      const added = notStanding(world, [pairOf(operation.a, operation.b)]);
      return added.length > 0 ? applied({ separations: added }) : unchanged;
    }
    case 'lift': {
      const pair = pairOf(operation.a, operation.b);
      return notStanding(world, [pair]).length > 0 ? notFound : applied({ lifted: pair });
    }
    case 'revert':
      return ruleRevert(world, operation);
    case 'approve':
      return ruleApprove(world, operation);
    case 'reject':
      return ruleReject(world, operation);
    case 'settings': {
      const current = world.settings.at(-1)!.settings;
      const same = equalJson(asJson(current), asJson(operation.settings));
      return same ? unchanged : applied({ settings: operation.settings });
    }
  }
}

function asJson(settings: Settings): Json {
  return { ...settings };
}

// ---------------------------------------------------------------------------------------------------------------------
// Calls

function badId(world: World, ...ids: DistinctId[]): ReferenceError | null {
  const { settings } = world.settings.at(-1)!;
  // A blank id is both; reserved is what the tables name.
  if (ids.some((id) => isReservedId(id, settings))) return { error: 'reserved-distinct-id' };
  return ids.some(isMalformedId) ? { error: 'invalid-distinct-id' } : null;
}

/** True for a fact that a batch's revert, or another batch's, can't take away from a call of `batch`. */
function countsFor(source: Source, factBatch: string | null): boolean {
  return factBatch === null || factBatch === source.batch;
}

function ruleIdentify(
  world: World,
  operation: IdentifyOperation,
  effectiveTime: Millis,
  after: (draft: Draft) => World,
): Ruling {
  const { distinctId, anonymousId, source } = operation;
  const error = badId(world, distinctId);
  if (error) return error;

  const namesNobody = operation.anonymous || isAnonymousByForm(distinctId, world.settings.at(-1)!.settings);
  const already =
    namesNobody ||
    world.identified.some(
      (fact) => fact.distinctId === distinctId && fact.revokedSeq === null && countsFor(source, fact.batch),
    );
  const draft: Draft = {
    identified: already ? null : distinctId,
    traits: newTraits(world, operation, effectiveTime),
  };
  const changes = !already || draft.traits!.length > 0;
  if (anonymousId === null || anonymousId === distinctId) return changes ? applied(draft) : unchanged;

  // Known-ness comes before the link, in the same row.
  const answer = askLink(changes ? after(draft) : world, nextSeq(world), {
    kind: 'identify',
    rule: 'identify',
    primary: distinctId,
    secondary: anonymousId,
    source,
  });
  return { ...answer, record: changes || answer.link ? { ...draft, link: answer.link } : null };
}

function ruleAlias(world: World, operation: AliasOperation): Ruling {
  const { primary, secondary, kind, source } = operation;
  const error = badId(world, primary, secondary);
  if (error) return error;
  if (primary === secondary) return unchanged;
  const answer = askLink(world, nextSeq(world), { kind, rule: 'alias', primary, secondary, source });
  return { ...answer, record: answer.link && { link: answer.link } };
}

/** Whether a track call's ids are link evidence. */
export function isTrackEvidence(distinctId: DistinctId, anonymousId: DistinctId, settings: Settings): boolean {
  if (distinctId === anonymousId) return false;
  if (isReservedId(distinctId, settings) || isReservedId(anonymousId, settings)) return false;
  return !isAnonymousByForm(distinctId, settings);
}

function ruleTrack(world: World, operation: TrackOperation): Ruling {
  const { distinctId, anonymousId, source } = operation;
  if (!isTrackEvidence(distinctId, anonymousId, world.settings.at(-1)!.settings)) return unchanged;
  const answer = askLink(world, nextSeq(world), {
    kind: 'track',
    rule: 'track',
    primary: distinctId,
    secondary: anonymousId,
    source,
  });
  return { ...answer, record: answer.link && { link: answer.link } };
}

/** A link of another ledger: only the very same of the same batch is a repeat, and no call that was turned down stands in its way. */
function ruleLink(world: World, operation: LinkOperation, effectiveTime: Millis): Ruling {
  const { kind, rule, primary, secondary, waived, source } = operation;
  if (primary === secondary) return unchanged;
  const { verdict, reason } = judgeTakenOver(world, operation);
  const status = verdict === 'refused' || verdict === 'held' ? verdict : 'active';
  const same = world.links.find(
    (link) =>
      link.status === status &&
      link.source.batch === source.batch &&
      link.source.public === source.public &&
      link.kind === kind &&
      link.rule === rule &&
      link.primary === primary &&
      link.secondary === secondary &&
      link.effectiveTime === effectiveTime,
  );
  if (same) return { verdict, reason, earlier: same.seq, record: null };
  const link = { kind, rule, primary, secondary, verdict, reason, waived, approves: null };
  return { verdict, reason, earlier: null, record: { link } };
}

function judgeTakenOver(world: World, { rule, primary, secondary, waived, guarded }: LinkOperation) {
  const standing = standingAt(world, nextSeq(world));
  const settings = settingsAt(world, nextSeq(world));
  if (isReservedId(secondary, settings)) return { verdict: 'refused', reason: 'reserved-distinct-id' } as const;
  if (standing.some((pair) => isPair(pair, primary, secondary))) {
    return { verdict: 'refused', reason: 'separated' } as const;
  }
  const { arrangement } = world;
  const [x, y] = [arrangement.groupOf(primary), arrangement.groupOf(secondary)];
  if (x.members.has(secondary)) return { verdict: 'unchanged', reason: null } as const;
  const evidence = { rule: guarded ? rule : 'alias', primary, secondary, waived, public: false } as const;
  return judgeJoin(evidence, x, y, arrangement, standing, settings);
}

function nextSeq(world: World): Seq {
  return world.rows.length + 1;
}

interface Ask {
  readonly kind: LinkKind;
  readonly rule: LinkRule;
  readonly primary: DistinctId;
  readonly secondary: DistinctId;
  readonly source: Source;
  readonly waived?: readonly HoldReason[];
  readonly approves?: Seq;
}

interface Answer {
  readonly verdict: Verdict;
  readonly reason: Reason | null;
  /** The row this one repeats. */
  readonly earlier: Seq | null;
  /** What to record; null for a repeat. */
  readonly link: LinkFact | null;
}

function askLink(world: World, seq: Seq, ask: Ask): Answer {
  const { kind, rule, primary, secondary, source, waived = [], approves = null } = ask;
  const record = (verdict: Verdict, reason: Reason | null): Answer => {
    // An approval is always judged afresh.
    const standing = approves === null ? standingRefusal(world, ask, verdict, reason) : undefined;
    if (standing) return repeatOf(standing, verdict);
    return {
      verdict,
      reason,
      earlier: null,
      link: { kind, rule, primary, secondary, verdict, reason, waived, approves },
    };
  };
  const repeatOf = (link: Link, verdict: Verdict): Answer => ({
    verdict,
    reason: verdict === 'unchanged' ? null : link.reason,
    earlier: link.seq,
    link: null,
  });

  if (isReservedId(secondary, world.settings.at(-1)!.settings)) return record('refused', 'reserved-distinct-id');
  if (standingAt(world, seq).some((pair) => isPair(pair, primary, secondary))) return record('refused', 'separated');

  const { arrangement } = world;
  const x = arrangement.groupOf(primary);
  const y = arrangement.groupOf(secondary);
  if (x.members.has(secondary)) {
    const holders = world.links.filter((link) => holdsPairFor(world, link, ask));
    const same = holders.find((link) => link.rule === rule) ?? holders[0];
    // An approval is evidence of its own.
    return same && approves === null ? repeatOf(same, 'unchanged') : record('unchanged', null);
  }

  const evidence = { rule, primary, secondary, waived, public: source.public && kind !== 'manual' };
  const judgement = judgeJoin(evidence, x, y, arrangement, standingAt(world, seq), settingsAt(world, seq));
  return record(judgement.verdict, judgement.reason);
}

/** Whether an active link makes a call over its pair a mere repeat. */
function holdsPairFor(world: World, link: Link, ask: Ask): boolean {
  if (link.status !== 'active' || !isPair([link.primary, link.secondary], ask.primary, ask.secondary)) return false;
  if (!countsFor(ask.source, link.source.batch)) return false;
  if (!link.redundant) return true;
  // What would be judged by other limits, or without a separation lifted since, is not yet said.
  if (world.settings.at(-1)!.seq > link.seq) return false;
  if (world.separations.some(({ liftedSeq }) => liftedSeq !== null && liftedSeq > link.seq)) return false;
  if (link.rule === 'alias' && !link.source.public) return true;
  // A refold may refuse redundant identify evidence, and hold a publishable key's alias; both depend on the direction.
  if (link.primary !== ask.primary) return false;
  return ask.rule !== 'alias' || (link.rule === 'alias' && ask.source.public);
}

/** The refused or held link that a call repeats while nothing has changed around it; only one that says what would be said today. */
function standingRefusal(world: World, ask: Ask, verdict: Verdict, reason: Reason | null): Link | undefined {
  const settingsSeq = world.settings.at(-1)!.seq;
  const changedSeq = (id: DistinctId) => world.changed.get(id) ?? 0;
  return world.links.findLast(
    (link) =>
      link.status === verdict &&
      link.reason === reason &&
      link.primary === ask.primary &&
      link.secondary === ask.secondary &&
      (link.rule === 'alias') === (ask.rule === 'alias') &&
      link.source.public === ask.source.public &&
      changedSeq(ask.primary) <= (link.statusSeq ?? link.seq) &&
      changedSeq(ask.secondary) <= (link.statusSeq ?? link.seq) &&
      settingsSeq <= (link.statusSeq ?? link.seq),
  );
}

// ---------------------------------------------------------------------------------------------------------------------
// Traits

type Valued = Pick<Write, 'value' | 'effectiveTime' | 'seq' | 'distinctId'>;

/** Plain values: the newest wins. */
function newest<T extends Valued>(writes: readonly T[]): T | undefined {
  return writes.toSorted((a, b) => a.effectiveTime - b.effectiveTime || a.seq - b.seq).at(-1);
}

/** Once values: the earliest wins. */
function earliest<T extends Valued>(writes: readonly T[]): T | undefined {
  return writes.toSorted((a, b) => a.effectiveTime - b.effectiveTime || a.seq - b.seq).at(0);
}

function newTraits(world: World, operation: IdentifyOperation, effectiveTime: Millis): TraitInput[] {
  const { distinctId, source, timestamp } = operation;
  const kept: TraitInput[] = [];
  for (const trait of operation.traits) {
    const isOnce = trait.kind === 'once';
    if (isOnce && trait.value === null) continue;
    const siblings = [
      ...world.writes.filter((write) => write.distinctId === distinctId && write.revokedSeq === null),
      ...kept.map((other) => ({
        ...other,
        distinctId,
        effectiveTime,
        timestamp,
        seq: nextSeq(world),
        source,
      })),
    ].filter((write) => write.key === trait.key && write.kind === trait.kind);
    const equalOnes = siblings.filter(
      (write) => countsFor(source, write.source.batch) && equalJson(write.value, trait.value),
    );
    const winner = isOnce ? earliest(siblings) : newest(siblings);
    const repeats = timestamp !== null && equalOnes.some((write) => write.timestamp === timestamp);
    const winsAlready =
      winner !== undefined &&
      equalOnes.includes(winner) &&
      (timestamp === null || effectiveTime <= winner.effectiveTime) &&
      !(isOnce && effectiveTime < winner.effectiveTime);
    const onceEarlier = isOnce && equalOnes.some((write) => write.effectiveTime <= effectiveTime);
    if (!repeats && !winsAlready && !onceEarlier) kept.push(trait);
  }
  return kept;
}

// ---------------------------------------------------------------------------------------------------------------------
// Steering

function linkNamed(world: World, seq: Seq): Link | undefined {
  return world.links.find((link) => link.seq === seq);
}

function activeLinksOn(world: World, pairs: readonly Pair[]): Link[] {
  return world.links.filter(
    (link) => link.status === 'active' && pairs.some((pair) => isPair(pair, link.primary, link.secondary)),
  );
}

/** Of these pairs, each one once, those without a standing separation. */
function notStanding(world: World, pairs: readonly Pair[]): Pair[] {
  const standing = standingAt(world, nextSeq(world));
  return pairs.filter(
    ([a, b], index) =>
      !standing.some((pair) => isPair(pair, a, b)) && pairs.findIndex((pair) => isPair(pair, a, b)) === index,
  );
}

function ruleSplit(world: World, operation: SplitOperation): Ruling {
  const { target } = operation;
  if ('link' in target) {
    const link = linkNamed(world, target.link);
    if (!link) return notFound;
    const pair = pairOf(link.primary, link.secondary);
    // Whatever became of the named link, its pair is what is split.
    return splitPairs(world, [pair], pair);
  }
  if ('ids' in target) {
    const pairs = world.links
      .filter(
        (link) => link.status === 'active' && target.ids.includes(link.primary) !== target.ids.includes(link.secondary),
      )
      .map((link) => pairOf(link.primary, link.secondary));
    return pairs.length === 0 ? unchanged : splitPairs(world, pairs, pairs[0]!);
  }
  const { a, b } = target;
  if (a === b) return unchanged;
  const together = world.arrangement.groupOf(a).members.has(b);
  return splitPairs(world, together ? smallestCut(world, a, b) : [], pairOf(a, b));
}

function splitPairs(world: World, cut: readonly Pair[], asked: Pair): Ruling {
  const revokedLinks = activeLinksOn(world, cut).map((link) => link.seq);
  const separations = notStanding(world, [...cut, asked]);
  return revokedLinks.length + separations.length > 0 ? applied({ revokedLinks, separations }) : unchanged;
}

/** Tries all sets of pairs, the smallest first; among equals the one whose seqs, sorted descending, compare greatest. */
function smallestCut(world: World, a: DistinctId, b: DistinctId): Pair[] {
  const active = world.links.filter((link) => link.status === 'active');
  const component = world.arrangement.groupOf(a).members;
  const pairs: Pair[] = [];
  for (const { primary, secondary } of active) {
    if (component.has(primary) && !pairs.some((pair) => isPair(pair, primary, secondary))) {
      pairs.push(pairOf(primary, secondary));
    }
  }
  const seqsOf = (set: readonly Pair[]) =>
    activeLinksOn(world, set)
      .map((link) => link.seq)
      .sort((p, q) => q - p);

  let tries = 0;
  for (let size = 1; size <= pairs.length; size++) {
    let best: Pair[] | null = null;
    for (const set of subsets(pairs, size)) {
      if (++tries > cutTriesMax) throw new Error('this identity is too large for the reference model to cut');
      if (
        connected(
          pairs.filter((pair) => !set.includes(pair)),
          a,
          b,
        )
      )
        continue;
      if (!best || compareSeqs(seqsOf(set), seqsOf(best)) > 0) best = set;
    }
    if (best) return best;
  }
  throw new Error(`${a} and ${b} are one identity without a path of active links`);
}

function* subsets<T>(items: readonly T[], size: number): Generator<T[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let first = 0; first <= items.length - size; first++) {
    for (const rest of subsets(items.slice(first + 1), size - 1)) yield [items[first]!, ...rest];
  }
}

function connected(pairs: readonly Pair[], a: DistinctId, b: DistinctId): boolean {
  const reached = new Set([a]);
  for (let before = 0; before < reached.size; ) {
    before = reached.size;
    for (const [p, q] of pairs) {
      if (reached.has(p)) reached.add(q);
      if (reached.has(q)) reached.add(p);
    }
  }
  return reached.has(b);
}

function compareSeqs(left: readonly Seq[], right: readonly Seq[]): number {
  const at = left.findIndex((seq, index) => seq !== right[index]);
  return at < 0 ? 0 : left[at]! - (right[at] ?? 0);
}

function ruleRevert(world: World, operation: RevertOperation): Ruling {
  const named = (seq: Seq) => operation.seqs.includes(seq);
  const links = world.links.filter((link) => named(link.seq) && ['active', 'held', 'refused'].includes(link.status));
  const facts = [...world.identified, ...world.writes].filter((fact) => named(fact.seq) && fact.revokedSeq === null);
  if (links.length + facts.length === 0) return unchanged;
  const pairs = links.filter((link) => link.status === 'active').map((link) => pairOf(link.primary, link.secondary));
  return applied({
    revokedLinks: links.map((link) => link.seq),
    revokedRows: [...new Set(facts.map((fact) => fact.seq))],
    separations: operation.separate ? notStanding(world, pairs) : [],
  });
}

function ruleApprove(world: World, operation: ApproveOperation): Ruling {
  const link = linkNamed(world, operation.link);
  if (!link) return notFound;
  if (link.status !== 'held' && link.status !== 'refused') return unchanged;

  const { primary, secondary } = link;
  const again = { kind: 'manual', primary, secondary, source: operation.source, approves: link.seq } as const;
  const answer =
    link.status === 'held'
      ? askLink(world, nextSeq(world), {
          ...again,
          rule: link.rule,
          waived: [...link.waived, link.reason as HoldReason],
        })
      : askLink(world, nextSeq(world), { ...again, rule: 'alias' });
  const good = answer.verdict === 'applied' || answer.verdict === 'unchanged';
  return { ...answer, record: { link: answer.link, approved: good ? link.seq : null } };
}

function ruleReject(world: World, operation: RejectOperation): Ruling {
  const link = linkNamed(world, operation.link);
  if (!link) return notFound;
  if (link.status !== 'held' && link.status !== 'refused') return unchanged;
  return applied({ rejected: link.seq, separations: notStanding(world, [pairOf(link.primary, link.secondary)]) });
}

// ---------------------------------------------------------------------------------------------------------------------
// Reads

function readsOf(now: () => World): ReferenceReads {
  const group = (id: DistinctId) => now().arrangement.groupOf(id);
  const members = (id: DistinctId) => [...group(id).members].sort();

  return {
    members,
    partition() {
      const groups = new Map<DistinctId, DistinctId[]>();
      for (const id of now().mentioned) groups.set(members(id)[0]!, members(id));
      return [...groups.keys()].sort().map((first) => groups.get(first)!);
    },
    canonical: (id) => group(id).canonical,
    known: (id) => now().arrangement.known.has(id),
    sameIdentity: (a, b) => group(a).members.has(b),
    traits(id) {
      const writes = now().writes.filter(
        (write) => write.revokedSeq === null && group(id).members.has(write.distinctId),
      );
      const profile = new Map<string, ReferenceTrait>();
      for (const key of [...new Set(writes.map((write) => write.key))].sort()) {
        const plain = writes.filter((write) => write.key === key && write.kind === 'plain');
        const once = writes.filter((write) => write.key === key && write.kind === 'once');
        const winner = newest(plain) ?? earliest(once)!;
        const { value, seq, distinctId } = winner;
        if (value !== null) profile.set(key, { value, seq, distinctId });
      }
      return profile;
    },
    createdAt(id) {
      const world = now();
      const inside = group(id).members;
      const times = [
        ...world.links.filter((link) => link.status === 'active' && inside.has(link.primary)),
        ...world.identified.filter((fact) => fact.revokedSeq === null && inside.has(fact.distinctId)),
        ...world.writes.filter((write) => write.revokedSeq === null && inside.has(write.distinctId)),
      ].map((fact) => fact.effectiveTime);
      return times.length > 0 ? Math.min(...times) : null;
    },
    links: () => now().links,
    activeLinks: () => now().links.filter((link) => link.status === 'active'),
    separations: () => now().separations,
    writes: () => now().writes,
    settings: () => now().settings.at(-1)!.settings,
    rows: () => now().rows,
    ledgerLength: () => now().rows.length,
  };
}
