import { pairOf, type Separation, type Source } from '@onym/core';
import { profileTraitsOf } from '../profile-traits.ts';
import type { Changes } from '../types.ts';
import { type EnvironmentRow, flag, linkOf, type WorkingSet } from './load.ts';
import type { Statements } from './statements.ts';

interface ProjectedRow {
  distinct_id: string;
  flags: number;
  first_seen: number | null;
  identified_seq: number | null;
  canonical: string;
  created_at: number | null;
}

/**
 * One ledger row may change very much (a revert takes back hundreds of rows), so that the rows changed are bounded, not the ledger's
 * alone. What a single row changed stays together.
 */
function lastSeq(sql: Statements, { id, head }: EnvironmentRow, after: number, limit: number): number {
  const end = Math.min(head, after + limit);
  const bounds = [sql.changedIdentifierAt, sql.changedComponentAt, sql.movedComponentAt].map(
    (statement) => statement.get(id, after, end, limit) as number | undefined,
  );
  return Math.min(end, ...bounds.filter((seq) => seq !== undefined));
}

/**
 * What a projection at `after` lacks, read from the sequence numbers that rows carry. Rows are as they are now, which may be later than
 * `seq` says: a projection only ever moves forward, and the next call brings the rest.
 */
export function readChanges(
  sql: Statements,
  environment: EnvironmentRow,
  set: WorkingSet,
  sourceOf: (id: number) => Source,
  after: number,
  limit: number,
): Changes {
  const seq = lastSeq(sql, environment, after, limit);
  const refs = new Set<number>();
  for (const statement of [sql.changedIdentifiers, sql.movedIdentifiers]) {
    for (const { ref } of statement.all(environment.id, after, seq) as { ref: number }[]) refs.add(ref);
  }
  const identifiers: Changes['identifiers'][number][] = [];
  const retired: string[] = [];
  for (const ref of refs) {
    const row = sql.projectedIdentifier.get(ref) as ProjectedRow;
    identifiers.push({
      distinctId: row.distinct_id,
      canonicalId: row.canonical,
      known: (row.flags & flag.known) !== 0,
      identifiedSeq: row.identified_seq,
      firstSeen: row.first_seen,
    });
    const isIdentity = row.canonical === row.distinct_id && row.created_at !== null;
    if (!isIdentity && (row.flags & flag.wasCanonical) !== 0) retired.push(row.distinct_id);
  }
  const identities: Changes['identities'][number][] = [];
  for (const { id } of sql.changedComponents.all(environment.id, after, seq) as { id: number }[]) {
    const row = sql.component.get(environment.id, id) as {
      canonical: string;
      known: number;
      created_at: number | null;
    };
    if (row.created_at === null) continue;
    const members = set.profile(id);
    identities.push({
      canonicalId: row.canonical,
      known: row.known === 1,
      createdAt: row.created_at,
      ...profileTraitsOf(set.state, members.all),
      identifiers: members.all,
      knownIdentifiers: members.known,
    });
  }
  const links = (sql.changedLinks.all({ env: environment.id, after, upTo: seq }) as Record<string, unknown>[]).map(
    (row) => linkOf(row, sourceOf),
  );
  return { identifiers, identities, retired, links, separations: separationsOf(sql, environment, after, seq), seq };
}

interface SeparationRow {
  a_id: string;
  b_id: string;
  seq: number;
  lifted_seq: number | null;
}

function separationsOf(sql: Statements, { id }: EnvironmentRow, after: number, upTo: number): Separation[] {
  const rows = sql.changedSeparations.all({ env: id, after, upTo }) as SeparationRow[];
  return rows.map((row) => ({ pair: pairOf(row.a_id, row.b_id), seq: row.seq, liftedSeq: row.lifted_seq }));
}
