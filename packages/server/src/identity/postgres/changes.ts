import type { Sql } from '../../postgres/connection.ts';
import { changesOf, lastSeqOf } from '../changes.ts';
import type { EnvironmentRow } from '../rows.ts';
import type { Changes } from '../store.ts';
import type { Sources } from './sources.ts';
import { statements } from './statements.ts';

/** See sqlite/changes.ts: what a projection at `after` lacks, read from the sequence numbers that rows carry. */
export async function readChanges(
  sql: Sql,
  sources: Sources,
  { id: env, head }: EnvironmentRow,
  after: number,
  limit: number,
): Promise<Changes> {
  const end = Math.min(head, after + limit);
  const beyond = await sql.rows(statements.changesBeyond, [env, after, end, limit]);
  const upTo = lastSeqOf(
    end,
    beyond.map(({ seq }) => seq),
  );
  const span = [env, after, upTo];
  const components = await sql.rows(statements.changedComponents, span);
  const members = await sql.rows(statements.members, [env, components.map(({ root }) => root)]);
  const rows = {
    identifiers: await sql.rows(statements.changedIdentifiers, span),
    components,
    members,
    traits: await sources.met(await sql.rows(statements.traits, [members.map(({ ref }) => ref)])),
    links: await sources.met(await sql.rows(statements.changedLinks, span)),
    separations: await sql.rows(statements.changedSeparations, span),
  };
  return changesOf(rows, upTo, sources.byId);
}
