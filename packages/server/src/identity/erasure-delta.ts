import {
  componentOf,
  type EraseFact,
  emptyState,
  type Fact,
  rootOf,
  type Seq,
  type Source,
  type State,
} from '@onym/core';
import { componentToWrite, ledgerRowOf, type RefsOf } from './delta.ts';
import { type Erasure, eraseFactOf, foldConnected, recordedOf, rewrite } from './erasure.ts';
import { decodeFact, type ReadRow } from './ledger-codec.ts';
import { type MatchRow, matchRowsOf } from './matching.ts';
import { sidesOf } from './members.ts';
import { flagsOf } from './rows.ts';
import type { ErasureRequest, PendingErasure } from './store.ts';
import type { WorkingSet } from './working-set.ts';
import type { ComponentToWrite, Delta, NewLedgerRow } from './written-rows.ts';

/** What an erasure writes, all of one environment; in the order in which it stands here. */
export interface ErasureDelta {
  /** Rows of the ledger that say less from now on, and the row that says that an erasure happened. */
  readonly rewritten: readonly NewLedgerRow[];
  readonly ledger: NewLedgerRow;
  readonly droppedLinks: readonly Seq[];
  /** Counters of repeats are removed that have one of these seqs. */
  readonly droppedRepeats: readonly Seq[];
  /** Facts, traits and separations of these are removed, and in the end their names: the row stays, so that its ref stays taken. */
  readonly erased: readonly { readonly ref: number; readonly token: string }[];
  /** What they were found by. */
  readonly matches: readonly MatchRow[];
  /** To be removed, with their component, where no link, fact, trait or separation names them any more. */
  readonly mayBeUnnamed: readonly { readonly ref: number; readonly root: number }[];
  /** Components are removed whose root is one of these: who belonged to them is folded again. */
  readonly droppedRoots: readonly number[];
  readonly strays: readonly { readonly ref: number; readonly distinct_id: string }[];
  /** `flags` are added to those whether it ever was canonical, which must still be known: a projection may not have retired it yet. */
  readonly identifiers: readonly {
    readonly ref: number;
    readonly component: number;
    readonly flags: number;
    readonly first_seen: number | null;
  }[];
  readonly components: readonly ComponentToWrite[];
  readonly links: readonly {
    readonly seq: number;
    readonly verdict: string;
    readonly redundant: number;
    readonly status: string;
    readonly reason: string | null;
    readonly status_seq: number | null;
  }[];
  /** Where `liftWentAway`, `last_lift` is what the separations that are left say. */
  readonly environment: Delta['environment'];
  readonly liftWentAway: boolean;
  readonly pending: PendingErasure;
}

/**
 * The ledger's rows to be read: those that bear on who is folded again, and those of `splits` that name one who is erased. `splits`: all
 * rows of that kind; none need be read where the erased have no rows.
 */
export function rowsToRead(set: WorkingSet, erasure: Erasure, splits: readonly ReadRow[]): Seq[] {
  const { erased, connected } = erasure;
  const refsOf = (ids: ReadonlySet<string>) => new Set([...ids].filter(set.hasRef).map(set.ref));
  const [erasedRefs, connectedRefs] = [refsOf(erased), refsOf(connected)];
  const seqs = new Set([...connected].flatMap((id) => recordedOf(set.state, id).rows));
  for (const { seq, body } of splits) {
    // A set names one side only: whoever had to do with the erased may have been the other.
    const isNamed =
      body.m === undefined
        ? erasedRefs.has(body.a) || erasedRefs.has(body.b)
        : body.m.some((ref: number) => connectedRefs.has(ref));
    if (isNamed) seqs.add(seq);
  }
  return [...seqs].sort((a, b) => a - b);
}

/** `rows`: of `rowsToRead`, ascending; `names`: of all refs in them. */
export function erasureDelta(
  set: WorkingSet,
  erasure: Erasure,
  request: ErasureRequest,
  rows: readonly ReadRow[],
  names: ReadonlyMap<number, string>,
  sources: { byId(id: number): Source; idOf(source: Source): number },
): { fact: EraseFact; write: () => ErasureDelta } {
  const facts = rows.map((row) => decodeFact(row, sources.byId, (ref) => names.get(ref)!));
  const { left, changed } = rewrite(facts, erasure);
  const fact = eraseFactOf(set.state, erasure, changed.length, request);
  return { fact, write: () => deltaOfErasure(set, erasure, fact, left, changed, refsOf(set, erasure, names, sources)) };
}

/** Tokens take the ref of the name they stand for. */
function refsOf(
  set: WorkingSet,
  { erased, tokenOf }: Erasure,
  names: ReadonlyMap<number, string>,
  sources: { idOf(source: Source): number },
): RefsOf {
  const refs = new Map([...names].map(([ref, name]) => [name, ref]));
  for (const id of erased) if (set.hasRef(id)) refs.set(tokenOf(id), set.ref(id));
  return { ref: (name) => refs.get(name)!, sourceId: sources.idOf };
}

function deltaOfErasure(
  set: WorkingSet,
  erasure: Erasure,
  fact: EraseFact,
  left: readonly Fact[],
  changed: readonly Fact[],
  refs: RefsOf,
): ErasureDelta {
  const { state, environment } = set;
  const { erased, connected, links, separations, tokenOf } = erasure;
  const folded = foldedAgain(state, left, connected);
  const others = [...connected].filter((id) => !erased.has(id));
  const strays = others.filter((id) => !folded.identifiers.has(id));
  const placed = others
    .flatMap((id) => folded.identifiers.get(id) ?? [])
    .map((identifier) => ({ identifier, root: rootOf(folded, identifier.component) }));
  return {
    rewritten: changed.map((row) => ledgerRowOf(row, refs)),
    ledger: ledgerRowOf(fact, refs),
    droppedLinks: links,
    droppedRepeats: [...links, ...changed.filter(({ op }) => op === 'erased').map(({ seq }) => seq)],
    erased: [...erased].filter(set.hasRef).map((id) => ({ ref: set.ref(id), token: tokenOf(id) })),
    matches: matchRowsOf(
      [...erased].flatMap((id) => recordedOf(state, id).traits.map((write) => ({ id, write }))),
      set.ref,
      () => true,
    ),
    mayBeUnnamed: outsidersOf(state, erasure).map((id) => ({ ref: set.ref(id), root: componentOf(state, id)!.id })),
    droppedRoots: [...new Set([...connected].flatMap((id) => componentOf(state, id)?.id ?? []))],
    strays: strays.map((id) => ({ ref: set.ref(id), distinct_id: id })),
    identifiers: placed.map(({ identifier, root }) => ({
      ref: set.ref(identifier.id),
      component: root,
      flags: flagsOf(identifier),
      first_seen: identifier.firstSeen,
    })),
    components: [...new Set(placed.map(({ root }) => root))].map((root) =>
      componentToWrite(folded.components.get(root)!, set),
    ),
    links: [...folded.links.values()]
      .filter(({ primary, secondary }) => connected.has(primary) || connected.has(secondary))
      .map(({ seq, verdict, redundant, status, reason, statusSeq }) => ({
        seq,
        verdict,
        redundant: redundant ? 1 : 0,
        status,
        reason,
        status_seq: statusSeq,
      })),
    environment: {
      head: fact.seq,
      last_time: fact.time,
      last_lift: environment.last_lift,
      next_component: folded.nextComponent,
    },
    liftWentAway: separations.some(({ liftedSeq }) => liftedSeq === environment.last_lift),
    pending: { seq: fact.seq, time: fact.time, distinctIds: [...erased], strays, links },
  };
}

/** Identifiers that were never joined to the erased, and that what is erased speaks of. */
function outsidersOf(state: State, { links, connected }: Erasure): string[] {
  return [...new Set(sidesOf(state, links))].filter((id) => !connected.has(id));
}

/** The state of those who were ever connected to the erased, folded from the rows that are left. */
function foldedAgain(before: State, left: readonly Fact[], connected: ReadonlySet<string>): State {
  const folded = emptyState(before.settings[0]!.settings, before.compile);
  folded.settings.push(...before.settings.slice(1));
  folded.nextComponent = before.nextComponent;
  foldConnected(folded, left, connected);
  return folded;
}
