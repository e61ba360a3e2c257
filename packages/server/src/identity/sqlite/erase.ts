import { componentOf, type EraseFact, emptyState, type Fact, rootOf, type Seq, type Source } from '@onym/core';
import { type Erasure, eraseFactOf, foldConnected, planErasure, recordedOf, rewrite } from '../erasure.ts';
import { membersOf } from '../members.ts';
import type { ErasureRequest } from '../types.ts';
import { decodeFact, encodeFact, type LedgerRow } from './codec.ts';
import type { ErasureStatements } from './erase-statements.ts';
import { type EnvironmentRow, flag, type WorkingSet } from './load.ts';
import type { Statements } from './statements.ts';
import { flagsOf, saveComponent } from './write.ts';

type Sql = Statements & ErasureStatements;

interface Sources {
  byId(id: number): Source;
  idOf(source: Source): number;
}

/** Runs inside a transaction. */
export function eraseIdentity(
  sql: Sql,
  sources: Sources,
  environment: EnvironmentRow,
  set: WorkingSet,
  distinctId: string,
  request: ErasureRequest,
): EraseFact {
  const { state } = set;
  set.whole(distinctId);
  const erasure = planErasure(state, membersOf(state, distinctId), set.recorded);
  const names = namesOf(sql, set, erasure);
  const facts = rowsToRead(sql, environment.id, set, erasure).map((seq) => {
    const row = sql.ledgerRow.get(environment.id, seq) as LedgerRow & { source: number };
    return decodeFact(row, sources.byId(row.source), names.name);
  });
  const { left, changed } = rewrite(facts, erasure);
  const fact = eraseFactOf(state, erasure, changed.length, request);
  if (request.dryRun) return fact;

  const env = environment.id;
  for (const row of changed) sql.rewriteLedger.run(sources.idOf(row.source), encodeFact(row, names.ref), env, row.seq);
  sql.addLedger.run(env, fact.seq, fact.time, sources.idOf(fact.source), encodeFact(fact, names.ref));
  dropErased(sql, env, set, erasure);
  dropUnnamed(sql, env, set, erasure);
  const { nextComponent, strays } = refoldOthers(sql, environment, set, erasure, left, fact.seq);
  for (const id of erasure.erased) {
    if (state.identifiers.has(id)) sql.forgetIdentifier.run(erasure.tokenOf(id), set.ref(id));
  }
  const liftWentAway = erasure.separations.some(({ liftedSeq }) => liftedSeq === environment.last_lift);
  const lastLift = liftWentAway ? (sql.lastLift.get(env) as number) : environment.last_lift;
  sql.saveEnvironment.run(fact.seq, fact.time, lastLift, nextComponent, env);
  for (const row of changed) if (row.op === 'erased') sql.dropRepeats.run(env, row.seq);
  const rest = JSON.stringify({ distinctIds: [...erasure.erased], strays, links: erasure.links });
  sql.addPending.run(env, fact.seq, fact.time, rest);
  return fact;
}

/** Refs to names and back, tokens included: they take the ref of the name they stand for. */
function namesOf(sql: Sql, set: WorkingSet, { erased, tokenOf }: Erasure) {
  const byRef = new Map<number, string>();
  const refs = new Map<string, number>();
  for (const id of erased) if (set.state.identifiers.has(id)) refs.set(tokenOf(id), set.ref(id));
  return {
    name(ref: number): string {
      let name = byRef.get(ref);
      if (name === undefined) {
        name = sql.identifierByRef.get(ref) as string;
        byRef.set(ref, name);
        refs.set(name, ref);
      }
      return name;
    },
    ref: (name: string): number => refs.get(name)!,
  };
}

/** Every row that bears on the identifiers to be folded again, and every split that names one who is erased, or took out who had to do with them. */
function rowsToRead(sql: Sql, env: number, set: WorkingSet, { erased, connected }: Erasure): Seq[] {
  const seqs = new Set<Seq>();
  for (const id of connected) for (const seq of recordedOf(set.state, id).rows) seqs.add(seq);
  const refsOf = (ids: ReadonlySet<string>) =>
    new Set([...ids].filter((id) => set.state.identifiers.has(id)).map(set.ref));
  const [refs, connectedRefs] = [refsOf(erased), refsOf(connected)];
  if (refs.size > 0) {
    for (const { seq, body } of sql.splits.all(env) as LedgerRow[]) {
      const { a, b, m } = JSON.parse(body) as { a: number; b: number; m?: number[] };
      const isNamed = m === undefined ? refs.has(a) || refs.has(b) : m.some((ref) => connectedRefs.has(ref));
      if (isNamed) seqs.add(seq);
    }
  }
  return [...seqs].sort((a, b) => a - b);
}

function dropErased(sql: Sql, env: number, set: WorkingSet, { erased, links }: Erasure): void {
  for (const seq of links) {
    sql.dropLink.run(env, seq);
    sql.dropRepeats.run(env, seq);
  }
  for (const id of erased) {
    if (!set.state.identifiers.has(id)) continue;
    const ref = set.ref(id);
    sql.dropIdentifies.run(ref);
    sql.dropTraits.run(ref);
    sql.dropSeparations.run({ ref });
  }
}

/** Identifiers that were never joined to the erased, and that nothing speaks of but what was erased. */
function dropUnnamed(sql: Sql, env: number, set: WorkingSet, { links, connected }: Erasure): void {
  const { state } = set;
  for (const seq of links) {
    const { primary, secondary } = state.links.get(seq)!;
    for (const id of [primary, secondary]) {
      if (connected.has(id)) continue;
      const found = sql.identifier.get(env, id) as { ref: number; root: number } | undefined;
      if (found === undefined || sql.isNamed.get({ ref: found.ref }) === 1) continue;
      sql.dropComponents.run(env, found.root);
      sql.dropIdentifier.run(found.ref);
    }
  }
}

/** The state of those who were ever connected to the erased, folded from the rows that are left. */
function refoldOthers(
  sql: Sql,
  environment: EnvironmentRow,
  set: WorkingSet,
  { erased, connected }: Erasure,
  left: readonly Fact[],
  stamp: Seq,
): { nextComponent: number; strays: string[] } {
  const env = environment.id;
  const before = set.state;
  const roots = new Set([...connected].map((id) => componentOf(before, id)?.id).filter((id) => id !== undefined));
  for (const root of roots) sql.dropComponents.run(env, root);

  const folded = emptyState(before.settings[0]!.settings, before.compile);
  folded.settings.push(...before.settings.slice(1));
  folded.nextComponent = environment.next_component;
  foldConnected(folded, left, connected);
  const strays: string[] = [];
  const written = new Set<number>();
  for (const id of connected) {
    if (erased.has(id)) continue;
    const identifier = folded.identifiers.get(id);
    if (identifier === undefined) {
      strays.push(id);
      sql.dropIdentifier.run(set.ref(id));
      continue;
    }
    const root = rootOf(folded, identifier.component);
    const flags = flagsOf(identifier);
    // Who was canonical once must still be known: a projection may not have retired that identity yet.
    sql.refoldIdentifier.run(root, flag.wasCanonical, flags, identifier.firstSeen, stamp, set.ref(id));
    if (!written.has(root)) saveComponent(sql, env, set, folded.components.get(root)!, stamp);
    written.add(root);
  }
  for (const link of folded.links.values()) {
    const { verdict, redundant, status, reason, statusSeq, seq } = link;
    if (!connected.has(link.primary) && !connected.has(link.secondary)) continue;
    sql.settleLink.run(verdict, redundant ? 1 : 0, status, reason, statusSeq, env, seq);
  }
  return { nextComponent: folded.nextComponent, strays };
}
