import { type Lookups, lacks, type Question } from '@onym/core';
import { type ReadRow, refsIn } from '../ledger-codec.ts';
import type { FoundRows } from '../rows.ts';
import type { WorkingSet } from '../working-set.ts';
import type { Statements } from './statements.ts';

/** Fills a working set until it lacks nothing of the question. Runs inside a transaction. */
export function fill(sql: Statements, set: WorkingSet, question: Question): void {
  for (let lacking = lacks(set.state, question); lacking !== null; lacking = lacks(set.state, question)) {
    set.add(lacking, lookUp(sql, set, lacking));
  }
}

/** A statement for each kind of row, however many are asked for; keys of traits alone are looked up one by one. */
function* lookUp(sql: Statements, set: WorkingSet, lookups: Lookups): Generator<FoundRows> {
  const env = set.environment.id;
  const refsOf = (ids: Iterable<string>) => JSON.stringify(Array.from(ids, set.ref));
  const list = (items: Iterable<unknown>) => JSON.stringify([...items]);
  if (lookups.ids.size > 0) {
    const rows = sql.identifiers.all(list(lookups.ids), env);
    yield { components: rows, identifiers: rows };
  }
  if (lookups.members.size > 0) yield { identifiers: sql.members.all({ roots: list(lookups.members), env }) };
  if (lookups.recorded.size > 0) {
    const refs = refsOf(lookups.recorded);
    yield { links: sql.linksFrom.all(refs), identifies: sql.identifies.all(refs), traits: sql.traits.all(refs) };
    yield { links: sql.linksTo.all(refs), separations: sql.separations.all({ refs }) };
  }
  if (lookups.links.size > 0) yield { links: sql.links.all(list(lookups.links), env) };
  if (lookups.rows.size > 0) {
    const seqs = list(lookups.rows);
    yield { links: sql.links.all(seqs, env), subjects: sql.subjects.all(seqs, env) };
  }
  if (lookups.pairs.size > 0) {
    const pairs = Array.from(lookups.pairs.values(), (pair) => pair.map(set.ref).sort((a, b) => a - b));
    yield { links: sql.linksOnPairs.all(JSON.stringify(pairs)) };
  }
  if (lookups.identifies.size > 0) yield { identifies: sql.identifies.all(refsOf(lookups.identifies)) };
  for (const { id, key, timestamp } of lookups.traitKeys.values()) {
    const ref = set.ref(id);
    yield { traits: sql.plainWinner.all(ref, key) };
    yield { traits: sql.onceTraits.all(ref, key) };
    if (timestamp === null) continue;
    yield { traits: sql.traitsStamped.all(ref, key, timestamp, timestamp) };
    yield { traits: sql.traitsFromFuture.all(ref, key, timestamp) };
  }
  if (lookups.separations.size > 0) {
    yield { separations: sql.separationsOfRoots.all({ roots: list(lookups.separations), env }) };
  }
  if (lookups.typeCounts.size > 0) {
    const types = JSON.stringify(set.limitedTypes);
    yield { typeCounts: sql.typeCounts.all({ roots: list(lookups.typeCounts), types, env }) };
  }
}

/** The names of all refs in these rows of the ledger. */
export function namesIn(sql: Statements, rows: readonly ReadRow[]): Map<number, string> {
  const found = sql.names.all(JSON.stringify([...refsIn(rows)]));
  return new Map(found.map(({ ref, distinct_id }) => [ref, distinct_id]));
}
