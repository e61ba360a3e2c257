import type { Fact } from '@onym/core';
import type { Sql, Statement } from '../../postgres/connection.ts';
import { insertInto, updateOf, writeRows } from '../../postgres/many-rows.ts';
import { deltaOf, newIdentifiersOf } from '../delta.ts';
import { matchRowsOf } from '../matching.ts';
import type { WorkingSet } from '../working-set.ts';
import type { ComponentToWrite, Delta, NewLedgerRow } from '../written-rows.ts';
import type { Sources } from './sources.ts';
import { statements } from './statements.ts';

/** Writes the ledger rows and everything the engine changed, a statement a list. Runs inside the commit's transaction. */
export async function writeChanges(
  sql: Sql,
  set: WorkingSet,
  facts: readonly Fact[],
  sources: Sources,
  isMatching: (key: string) => boolean,
): Promise<readonly NewLedgerRow[]> {
  const { id: env, name } = set.environment;
  const added = newIdentifiersOf(set.state, name);
  const refs = await writeRows(
    sql,
    addIdentifiers,
    [],
    added.map((row) => ({ ...row, env, changed_seq: set.state.head })),
  );
  for (const { ref, distinct_id } of refs) set.setRef(distinct_id, ref);
  const delta = deltaOf(set.state, facts, { ref: set.ref, sourceId: sources.idOf });
  await writeDelta(sql, env, delta);
  const matches = matchRowsOf(set.state.changed.traits, set.ref, isMatching);
  await writeRows(
    sql,
    addMatches,
    [],
    matches.map((row) => ({ ...row, env })),
  );
  return delta.ledger;
}

async function writeDelta(sql: Sql, env: number, delta: Delta): Promise<void> {
  const { stamp } = delta;
  const own = <Row extends object>(rows: readonly Row[]) => rows.map((row) => ({ ...row, env }));
  if (delta.dropped.length > 0) await sql.rows(dropComponents, [env, delta.dropped]);
  await writeRows(sql, moveComponents, [env], delta.moved);
  await writeRows(sql, placeIdentifiers, [], delta.placed);
  await writeRows(sql, saveIdentifiers, [stamp], delta.identifiers);
  await writeRows(
    sql,
    saveComponents,
    [],
    delta.components.map((row) => componentColumns(env, row, stamp)),
  );
  await writeRows(sql, addLinks, [], own(delta.links));
  await writeRows(sql, saveLinks, [env], delta.changedLinks);
  await writeRows(sql, addIdentifies, [], delta.identifies);
  await writeRows(sql, revokeIdentifies, [], delta.revokedIdentifies);
  await writeRows(sql, addTraits, [], delta.traits);
  await writeRows(sql, revokeTraits, [], delta.revokedTraits);
  await writeRows(sql, addSeparations, [], own(delta.separations));
  await writeRows(sql, liftSeparations, [], delta.liftedSeparations);
  await writeRows(sql, addSettings, [], own(delta.settings));
  await writeRows(
    sql,
    addLedger,
    [],
    delta.ledger.map((row) => ledgerColumns(env, row)),
  );
  await writeRows(sql, saveBatches, [], own(delta.batches));
  await saveEnvironment(sql, env, delta.environment);
}

export async function saveEnvironment(sql: Sql, env: number, row: Delta['environment']): Promise<void> {
  await sql.rows(statements.saveEnvironment, [env, row.head, row.last_time, row.last_lift, row.next_component]);
}

/** Of a row's body, what statements ask for stands in columns: the body's JSON is Onym's to read, not the database's. */
export function ledgerColumns(env: number, row: NewLedgerRow) {
  const { o: op, s: subject = null } = JSON.parse(row.body) as { o: string; s?: number };
  return { ...row, env, op, subject };
}

/** One identity's row, as it is from ledger row `stamp` on. */
export function componentColumns(env: number, row: ComponentToWrite, stamp: number) {
  return { ...row, env, root: row.id, moved_seq: 0, profile_seq: stamp };
}

const addIdentifiers = insertInto<{ ref: number; distinct_id: string }>(
  'identifier',
  {
    env: 'integer',
    distinct_id: 'text',
    node: 'uuid',
    component: 'bigint',
    flags: 'integer',
    first_seen: 'bigint',
    changed_seq: 'bigint',
  },
  'RETURNING ref, distinct_id',
);
export const dropComponents: Statement<unknown> = {
  name: 'drop_components',
  text: 'DELETE FROM component WHERE env = $1 AND root = ANY($2::bigint[])',
};
const moveComponents = updateOf(
  'move_components',
  { root: 'bigint', into: 'bigint', moved_seq: 'bigint' },
  1,
  (rows) => `UPDATE component c SET root = w."into", moved_seq = coalesce(w.moved_seq, c.moved_seq) FROM ${rows}
    WHERE c.env = $1 AND c.root = w.root`,
);
const placeIdentifiers = updateOf(
  'place_identifiers',
  { ref: 'bigint', component: 'bigint' },
  0,
  (rows) => `UPDATE identifier i SET component = w.component FROM ${rows} WHERE i.ref = w.ref`,
);
const saveIdentifiers = updateOf(
  'save_identifiers',
  { ref: 'bigint', flags: 'integer', first_seen: 'bigint' },
  1,
  (rows) => `UPDATE identifier i SET flags = w.flags, first_seen = w.first_seen, changed_seq = $1 FROM ${rows}
    WHERE i.ref = w.ref`,
);
export const saveComponents = insertInto(
  'component',
  {
    env: 'integer',
    id: 'bigint',
    root: 'bigint',
    moved_seq: 'bigint',
    canonical: 'bigint',
    known: 'smallint',
    size: 'bigint',
    created_at: 'bigint',
    changed_seq: 'bigint',
    profile_seq: 'bigint',
    separated: 'bigint',
  },
  `ON CONFLICT (env, id) DO UPDATE SET canonical = excluded.canonical, known = excluded.known, size = excluded.size,
     created_at = excluded.created_at, changed_seq = excluded.changed_seq, profile_seq = excluded.profile_seq,
     separated = excluded.separated`,
);
export const statusTypes = { redundant: 'smallint', status: 'text', reason: 'text', status_seq: 'bigint' };
const addLinks = insertInto('link', {
  env: 'integer',
  seq: 'bigint',
  kind: 'text',
  rule: 'text',
  primary_ref: 'bigint',
  secondary_ref: 'bigint',
  lo: 'bigint',
  hi: 'bigint',
  time: 'bigint',
  effective_time: 'bigint',
  source: 'integer',
  waived: 'text',
  approves: 'bigint',
  verdict: 'text',
  ...statusTypes,
});
const saveLinks = updateOf(
  'save_links',
  { seq: 'bigint', ...statusTypes },
  1,
  (rows) => `UPDATE link l SET redundant = w.redundant, status = w.status, reason = w.reason, status_seq = w.status_seq
    FROM ${rows} WHERE l.env = $1 AND l.seq = w.seq`,
);
const addIdentifies = insertInto('identify', {
  identifier: 'bigint',
  seq: 'bigint',
  effective_time: 'bigint',
  batch: 'text',
  revoked_seq: 'bigint',
});
const revokeIdentifies = updateOf(
  'revoke_identifies',
  { identifier: 'bigint', seq: 'bigint', revoked_seq: 'bigint' },
  0,
  (rows) => `UPDATE identify f SET revoked_seq = w.revoked_seq FROM ${rows}
    WHERE f.identifier = w.identifier AND f.seq = w.seq`,
);
const traitKey = { identifier: 'bigint', key: 'text', once: 'smallint', effective_time: 'bigint', seq: 'bigint' };
const addTraits = insertInto('trait', {
  ...traitKey,
  time: 'bigint',
  timestamp: 'bigint',
  value: 'text',
  source: 'integer',
  revoked_seq: 'bigint',
});
const revokeTraits = updateOf(
  'revoke_traits',
  { ...traitKey, revoked_seq: 'bigint' },
  0,
  (rows) => `UPDATE trait t SET revoked_seq = w.revoked_seq FROM ${rows} WHERE t.identifier = w.identifier
    AND t.key = w.key AND t.once = w.once AND t.effective_time = w.effective_time AND t.seq = w.seq`,
);
export const matchColumns = { key: 'text', value: 'text', identifier: 'bigint' };
export const addMatches = insertInto('matching_value', { env: 'integer', ...matchColumns }, 'ON CONFLICT DO NOTHING');
const addSeparations = insertInto('separation', {
  env: 'integer',
  a: 'bigint',
  b: 'bigint',
  seq: 'bigint',
  lifted_seq: 'bigint',
});
const liftSeparations = updateOf(
  'lift_separations',
  { a: 'bigint', b: 'bigint', seq: 'bigint', lifted_seq: 'bigint' },
  0,
  (rows) =>
    `UPDATE separation s SET lifted_seq = w.lifted_seq FROM ${rows} WHERE s.a = w.a AND s.b = w.b AND s.seq = w.seq`,
);
const addSettings = insertInto('settings', { env: 'integer', seq: 'bigint', settings: 'text' });
export const addLedger = insertInto('ledger', {
  env: 'integer',
  seq: 'bigint',
  time: 'bigint',
  source: 'integer',
  op: 'text',
  subject: 'bigint',
  body: 'text',
});
const saveBatches = insertInto(
  'batch',
  { env: 'integer', name: 'text', first_seq: 'bigint', last_seq: 'bigint' },
  'ON CONFLICT (env, name) DO UPDATE SET last_seq = excluded.last_seq',
);
