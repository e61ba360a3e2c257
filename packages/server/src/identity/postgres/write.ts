import type { Fact } from '@onym/core';
import type { Sql, Statement } from '../../postgres/connection.ts';
import { insertInto, send, updateOf, type WriteOfRows, writeOf, writeRows } from '../../postgres/many-rows.ts';
import { deltaOf, newIdentifiersOf } from '../delta.ts';
import { matchRowsOf } from '../matching.ts';
import type { WorkingSet } from '../working-set.ts';
import type { ComponentToWrite, Delta, NewLedgerRow } from '../written-rows.ts';
import type { Sources } from './sources.ts';
import { statements } from './statements.ts';

/** What a commit writes, a statement a list: made at once, to be sent when its turn comes. */
export interface Writes {
  readonly ledger: readonly NewLedgerRow[];
  readonly statements: readonly WriteOfRows[];
}

/** Gives refs to the identifiers that are new. Runs inside the commit's transaction. */
export async function addNewIdentifiers(sql: Sql, set: WorkingSet): Promise<void> {
  const { id: env, name } = set.environment;
  const added = newIdentifiersOf(set.state, name);
  const refs = await writeRows(sql, addIdentifiers, [env, set.state.head], added);
  for (const { ref, distinct_id } of refs) set.setRef(distinct_id, ref);
}

/** The ledger rows and everything else that these facts have changed in the set, in which every identifier has its ref. */
export function writesOf(
  set: WorkingSet,
  facts: readonly Fact[],
  sources: Sources,
  isMatching: (key: string) => boolean,
): Writes {
  const { id: env } = set.environment;
  const delta = deltaOf(set.state, facts, { ref: set.ref, sourceId: sources.idOf });
  const { stamp } = delta;
  const statements = [
    { statement: dropComponents, values: delta.dropped.length === 0 ? null : [env, delta.dropped] },
    writeOf(moveComponents, [env], delta.moved),
    writeOf(moveEachAlone, [env], delta.movedAlone),
    writeOf(placeIdentifiers, [], delta.placed),
    writeOf(saveIdentifiers, [stamp], delta.identifiers),
    writeOfComponents(env, delta.components, stamp),
    writeOf(saveComponents, [env, stamp], delta.changedComponents),
    writeOf(addLinks, [env], delta.links),
    writeOf(saveLinks, [env], delta.changedLinks),
    writeOf(addIdentifies, [], delta.identifies),
    writeOf(revokeIdentifies, [], delta.revokedIdentifies),
    writeOf(addTraits, [], delta.traits),
    writeOf(revokeTraits, [], delta.revokedTraits),
    writeOf(addMatches, [env], matchRowsOf(set.state.changed.traits, set.ref, isMatching)),
    writeOf(addSeparations, [env], delta.separations),
    writeOf(liftSeparations, [], delta.liftedSeparations),
    writeOf(addSettings, [env], delta.settings),
    writeOf(addLedger, [env], delta.ledger),
    writeOf(saveBatches, [env], delta.batches),
    writeOfEnvironment(env, delta.environment),
  ];
  return { ledger: delta.ledger, statements: statements.filter(({ values }) => values !== null) };
}

const writeOfEnvironment = (env: number, row: Delta['environment']): WriteOfRows => ({
  statement: statements.saveEnvironment,
  values: [env, row.head, row.last_time, row.last_lift, row.next_component],
});

export async function saveEnvironment(sql: Sql, env: number, row: Delta['environment']): Promise<void> {
  await send(sql, writeOfEnvironment(env, row));
}

/** New identities, as they are from ledger row `stamp` on. */
export const writeOfComponents = (env: number, components: readonly ComponentToWrite[], stamp: number): WriteOfRows =>
  writeOf(
    addComponents,
    [env, stamp, 0],
    components.map((row) => ({ ...row, root: row.id })),
  );

const same = { env: 'integer' };
const addIdentifiers = insertInto<{ ref: number; distinct_id: string }>(
  'identifier',
  { distinct_id: 'text', node: 'uuid', component: 'bigint', flags: 'integer', first_seen: 'bigint' },
  { same: { env: 'integer', changed_seq: 'bigint' }, rest: 'RETURNING ref, distinct_id' },
);
export const dropComponents: Statement<unknown> = {
  name: 'drop_components',
  text: 'DELETE FROM component WHERE env = $1 AND root = ANY($2::bigint[])',
};
const moveWhere = (name: string, found: string) =>
  updateOf(
    name,
    { root: 'bigint', into: 'bigint', moved_seq: 'bigint' },
    1,
    (rows) => `UPDATE component c SET root = w."into", moved_seq = coalesce(w.moved_seq, c.moved_seq) FROM ${rows}
      WHERE c.env = $1 AND c.${found} = w.root`,
  );
const moveComponents = moveWhere('move_components', 'root');
const moveEachAlone = moveWhere('move_each_alone', 'id');
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
const identityTypes = {
  canonical: 'bigint',
  known: 'smallint',
  size: 'bigint',
  created_at: 'bigint',
  changed_seq: 'bigint',
  separated: 'bigint',
};
const addComponents = insertInto(
  'component',
  { id: 'bigint', root: 'bigint', ...identityTypes },
  { same: { env: 'integer', profile_seq: 'bigint', moved_seq: 'bigint' } },
);
const saveComponents = updateOf(
  'save_components',
  { id: 'bigint', moved_seq: 'bigint', ...identityTypes },
  2,
  (
    rows,
  ) => `UPDATE component c SET moved_seq = coalesce(w.moved_seq, c.moved_seq), canonical = w.canonical, known = w.known,
      size = w.size, created_at = w.created_at, changed_seq = w.changed_seq, profile_seq = $2, separated = w.separated
    FROM ${rows} WHERE c.env = $1 AND c.id = w.id`,
);
export const statusTypes = { redundant: 'smallint', status: 'text', reason: 'text', status_seq: 'bigint' };
const addLinks = insertInto(
  'link',
  {
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
  },
  { same },
);
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
const addSeparations = insertInto(
  'separation',
  { a: 'bigint', b: 'bigint', seq: 'bigint', lifted_seq: 'bigint' },
  { same },
);
export const matchColumns = { key: 'text', value: 'text', identifier: 'bigint' };
export const addMatches = insertInto('matching_value', matchColumns, { same, rest: 'ON CONFLICT DO NOTHING' });
const liftSeparations = updateOf(
  'lift_separations',
  { a: 'bigint', b: 'bigint', seq: 'bigint', lifted_seq: 'bigint' },
  0,
  (rows) =>
    `UPDATE separation s SET lifted_seq = w.lifted_seq FROM ${rows} WHERE s.a = w.a AND s.b = w.b AND s.seq = w.seq`,
);
const addSettings = insertInto('settings', { seq: 'bigint', settings: 'text' }, { same });
/** Of a row's body, what statements ask for stands in columns: the body's JSON is Onym's to read, not the database's. */
export const addLedger = insertInto(
  'ledger',
  { seq: 'bigint', time: 'bigint', source: 'integer', op: 'text', subject: 'bigint', body: 'text' },
  { same },
);
const saveBatches = insertInto(
  'batch',
  { name: 'text', first_seq: 'bigint', last_seq: 'bigint' },
  { same, rest: 'ON CONFLICT (env, name) DO UPDATE SET last_seq = excluded.last_seq' },
);
