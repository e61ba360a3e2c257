import { type Lookups, lacks, type Question } from '@onym/core';
import type { Sql } from '../../postgres/connection.ts';
import { type ReadRow, refsIn } from '../ledger-codec.ts';
import type { FoundRows } from '../rows.ts';
import type { WorkingSet } from '../working-set.ts';
import type { Sources } from './sources.ts';
import { statements } from './statements.ts';

/** Fills a working set until it lacks nothing of the question. Runs inside a transaction. */
export async function fill(sql: Sql, sources: Sources, set: WorkingSet, question: Question): Promise<void> {
  for (let lacking = lacks(set.state, question); lacking !== null; lacking = lacks(set.state, question)) {
    set.add(lacking, await lookUp(sql, sources, set, lacking));
  }
}

/** Whether there is nothing to fill. */
export const holds = (set: WorkingSet, question: Question): boolean => lacks(set.state, question) === null;

/** A statement for each kind of row, however many are asked for. */
async function lookUp(sql: Sql, sources: Sources, set: WorkingSet, lookups: Lookups): Promise<FoundRows[]> {
  const env = set.environment.id;
  const refsOf = (ids: Iterable<string>) => Array.from(ids, set.ref);
  const found: FoundRows[] = [];
  if (lookups.ids.size > 0) {
    const rows = await sql.rows(statements.identifiers, [env, [...lookups.ids]]);
    found.push({ components: rows, identifiers: rows });
  }
  if (lookups.members.size > 0) {
    found.push({ identifiers: await sql.rows(statements.members, [env, [...lookups.members]]) });
  }
  if (lookups.recorded.size > 0) {
    const refs = [refsOf(lookups.recorded)];
    found.push({
      links: await sources.met(await sql.rows(statements.linksOf, refs)),
      identifies: await sql.rows(statements.identifies, refs),
      traits: await sources.met(await sql.rows(statements.traits, refs)),
      separations: await sql.rows(statements.separations, refs),
    });
  }
  const linkSeqs = [...lookups.links, ...lookups.rows];
  if (linkSeqs.length > 0) {
    found.push({ links: await sources.met(await sql.rows(statements.links, [env, linkSeqs])) });
  }
  if (lookups.rows.size > 0) {
    found.push({ subjects: await sql.rows(statements.subjects, [env, [...lookups.rows]]) });
  }
  if (lookups.pairs.size > 0) {
    const pairs = Array.from(lookups.pairs.values(), (pair) => pair.map(set.ref).sort((a, b) => a - b));
    const sides = [pairs.map(([lo]) => lo), pairs.map(([, hi]) => hi)];
    found.push({ links: await sources.met(await sql.rows(statements.linksOnPairs, sides)) });
  }
  if (lookups.identifies.size > 0) {
    found.push({ identifies: await sql.rows(statements.identifies, [refsOf(lookups.identifies)]) });
  }
  if (lookups.traitKeys.size > 0) {
    const wanted = [...lookups.traitKeys.values()];
    const values = [
      wanted.map(({ id }) => set.ref(id)),
      wanted.map(({ key }) => key),
      wanted.map(({ timestamp }) => timestamp),
    ];
    found.push({ traits: await sources.met(await sql.rows(statements.traitsByKey, values)) });
  }
  if (lookups.separations.size > 0) {
    found.push({ separations: await sql.rows(statements.separationsOfRoots, [env, [...lookups.separations]]) });
  }
  if (lookups.typeCounts.size > 0) {
    const values = [env, [...lookups.typeCounts], set.limitedTypes];
    found.push({ typeCounts: await sql.rows(statements.typeCounts, values) });
  }
  return found;
}

/** The names of all refs in these rows of the ledger. */
export async function namesIn(sql: Sql, rows: readonly ReadRow[]): Promise<Map<number, string>> {
  const found = await sql.rows(statements.names, [[...refsIn(rows)]]);
  return new Map(found.map(({ ref, distinct_id }) => [ref, distinct_id]));
}
