import type {
  DistinctId,
  IdentifyFact,
  Link,
  LinkFact,
  LinkRule,
  Millis,
  Operation,
  Pair,
  Reason,
  Separation,
  Seq,
  Settings,
  TraitInput,
  TraitWrite,
  Verdict,
} from '../types.ts';
import { isAnonymousByForm, typeOf } from './ids.ts';

// The fold of the reference model. `step` takes a ledger row and arranges all identifiers anew, from singletons.

/** A ledger row: what was asked, what was answered, and everything it changed. */
export interface Row {
  readonly seq: Seq;
  readonly time: Millis;
  readonly effectiveTime: Millis;
  readonly operation: Operation;
  readonly verdict: Verdict;
  readonly reason: Reason | null;
  readonly identified: DistinctId | null;
  readonly traits: readonly TraitInput[];
  readonly link: LinkFact | null;
  /** The link this row approves or rejects. */
  readonly approved: Seq | null;
  readonly rejected: Seq | null;
  readonly revokedLinks: readonly Seq[];
  /** Rows whose identify facts and trait writes are revoked. */
  readonly revokedRows: readonly Seq[];
  readonly separations: readonly Pair[];
  readonly lifted: Pair | null;
  readonly settings: Settings | null;
}

export interface Identified extends IdentifyFact {
  readonly distinctId: DistinctId;
}

export interface Write extends TraitWrite {
  readonly distinctId: DistinctId;
}

export interface Group {
  readonly members: ReadonlySet<DistinctId>;
  readonly canonical: DistinctId;
}

/** Which identifiers are one, under which name, and what is known. */
export interface Arrangement {
  groupOf(id: DistinctId): Group;
  readonly known: ReadonlySet<DistinctId>;
  /** Secondaries of active identify and track links. */
  readonly claimed: ReadonlySet<DistinctId>;
  /** Named by an active link, an identify fact or a trait. */
  readonly seen: ReadonlySet<DistinctId>;
  /** How redundant links were judged that found their sides apart. */
  readonly judged: ReadonlyMap<Seq, Judgement>;
}

export interface World {
  readonly rows: readonly Row[];
  readonly links: readonly Link[];
  readonly identified: readonly Identified[];
  readonly writes: readonly Write[];
  readonly separations: readonly Separation[];
  readonly settings: readonly { readonly seq: Seq; readonly settings: Settings }[];
  readonly mentioned: ReadonlySet<DistinctId>;
  /** The last row that changed the identity of an identifier (repeats of a refused or held link ask for it). */
  readonly changed: ReadonlyMap<DistinctId, Seq>;
  readonly arrangement: Arrangement;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly reason: Reason | null;
}

/** The part of a link that decides how it is judged. */
export interface Evidence {
  readonly rule: LinkRule;
  readonly primary: DistinctId;
  readonly secondary: DistinctId;
  /** Sent with a publishable key. */
  readonly public: boolean;
  readonly waived: LinkFact['waived'];
}

export function settingsAt(world: Pick<World, 'settings'>, seq: Seq): Settings {
  return world.settings.findLast((entry) => entry.seq <= seq)!.settings;
}

export function standingAt(world: Pick<World, 'separations'>, seq: Seq): Pair[] {
  return world.separations
    .filter((separation) => separation.seq < seq && (separation.liftedSeq === null || separation.liftedSeq >= seq))
    .map((separation) => separation.pair);
}

/** Identifiers a link makes known, primary first. */
export function madeKnown(
  link: Pick<Evidence, 'rule' | 'primary' | 'secondary'>,
  claimed: ReadonlySet<DistinctId>,
  settings: Settings,
): DistinctId[] {
  const named = link.rule === 'identify' ? [] : link.rule === 'track' ? [link.primary] : [link.primary, link.secondary];
  return named.filter((id) => !claimed.has(id) && !isAnonymousByForm(id, settings));
}

/** Who is known, and who was ever spoken of, as far as a row of the ledger. */
interface Before {
  readonly known: ReadonlySet<DistinctId>;
  readonly seen: ReadonlySet<DistinctId>;
}

/** docs/resolution.md, "Who survives". `known` includes what the link makes known; `before` does not. */
function survivor(
  x: Group,
  y: Group,
  evidence: Evidence,
  known: ReadonlySet<DistinctId>,
  before: Before,
  settings: Settings,
): DistinctId {
  const secondaryIsKnown = [...y.members].some((id) => before.known.has(id));
  const isStranger = !before.seen.has(evidence.primary);
  if (evidence.rule === 'alias' && evidence.public && settings.rules === 2 && isStranger && secondaryIsKnown) {
    return y.canonical;
  }
  const nameOfX = !known.has(x.canonical) && known.has(evidence.primary) ? evidence.primary : x.canonical;
  const nameOfY = !known.has(y.canonical) && known.has(evidence.secondary) ? evidence.secondary : y.canonical;
  return !known.has(nameOfX) && known.has(nameOfY) ? nameOfY : nameOfX;
}

/** The rows of the verdict tables that concern two different identities, `x` and `y`. */
export function judgeJoin(
  evidence: Evidence,
  x: Group,
  y: Group,
  before: Before & { readonly claimed: ReadonlySet<DistinctId> },
  separated: readonly Pair[],
  settings: Settings,
): Judgement {
  const { known, claimed } = before;
  const across = ([a, b]: Pair) => (x.members.has(a) && y.members.has(b)) || (x.members.has(b) && y.members.has(a));
  if (separated.some(across)) return { verdict: 'refused', reason: 'separated' };

  const holdsKnown = (group: Group) => [...group.members].some((id) => known.has(id));
  if (evidence.rule !== 'alias' && holdsKnown(y)) {
    return { verdict: 'refused', reason: 'anonymous-id-belongs-to-another-identity' };
  }

  if (
    evidence.rule === 'alias' &&
    evidence.public &&
    settings.publicKeyMerges === 'hold' &&
    !evidence.waived.includes('needs-secret-key')
  ) {
    const knownThen = new Set([...known, ...madeKnown(evidence, claimed, settings)]);
    const name = survivor(x, y, evidence, knownThen, before, settings);
    if ([x, y].some((group) => holdsKnown(group) && group.canonical !== name)) {
      return { verdict: 'held', reason: 'needs-secret-key' };
    }
  }

  const union = [...x.members, ...y.members];
  if (!evidence.waived.includes('identity-too-large') && union.length > settings.identifiersPerIdentityMax) {
    return { verdict: 'held', reason: 'identity-too-large' };
  }
  const tooMany = Object.entries(settings.identifiersPerTypeMax).some(
    ([type, max]) => union.filter((id) => typeOf(id) === type).length > max,
  );
  if (!evidence.waived.includes('too-many-of-type') && tooMany) return { verdict: 'held', reason: 'too-many-of-type' };

  return { verdict: 'applied', reason: null };
}

/** An approval counts as a call with a secret key, whoever sent what it approves. */
export function evidenceOf(link: Link): Evidence {
  return {
    rule: link.rule,
    primary: link.primary,
    secondary: link.secondary,
    public: link.source.public && link.kind !== 'manual',
    waived: link.waived,
  };
}

/** Lays out everything not revoked, in seq order, from singletons. */
export function arrange(
  world: Pick<World, 'links' | 'identified' | 'writes' | 'separations' | 'settings'>,
): Arrangement {
  const groups = new Map<DistinctId, Group>();
  const known = new Set<DistinctId>();
  const claimed = new Set<DistinctId>();
  const seen = new Set<DistinctId>();
  const judged = new Map<Seq, Judgement>();

  const groupOf = (id: DistinctId): Group => groups.get(id) ?? { members: new Set([id]), canonical: id };
  const place = (group: Group) => {
    for (const member of group.members) groups.set(member, group);
  };
  const know = (id: DistinctId) => {
    known.add(id);
    const group = groupOf(id);
    if (!known.has(group.canonical)) place({ members: group.members, canonical: id });
  };

  const addLink = (link: Link) => {
    const evidence = evidenceOf(link);
    const settings = settingsAt(world, link.seq);
    const x = groupOf(link.primary);
    const y = groupOf(link.secondary);
    const together = x.members.has(link.secondary);
    if (!together && link.redundant) {
      const judgement = judgeJoin(evidence, x, y, { known, claimed, seen }, standingAt(world, link.seq), settings);
      judged.set(link.seq, judgement);
      if (judgement.verdict !== 'applied') return;
    }
    const made = madeKnown(link, claimed, settings);
    if (together) {
      made.forEach(know);
    } else {
      const before = { known: new Set(known), seen };
      for (const id of made) known.add(id);
      const canonical = survivor(x, y, evidence, known, before, settings);
      place({ members: new Set([...x.members, ...y.members]), canonical });
    }
    seen.add(link.primary).add(link.secondary);
    if (link.rule !== 'alias') claimed.add(link.secondary);
  };

  const lastSeq = Math.max(0, ...[...world.links, ...world.identified, ...world.writes].map((fact) => fact.seq));
  for (let seq = 1; seq <= lastSeq; seq++) {
    for (const fact of world.identified) if (fact.seq === seq && fact.revokedSeq === null) know(fact.distinctId);
    for (const fact of [...world.identified, ...world.writes]) {
      if (fact.seq === seq && fact.revokedSeq === null) seen.add(fact.distinctId);
    }
    for (const link of world.links) if (link.seq === seq && link.status === 'active') addLink(link);
  }
  return { groupOf, known, claimed, seen, judged };
}

export function emptyWorld(settings: Settings): World {
  const nothing = { links: [], identified: [], writes: [], separations: [], settings: [{ seq: 0, settings }] };
  return {
    ...nothing,
    rows: [],
    mentioned: new Set(),
    changed: new Map(),
    arrangement: arrange(nothing),
  };
}

function linkOf(row: Row, fact: LinkFact): Link {
  const active = fact.verdict === 'applied' || fact.verdict === 'unchanged';
  return {
    seq: row.seq,
    kind: fact.kind,
    rule: fact.rule,
    primary: fact.primary,
    secondary: fact.secondary,
    time: row.time,
    effectiveTime: row.effectiveTime,
    source: row.operation.source,
    waived: fact.waived,
    approves: fact.approves,
    verdict: fact.verdict,
    redundant: fact.verdict === 'unchanged',
    status: active ? 'active' : fact.verdict === 'held' ? 'held' : 'refused',
    reason: fact.reason,
    statusSeq: null,
  };
}

function afterRow(link: Link, row: Row): Link {
  if (row.revokedLinks.includes(link.seq)) return { ...link, status: 'revoked', statusSeq: row.seq };
  if (row.approved === link.seq) return { ...link, status: 'approved', statusSeq: row.seq };
  if (row.rejected === link.seq) return { ...link, status: 'rejected', statusSeq: row.seq };
  return link;
}

/** What a refold decided stays: a redundant link that joined is from now on like an applied one. */
function afterJudgement(link: Link, judgement: Judgement | undefined, seq: Seq): Link {
  if (!judgement) return link;
  if (judgement.verdict === 'applied') return { ...link, redundant: false };
  return {
    ...link,
    status: judgement.verdict === 'held' ? 'held' : 'refused',
    reason: judgement.reason,
    statusSeq: seq,
  };
}

function mentionedBy(row: Row): DistinctId[] {
  const { operation } = row;
  return [
    ...(operation.op === 'identify' ? [operation.distinctId] : []),
    ...(row.link ? [row.link.primary, row.link.secondary] : []),
    ...row.separations.flat(),
    ...(row.lifted ?? []),
  ];
}

export function step(world: World, row: Row): World {
  const revoke = <T extends { seq: Seq; revokedSeq: Seq | null }>(fact: T): T =>
    fact.revokedSeq === null && row.revokedRows.includes(fact.seq) ? { ...fact, revokedSeq: row.seq } : fact;

  const links = world.links.map((link) => afterRow(link, row));
  if (row.link) links.push(linkOf(row, row.link));

  const identified = world.identified.map(revoke);
  const { batch } = row.operation.source;
  if (row.identified !== null) {
    identified.push({
      distinctId: row.identified,
      seq: row.seq,
      effectiveTime: row.effectiveTime,
      batch,
      revokedSeq: null,
    });
  }

  const writes = world.writes.map(revoke);
  for (const trait of row.traits) {
    if (row.operation.op !== 'identify') throw new Error('only identify writes traits');
    writes.push({
      ...trait,
      distinctId: row.operation.distinctId,
      seq: row.seq,
      time: row.time,
      effectiveTime: row.effectiveTime,
      timestamp: row.operation.timestamp,
      source: row.operation.source,
      revokedSeq: null,
    });
  }

  const separations: Separation[] = world.separations.map((separation) =>
    row.lifted && separation.liftedSeq === null && separation.pair.join('\0') === row.lifted.join('\0')
      ? { ...separation, liftedSeq: row.seq }
      : separation,
  );
  for (const pair of row.separations) separations.push({ pair, seq: row.seq, liftedSeq: null });

  const settings = row.settings ? [...world.settings, { seq: row.seq, settings: row.settings }] : world.settings;
  const arrangement = arrange({ links, identified, writes, separations, settings });

  const refolded = new Set(
    [
      // Taking back what was refused or held changes no identity.
      ...world.links
        .filter((link) => link.status === 'active' && row.revokedLinks.includes(link.seq))
        .map((link) => link.primary),
      ...world.identified.filter((fact) => revoke(fact) !== fact).map((fact) => fact.distinctId),
    ].flatMap((id) => [...world.arrangement.groupOf(id).members]),
  );
  for (const seq of arrangement.judged.keys()) {
    // All is arranged anew at every row; outside the component that is refolded this must change nothing.
    const link = links.find((candidate) => candidate.seq === seq)!;
    if (!refolded.has(link.primary)) throw new Error(`row ${row.seq} changed link ${seq} outside of a refold`);
  }

  const mentioned = new Set([...world.mentioned, ...mentionedBy(row)]);
  const changed = new Map(world.changed);
  for (const id of refolded) changed.set(id, row.seq);
  for (const id of mentioned) {
    if (portrait(world.arrangement, id) !== portrait(arrangement, id)) changed.set(id, row.seq);
  }
  for (const id of [...row.separations.flat(), ...(row.lifted ?? [])]) {
    for (const member of arrangement.groupOf(id).members) changed.set(member, row.seq);
  }

  return {
    rows: [...world.rows, row],
    links: links.map((link) => afterJudgement(link, arrangement.judged.get(link.seq), row.seq)),
    identified,
    writes,
    separations,
    settings,
    mentioned,
    changed,
    arrangement,
  };
}

function portrait(arrangement: Arrangement, id: DistinctId): string {
  const group = arrangement.groupOf(id);
  const members = [...group.members].sort();
  return JSON.stringify([group.canonical, members.map((member) => [member, arrangement.known.has(member)])]);
}
