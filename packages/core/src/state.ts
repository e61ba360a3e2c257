import type { Held } from './held.ts';
import { type CompilePattern, compileNatively, type Forms, formsOf, pairKey, pairOf, typeOf } from './identifiers.ts';
import type { DistinctId, IdentifyFact, Link, Millis, Separation, Seq, Settings, TraitWrite } from './types.ts';

/**
 * The engine's working set: the whole of an environment (memory store, verify), or only what a batch of operations touches,
 * loaded by a store. An identifier that is absent was never linked, identified, given traits or separated: it is alone, unknown,
 * and its own canonical id.
 */
export interface State {
  readonly identifiers: Map<DistinctId, Identifier>;
  /** Identities by component id. Only roots: a component that joined another is gone from here. */
  readonly components: Map<ComponentId, Component>;
  /** Where a component went that joined another in this working set. */
  readonly joinedInto: Map<ComponentId, ComponentId>;
  readonly links: Map<Seq, Link>;
  readonly linksByPair: Map<string, Seq[]>;
  readonly identifies: Map<DistinctId, IdentifyFact[]>;
  /** Per identifier and key. A store may load only candidates: winners, exact repeats, equal values (see `traits.ts`). */
  readonly traits: Map<DistinctId, Map<string, TraitWrite[]>>;
  readonly separations: Map<string, Separation[]>;
  /** Settings in force from a seq on, ascending; the first entry has seq 0. */
  readonly settings: { seq: Seq; settings: Settings }[];
  /** How the settings' patterns are matched. */
  readonly compile: CompilePattern;
  /** Present for components loaded whole: what a refold and a cut need. */
  readonly members: Map<ComponentId, Set<DistinctId>>;
  readonly linksOf: Map<DistinctId, Seq[]>;
  /** The identifier an evidence row speaks of, for rows a revert names. */
  readonly subjects: Map<Seq, DistinctId>;
  nextComponent: ComponentId;
  head: Seq;
  lastTime: Millis;
  /** The last ledger row that lifted a separation; 0 without one. */
  lastLift: Seq;
  readonly changed: Changed;
  /** What of a store has been read; null where the whole environment is here. */
  readonly held: Held | null;
}

export type ComponentId = number;

export interface Identifier {
  readonly id: DistinctId;
  /** The component it was loaded or created with; `rootOf` follows joins. */
  component: ComponentId;
  known: boolean;
  /** Secondary of an active link of identify or track rule. */
  wasAnonymous: boolean;
  /** Ever canonical of an identity: a projection must then retire that identity when it is no more. */
  wasCanonical: boolean;
  /** Least effective time of the active facts that name it; null when none is active. */
  firstSeen: Millis | null;
}

export interface Component {
  readonly id: ComponentId;
  canonical: DistinctId;
  /** True when the canonical id is known, which is when any member is (R7). */
  known: boolean;
  size: number;
  /** Least effective time of the active facts; null when none is active. */
  createdAt: Millis | null;
  /** Last ledger row that changed membership, canonical id, known-ness or separations. */
  changedSeq: Seq;
  /** Members that stand in a separation in force. */
  readonly separated: Set<DistinctId>;
  /** Members by type; kept for the types that have a maximum. */
  readonly typeCounts: Map<string, number>;
}

/** What the last operations changed, for a store to write. Steps are in order; the rest is read from the state. */
export interface Changed {
  readonly identifiers: Set<DistinctId>;
  readonly createdIdentifiers: Set<DistinctId>;
  readonly createdComponents: Set<ComponentId>;
  /** Identities whose profile, membership or verdicts changed: caches and projections follow these. */
  readonly components: Set<ComponentId>;
  readonly steps: StructuralStep[];
  readonly links: Set<Seq>;
  readonly createdLinks: Set<Seq>;
  readonly identifies: { id: DistinctId; fact: IdentifyFact }[];
  readonly traits: { id: DistinctId; write: TraitWrite }[];
  readonly separations: Separation[];
  readonly settings: { seq: Seq; settings: Settings }[];
}

export type StructuralStep =
  /** `from` joined `into`; the members of the `renamed` side have another canonical id now. `sizes`: how many each had before. */
  | {
      step: 'join';
      seq: Seq;
      from: ComponentId;
      into: ComponentId;
      renamed: 'from' | 'into';
      sizes: { from: number; into: number };
    }
  /** All members, `size` of them, have another canonical id now. */
  | { step: 'rename'; seq: Seq; component: ComponentId; size: number }
  /** The component fell into these parts; each part lists its members. */
  | { step: 'refold'; seq: Seq; component: ComponentId; parts: { component: ComponentId; members: DistinctId[] }[] };

export function emptyState(
  settings: Settings,
  compile: CompilePattern = compileNatively,
  held: Held | null = null,
): State {
  return {
    identifiers: new Map(),
    components: new Map(),
    joinedInto: new Map(),
    links: new Map(),
    linksByPair: new Map(),
    identifies: new Map(),
    traits: new Map(),
    separations: new Map(),
    settings: [{ seq: 0, settings }],
    compile,
    members: new Map(),
    linksOf: new Map(),
    subjects: new Map(),
    nextComponent: 1,
    head: 0,
    lastTime: 0,
    lastLift: 0,
    changed: nothingChanged(),
    held,
  };
}

export function nothingChanged(): Changed {
  return {
    identifiers: new Set(),
    createdIdentifiers: new Set(),
    createdComponents: new Set(),
    components: new Set(),
    steps: [],
    links: new Set(),
    createdLinks: new Set(),
    identifies: [],
    traits: [],
    separations: [],
    settings: [],
  };
}

export function clearChanged(changed: Changed): void {
  for (const part of Object.values(changed)) {
    if (part instanceof Set) part.clear();
    else part.length = 0;
  }
}

export function settingsAt(state: State, seq: Seq): Settings {
  let found = state.settings[0]!.settings;
  for (const entry of state.settings) {
    if (entry.seq > seq) break;
    found = entry.settings;
  }
  return found;
}

export function currentSettings(state: State): { seq: Seq; settings: Settings } {
  return state.settings[state.settings.length - 1]!;
}

/** What ids are by their form under the settings in force at a ledger row; without one, now. */
export function formsAt(state: State, seq: Seq = Number.POSITIVE_INFINITY): Forms {
  return formsOf(settingsAt(state, seq), state.compile);
}

export function rootOf(state: State, component: ComponentId): ComponentId {
  let root = component;
  for (let next = state.joinedInto.get(root); next !== undefined; next = state.joinedInto.get(root)) root = next;
  // Shorten the way for the next look-up.
  for (let id = component; id !== root; ) {
    const next = state.joinedInto.get(id)!;
    state.joinedInto.set(id, root);
    id = next;
  }
  return root;
}

/** The identity of an identifier, or null when it is alone and has no row. */
export function componentOf(state: State, id: DistinctId): Component | null {
  const identifier = state.identifiers.get(id);
  return identifier === undefined ? null : state.components.get(rootOf(state, identifier.component))!;
}

export function sameIdentity(state: State, a: DistinctId, b: DistinctId): boolean {
  if (a === b) return true;
  const component = componentOf(state, a);
  return component !== null && component === componentOf(state, b);
}

export function canonicalOf(state: State, id: DistinctId): DistinctId {
  return componentOf(state, id)?.canonical ?? id;
}

export function linksOnPair(state: State, a: DistinctId, b: DistinctId): Link[] {
  return (state.linksByPair.get(pairKey(a, b)) ?? []).map((seq) => state.links.get(seq)!);
}

/** The separation in force on exactly this pair, or null. */
export function separationOn(state: State, a: DistinctId, b: DistinctId): Separation | null {
  // Mostly there is none at all: then there is no key to make.
  if (state.separations.size === 0) return null;
  return state.separations.get(pairKey(a, b))?.find((separation) => separation.liftedSeq === null) ?? null;
}

// ---------------------------------------------------------------------------------------------------------------------
// Changes. Everything below keeps `changed` in step.

/** The identifier's row, created alone and unknown when it is absent. */
export function ensureIdentifier(state: State, id: DistinctId): Identifier {
  const existing = state.identifiers.get(id);
  if (existing !== undefined) return existing;
  const component: Component = {
    id: state.nextComponent++,
    canonical: id,
    known: false,
    size: 1,
    createdAt: null,
    changedSeq: 0,
    separated: new Set(),
    typeCounts: new Map(),
  };
  const type = typeOf(id);
  if (type !== null) component.typeCounts.set(type, 1);
  const identifier: Identifier = {
    id,
    component: component.id,
    known: false,
    wasAnonymous: false,
    wasCanonical: false,
    firstSeen: null,
  };
  state.identifiers.set(id, identifier);
  state.components.set(component.id, component);
  state.members.set(component.id, new Set([id]));
  state.changed.identifiers.add(id);
  state.changed.createdIdentifiers.add(id);
  state.changed.components.add(component.id);
  state.changed.createdComponents.add(component.id);
  return identifier;
}

/** An active fact names the identifier at this time. */
export function seeIdentifier(state: State, id: DistinctId, effectiveTime: Millis): void {
  const identifier = ensureIdentifier(state, id);
  if (identifier.firstSeen === null || effectiveTime < identifier.firstSeen) {
    identifier.firstSeen = effectiveTime;
    state.changed.identifiers.add(id);
  }
  const component = componentOf(state, id)!;
  state.changed.components.add(component.id);
  if (component.createdAt === null) noteCanonical(state, component.canonical);
  if (component.createdAt === null || effectiveTime < component.createdAt) component.createdAt = effectiveTime;
}

/** An identity goes by this id. */
function noteCanonical(state: State, id: DistinctId): void {
  const identifier = state.identifiers.get(id);
  if (identifier === undefined || identifier.wasCanonical) return;
  identifier.wasCanonical = true;
  state.changed.identifiers.add(id);
}

/** Known from now on; canonical too where the identity's canonical id is not known. */
export function makeKnown(state: State, id: DistinctId, seq: Seq): void {
  const identifier = ensureIdentifier(state, id);
  if (identifier.known) return;
  identifier.known = true;
  state.changed.identifiers.add(id);
  const component = componentOf(state, id)!;
  component.changedSeq = seq;
  state.changed.components.add(component.id);
  if (component.known) return;
  component.known = true;
  setCanonical(state, component, id, seq);
}

function setCanonical(state: State, component: Component, id: DistinctId, seq: Seq): void {
  noteCanonical(state, id);
  if (component.canonical === id) return;
  component.canonical = id;
  state.changed.steps.push({ step: 'rename', seq, component: component.id, size: component.size });
}

/** The side of a link whose identity's canonical id stays when the two join. */
export type Side = 'primary' | 'secondary';

/** Joins the secondary's identity to the primary's. Known-ness has been settled before. */
export function joinComponents(
  state: State,
  { primary, secondary }: { primary: DistinctId; secondary: DistinctId },
  survivorSide: Side,
  seq: Seq,
): void {
  const x = componentOf(state, primary)!;
  const y = componentOf(state, secondary)!;
  const survivor = survivorSide === 'primary' ? x : y;
  const canonical = survivor.canonical;
  const into = chooseRoot(state, x, y);
  const from = into === x ? y : x;
  const sizes = { from: from.size, into: into.size };
  into.size += from.size;
  into.known = x.known || y.known;
  into.canonical = canonical;
  into.createdAt = leastOf(x.createdAt, y.createdAt);
  into.changedSeq = seq;
  if (from.separated.size > 0) for (const id of from.separated) into.separated.add(id);
  if (from.typeCounts.size > 0)
    for (const [type, count] of from.typeCounts) into.typeCounts.set(type, (into.typeCounts.get(type) ?? 0) + count);
  const members = state.members.get(into.id);
  const joining = state.members.get(from.id);
  if (members !== undefined && joining !== undefined) for (const id of joining) members.add(id);
  else state.members.delete(into.id);
  state.members.delete(from.id);
  state.components.delete(from.id);
  state.joinedInto.set(from.id, into.id);
  noteCanonical(state, canonical);
  state.changed.components.add(into.id);
  state.changed.components.add(from.id);
  state.changed.steps.push({
    step: 'join',
    seq,
    from: from.id,
    into: into.id,
    renamed: survivor === into ? 'from' : 'into',
    sizes,
  });
}

/** The smaller component moves, so that a join costs by the smaller side; a stored one stays before a new one. */
function chooseRoot(state: State, x: Component, y: Component): Component {
  const { createdComponents } = state.changed;
  const xIsNew = createdComponents.has(x.id);
  if (xIsNew !== createdComponents.has(y.id)) return xIsNew ? y : x;
  return y.size > x.size ? y : x;
}

function leastOf(a: Millis | null, b: Millis | null): Millis | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}

export function addLink(state: State, link: Link): void {
  state.links.set(link.seq, link);
  pushTo(state.linksByPair, pairKey(link.primary, link.secondary), link.seq);
  pushTo(state.linksOf, link.primary, link.seq);
  pushTo(state.linksOf, link.secondary, link.seq);
  state.changed.links.add(link.seq);
  state.changed.createdLinks.add(link.seq);
}

export function changeLink(
  state: State,
  seq: Seq,
  change: Partial<Pick<Link, 'status' | 'reason' | 'statusSeq' | 'redundant'>>,
): void {
  state.links.set(seq, { ...state.links.get(seq)!, ...change });
  state.changed.links.add(seq);
}

export function addIdentify(state: State, id: DistinctId, fact: IdentifyFact): void {
  pushTo(state.identifies, id, fact);
  state.changed.identifies.push({ id, fact });
  // Known already or not: a projection tells which identify named it first.
  state.changed.identifiers.add(id);
}

export function addTrait(state: State, id: DistinctId, write: TraitWrite): void {
  let byKey = state.traits.get(id);
  if (byKey === undefined) {
    byKey = new Map();
    state.traits.set(id, byKey);
  }
  pushTo(byKey, write.key, write);
  state.changed.traits.push({ id, write });
}

export function addSeparation(state: State, a: DistinctId, b: DistinctId, seq: Seq): void {
  const separation: Separation = { pair: pairOf(a, b), seq, liftedSeq: null };
  pushTo(state.separations, pairKey(a, b), separation);
  state.changed.separations.push(separation);
  for (const id of separation.pair) {
    ensureIdentifier(state, id);
    const component = componentOf(state, id)!;
    component.separated.add(id);
    component.changedSeq = seq;
    state.changed.components.add(component.id);
  }
}

export function liftSeparation(state: State, a: DistinctId, b: DistinctId, seq: Seq): void {
  const list = state.separations.get(pairKey(a, b)) ?? [];
  const index = list.findIndex((separation) => separation.liftedSeq === null);
  const lifted: Separation = { ...list[index]!, liftedSeq: seq };
  list[index] = lifted;
  state.lastLift = seq;
  state.changed.separations.push(lifted);
  for (const id of lifted.pair) {
    const component = componentOf(state, id)!;
    if (separatedFrom(state, id).length === 0) component.separated.delete(id);
    component.changedSeq = seq;
    state.changed.components.add(component.id);
  }
}

/** The identifiers that separations in force keep from this one. */
export function separatedFrom(state: State, id: DistinctId): DistinctId[] {
  return everSeparatedFrom(state, id).filter((other) => separationOn(state, id, other) !== null);
}

/** The identifiers that a separation ever kept from this one, lifted or not. */
export function everSeparatedFrom(state: State, id: DistinctId): readonly DistinctId[] {
  return separationIndex(state).get(id) ?? [];
}

const separationIndexes = new WeakMap<State['separations'], { size: number; index: Map<DistinctId, DistinctId[]> }>();

/** Neighbours per identifier, over all pairs that ever had a separation; rebuilt when pairs were added. */
function separationIndex(state: State): Map<DistinctId, DistinctId[]> {
  let entry = separationIndexes.get(state.separations);
  if (entry === undefined) {
    entry = { size: 0, index: new Map() };
    separationIndexes.set(state.separations, entry);
  }
  if (entry.size !== state.separations.size) {
    let position = 0;
    for (const list of state.separations.values()) {
      // Maps keep insertion order: everything before `size` is indexed already.
      if (position++ < entry.size) continue;
      const [a, b] = list[0]!.pair;
      pushTo(entry.index, a, b);
      pushTo(entry.index, b, a);
    }
    entry.size = state.separations.size;
  }
  return entry.index;
}

export function pushTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/**
 * Goes on from what was just stored: nothing is changed any more. Of what an identifier said, and of who is in an identity, nothing is kept:
 * histories grow, and few calls ask for them. Links stay, all of those that name who was created here.
 */
export function carryOn(state: State): void {
  const { changed, held } = state;
  for (const part of [state.members, state.linksOf, state.identifies, state.traits, state.subjects]) part.clear();
  if (held !== null) {
    const { done, linked } = held;
    for (const id of changed.createdIdentifiers) linked.add(id);
    for (const part of [done.members, done.recorded, done.identifies, done.traitKeys, done.rows]) part.clear();
  }
  clearChanged(changed);
}
