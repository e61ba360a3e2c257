import { type Seq, type Settings, typeOf } from '@onym/core';
import { LRUCache } from 'lru-cache';
import type { IdentityStore } from '../identity/store.ts';
import { limits } from '../limits.ts';
import { formsFor } from '../patterns.ts';
import { createCrowds, wholeProfile } from './crowds.ts';
import type { Findings } from './findings.ts';
import { createRecentMap } from './recent-map.ts';
import { type CallSite, type Example, type LintRule, lintThresholds } from './rules.ts';

export interface AliasCall {
  readonly primary: string;
  readonly secondary: string;
  readonly site: CallSite;
  readonly time: number;
  readonly seq: Seq | null;
  /** False when the call repeats an earlier row. */
  readonly recorded: boolean;
  readonly applied: boolean;
  /** The id that names the primary's identity after the call. */
  readonly canonicalId: string;
}

/** What is wrong with an alias, and which side is the anonymous one where that is known. */
interface Judgement {
  readonly rules: readonly LintRule[];
  readonly anonymousId: string | null;
}

/** Judges aliases, off the path of the calls: reads of the identity store are for `inspect` alone. */
export interface Aliases {
  /** Counts the call; true when it has to be inspected, because its pair was not met before from its call site. */
  observe(call: AliasCall): boolean;
  /** Notes nothing when it rejects. */
  inspect(call: AliasCall): Promise<void>;
  /** Notes that an id is known since a ledger row. */
  noteKnown(id: string, seq: Seq): void;
  /** Identities may be smaller than they were. */
  forgetSizes(): void;
  forget(ids: ReadonlySet<string>): void;
}

interface PairEntry {
  readonly primary: string;
  readonly secondary: string;
  calls: number;
  judgement: Judgement | null;
}

/** The identity that an alias has left, and the row of the alias. */
interface Joined {
  readonly seq: Seq;
  readonly isLarge: boolean;
  readonly canonicalId: string;
}

type Store = Pick<IdentityStore, 'resolve' | 'link' | 'members' | 'known' | 'profile' | 'recorded'>;

const generatedForm = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
/** An id that a library made up, and that no other system gave out. */
const looksGenerated = (id: string): boolean => generatedForm.test(id);

export function createAliases(
  environment: string,
  findings: Findings,
  identityStore: Store,
  settings: () => Settings,
): Aliases {
  const pairs = new LRUCache<string, PairEntry>({ max: limits.lintPairsMax });
  const knownSince = createRecentMap<Seq>(limits.lintKnownIdsMax);
  /** A ledger row that named an id, the earliest that is remembered. */
  const namedAt = createRecentMap<Seq>(limits.lintKnownIdsMax);
  /** From which ledger row on an identifier is known by itself. */
  const namesSince = createRecentMap<Seq>(limits.lintKnownIdsMax);
  const crowds = createCrowds(environment, identityStore);

  function note(call: AliasCall, { rules, anonymousId }: Judgement): void {
    for (const rule of rules) findings.note(rule, call.site, exampleOf(call, anonymousId));
  }

  /** What is recorded of an id that many others were joined to takes long to read, and is not read where such an alias is remembered. */
  async function wasNamed(id: string, seq: Seq): Promise<boolean> {
    if ((namedAt.get(id) ?? seq) < seq) return true;
    const { rows } = await identityStore.recorded(environment, id);
    return rows.some((row) => row < seq);
  }

  async function wasKnown(id: string, { seq, isLarge, canonicalId }: Joined): Promise<boolean> {
    const since = knownSince.get(id);
    if (since !== undefined && since < seq) return true;
    // Who gives a large identity its name is not new with one more id. Nobody whom no earlier row named was anybody, which is cheaper to
    // find out than who an identity was.
    if (!(isLarge && id === canonicalId) && !(await wasNamed(id, seq))) return false;
    const { resolved } = await identityStore.resolve(environment, [id], isLarge ? undefined : seq - 1);
    const known = resolved.get(id)!.known;
    if (known) knownSince.set(id, seq - 1);
    return known;
  }

  /** What the ids' form says, corrected by what was known of them before the call; of a large identity, by what is known now. */
  async function judge(call: AliasCall): Promise<Judgement> {
    const byForm = judgeByForm(call, settings());
    if (call.seq === null || byForm.rules.includes('alias-at-login')) return byForm;
    if (!call.recorded) {
      const link = await identityStore.link(environment, call.seq);
      if (link !== null && link.rule !== 'alias') return atLogin(link.secondary);
    }
    const { primary, secondary, seq } = call;
    const isLarge = await crowds.isLarge(namesOf(call));
    const joined = { seq, isLarge, canonicalId: call.canonicalId };
    const primaryWasKnown = await wasKnown(primary, joined);
    const secondaryWasKnown =
      primaryWasKnown && !byForm.rules.includes('missing-prefix') ? true : await wasKnown(secondary, joined);
    if (byForm.rules.includes('missing-prefix')) {
      if (looksGenerated(secondary) && !secondaryWasKnown) return atLogin(secondary);
      if (secondaryWasKnown && (await isAnonymousMember(secondary, seq, isLarge))) return atLogin(secondary);
      if (looksGenerated(primary) && !looksGenerated(secondary) && !primaryWasKnown && secondaryWasKnown) {
        return atLogin(primary);
      }
    }
    // A repeat comes after an alias: it is none before identify().
    if (primaryWasKnown || secondaryWasKnown || !call.recorded) return byForm;
    return { ...byForm, rules: ['alias-before-identify', ...byForm.rules] };
  }

  /** True for an id that belongs to someone as an anonymous id, and not as a name of its own. */
  async function isAnonymousMember(id: string, seq: Seq, isLarge: boolean): Promise<boolean> {
    const since = namesSince.get(id);
    if (since !== undefined && since <= seq) return false;
    if (!(await identityStore.known(environment, [id])).has(id)) return true;
    if (isLarge) return false;
    const { identifiers } = await identityStore.profile(environment, id, wholeProfile, seq - 1);
    const isName = identifiers.some((member) => member.distinctId === id && member.known);
    if (isName) namesSince.set(id, seq);
    return !isName;
  }

  function noteNamed({ primary, secondary, seq, recorded }: AliasCall): void {
    if (seq === null || !recorded) return;
    // Set again each time, so that whoever is named often stays.
    for (const id of [primary, secondary]) namedAt.set(id, namedAt.get(id) ?? seq);
  }

  return {
    observe(call) {
      noteNamed(call);
      const key = pairOf(call);
      let entry = pairs.get(key);
      if (entry === undefined) {
        entry = { primary: call.primary, secondary: call.secondary, calls: 0, judgement: null };
        pairs.set(key, entry);
      }
      entry.calls++;
      const { callsPerPairMin } = lintThresholds;
      if (entry.calls >= callsPerPairMin) {
        // The first call of a pair is none too many.
        const count = entry.calls === callsPerPairMin ? callsPerPairMin - 1 : 1;
        findings.note('repeated-alias', call.site, { ...exampleOf(call, null), number: entry.calls }, count);
      }
      if (call.recorded || entry.judgement === null) return true;
      note(call, entry.judgement);
      return false;
    },

    async inspect(call) {
      const entry = pairs.peek(pairOf(call));
      const judgement = (call.recorded ? null : entry?.judgement) ?? (await judge(call));
      const { seq, applied } = call;
      const mayCrowd = applied && seq !== null && !judgement.rules.includes('alias-at-login');
      const number = mayCrowd ? await crowds.after(namesOf(call), seq) : null;
      note(call, judgement);
      if (number !== null) findings.note('no-stable-canonical', call.site, { ...exampleOf(call, null), number });
      if (entry !== undefined) {
        entry.judgement = { ...judgement, rules: judgement.rules.filter((rule) => rule !== 'alias-before-identify') };
      }
    },

    noteKnown(id, seq) {
      if (knownSince.get(id) === undefined) knownSince.set(id, seq);
    },

    forgetSizes: crowds.clear,

    forget(ids) {
      for (const [key, { primary, secondary }] of pairs) {
        if (ids.has(primary) || ids.has(secondary)) pairs.delete(key);
      }
      for (const id of ids) {
        knownSince.delete(id);
        namesSince.delete(id);
        namedAt.delete(id);
      }
      crowds.forget(ids);
    },
  };
}

/** Ids of the primary's identity after the call; the secondary surely is where the alias was applied. */
function namesOf({ canonicalId, primary, secondary, applied }: AliasCall): string[] {
  return applied ? [canonicalId, primary, secondary] : [canonicalId, primary];
}

const pairOf = ({ site, primary, secondary }: AliasCall): string =>
  `${site.key}\u0000${site.lib}\u0000${primary}\u0000${secondary}`;

function atLogin(anonymousId: string): Judgement {
  return { rules: ['alias-at-login'], anonymousId };
}

/** What can be told without asking who the ids are. */
function judgeByForm({ primary, secondary, canonicalId }: AliasCall, settings: Settings): Judgement {
  const isChained = canonicalId !== primary && canonicalId !== secondary;
  const forms = formsFor(settings);
  const primaryIsAnonymous = forms.isAnonymous(primary);
  const secondaryIsAnonymous = forms.isAnonymous(secondary);
  const isForeign = typeOf(secondary) !== null;
  if (secondaryIsAnonymous && !primaryIsAnonymous) return atLogin(secondary);
  if (primaryIsAnonymous && !secondaryIsAnonymous && !(isChained && isForeign)) return atLogin(primary);
  const rules: LintRule[] = [];
  if (!secondaryIsAnonymous && !isForeign) rules.push('missing-prefix');
  if (isChained) rules.push('chained-alias');
  return { rules, anonymousId: primaryIsAnonymous ? primary : null };
}

function exampleOf(call: AliasCall, anonymousId: string | null): Example {
  return {
    call: 'alias',
    time: call.time,
    ids: {
      distinct_id: call.primary,
      alias_id: call.secondary,
      canonical_id: call.canonicalId,
      ...(anonymousId === null ? {} : { anonymous_id: anonymousId }),
    },
    ...(call.seq === null ? {} : { seq: call.seq }),
  };
}
