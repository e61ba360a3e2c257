import type { Statement } from '../../postgres/connection.ts';
import { updateOf } from '../../postgres/many-rows.ts';
import type { LedgerRow } from '../ledger-codec.ts';
import { addLedger, dropComponents, matchColumns, statusTypes } from './write.ts';

const statement = <Row = unknown>(name: string, text: string): Statement<Row> => ({ name, text });

/** What only an erasure needs. */
export const eraseStatements = {
  addLedger,
  dropComponents,
  splits: statement<LedgerRow>(
    'splits',
    `SELECT seq, time, source, body FROM ledger WHERE env = $1 AND op = 'split' ORDER BY seq`,
  ),
  rewriteLedger: updateOf(
    'rewrite_ledger',
    { seq: 'bigint', source: 'integer', op: 'text', subject: 'bigint', body: 'text' },
    1,
    (rows) => `UPDATE ledger g SET source = w.source, op = w.op, subject = w.subject, body = w.body FROM ${rows}
      WHERE g.env = $1 AND g.seq = w.seq`,
  ),
  dropLinks: statement('drop_links', 'DELETE FROM link WHERE env = $1 AND seq = ANY($2::bigint[])'),
  settleLinks: updateOf(
    'settle_links',
    { seq: 'bigint', verdict: 'text', ...statusTypes },
    1,
    (rows) => `UPDATE link l SET verdict = w.verdict, redundant = w.redundant, status = w.status, reason = w.reason,
      status_seq = w.status_seq FROM ${rows} WHERE l.env = $1 AND l.seq = w.seq`,
  ),
  dropIdentifies: statement('drop_identifies', 'DELETE FROM identify WHERE identifier = ANY($1::bigint[])'),
  dropTraits: statement('drop_traits', 'DELETE FROM trait WHERE identifier = ANY($1::bigint[])'),
  dropSeparations: statement(
    'drop_separations',
    'DELETE FROM separation WHERE a = ANY($1::bigint[]) OR b = ANY($1::bigint[])',
  ),
  dropMatches: updateOf(
    'drop_matches',
    matchColumns,
    1,
    (rows) => `DELETE FROM matching_value v USING ${rows}
      WHERE v.env = $1 AND v.key = w.key AND v.value = w.value AND v.identifier = w.identifier`,
  ),
  dropRepeats: statement('drop_repeats', 'DELETE FROM repeat WHERE env = $1 AND seq = ANY($2::bigint[])'),
  lastLift: statement<{ seq: number }>(
    'last_lift',
    'SELECT coalesce(max(lifted_seq), 0) AS seq FROM separation WHERE env = $1',
  ),
  /** The name goes, the ref stays taken. There is no environment 0, so that only a look-up by ref finds the row. */
  forgetIdentifiers: updateOf(
    'forget_identifiers',
    { ref: 'bigint', token: 'text' },
    0,
    (rows) => `UPDATE identifier i SET env = 0, distinct_id = w.token, node = NULL, component = 0, flags = 0,
      first_seen = NULL, changed_seq = 0 FROM ${rows} WHERE i.ref = w.ref`,
  ),
  named: statement<{ ref: number }>(
    'named',
    `SELECT r.ref FROM unnest($1::bigint[]) AS r(ref)
     WHERE EXISTS (SELECT 1 FROM link WHERE lo = r.ref) OR EXISTS (SELECT 1 FROM link WHERE hi = r.ref)
       OR EXISTS (SELECT 1 FROM identify WHERE identifier = r.ref) OR EXISTS (SELECT 1 FROM trait WHERE identifier = r.ref)
       OR EXISTS (SELECT 1 FROM separation WHERE a = r.ref) OR EXISTS (SELECT 1 FROM separation WHERE b = r.ref)`,
  ),
  dropIdentifiers: statement('drop_identifiers', 'DELETE FROM identifier WHERE ref = ANY($1::bigint[])'),
  refoldIdentifiers: updateOf(
    'refold_identifiers',
    { ref: 'bigint', component: 'bigint', flags: 'integer', first_seen: 'bigint' },
    2,
    (rows) => `UPDATE identifier i SET component = w.component, flags = i.flags & $1::integer | w.flags,
      first_seen = w.first_seen, changed_seq = $2 FROM ${rows} WHERE i.ref = w.ref`,
  ),
  addPending: statement('add_pending', 'INSERT INTO pending_erasure (env, seq, time, rest) VALUES ($1, $2, $3, $4)'),
  pending: statement<{ seq: number; time: number; rest: string }>(
    'pending',
    'SELECT seq, time, rest FROM pending_erasure WHERE env = $1 ORDER BY seq',
  ),
  dropPending: statement('drop_pending', 'DELETE FROM pending_erasure WHERE env = $1 AND seq = ANY($2::bigint[])'),
};
