import type { Source } from '@onym/core';
import { changesOf, lastSeqOf } from '../changes.ts';
import type { EnvironmentRow } from '../rows.ts';
import type { Changes } from '../store.ts';
import type { Statements } from './statements.ts';

/**
 * What a projection at `after` lacks, read from the sequence numbers that rows carry. Rows are as they are now, which may be later than
 * `seq` says: a projection only ever moves forward, and the next call brings the rest.
 */
export function readChanges(
  sql: Statements,
  { id: env, head }: EnvironmentRow,
  sourceOf: (id: number) => Source,
  after: number,
  limit: number,
): Changes {
  const end = Math.min(head, after + limit);
  const bounds = [sql.changedIdentifierAt, sql.changedComponentAt, sql.movedComponentAt];
  const upTo = lastSeqOf(
    end,
    bounds.map((statement) => statement.get(env, after, end, limit)),
  );
  const span = { env, after, upTo };
  const components = sql.changedComponents.all(span);
  const members = sql.members.all({ roots: JSON.stringify(components.map(({ root }) => root)), env });
  const rows = {
    identifiers: sql.changedIdentifiers.all(span),
    components,
    members,
    traits: sql.traits.all(JSON.stringify(members.map(({ ref }) => ref))),
    links: sql.changedLinks.all(span),
    separations: sql.changedSeparations.all(span),
  };
  return changesOf(rows, upTo, sourceOf);
}
