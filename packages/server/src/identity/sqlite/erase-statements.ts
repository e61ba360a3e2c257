import type { Database } from '../../disk/sqlite.ts';
import type { LedgerRow } from '../ledger-codec.ts';

/** What only an erasure needs. */
export function prepareErasureStatements(database: Database) {
  return {
    splits: database.prepare<unknown[], LedgerRow>(
      `SELECT seq, time, source, body FROM ledger WHERE env = ? AND substr(body, 1, 12) = '{"o":"split"' ORDER BY seq`,
    ),
    rewriteLedger: database.prepare('UPDATE ledger SET source = ?, body = ? WHERE env = ? AND seq = ?'),
    dropLink: database.prepare('DELETE FROM link WHERE env = ? AND seq = ?'),
    settleLink: database.prepare(
      'UPDATE link SET verdict = ?, redundant = ?, status = ?, reason = ?, status_seq = ? WHERE env = ? AND seq = ?',
    ),
    dropIdentifies: database.prepare('DELETE FROM identify WHERE identifier = ?'),
    dropTraits: database.prepare('DELETE FROM trait WHERE identifier = ?'),
    dropSeparations: database.prepare('DELETE FROM separation WHERE a = @ref OR b = @ref'),
    dropMatch: database.prepare(
      'DELETE FROM matching_value WHERE env = ? AND key = ? AND value = ? AND identifier = ?',
    ),
    dropRepeats: database.prepare('DELETE FROM repeat WHERE env = ? AND seq = ?'),
    lastLift: database
      .prepare<unknown[], number>('SELECT coalesce(max(lifted_seq), 0) FROM separation WHERE env = ?')
      .pluck(),
    /** The name goes, the ref stays taken. There is no environment 0, so that only a look-up by ref finds the row. */
    forgetIdentifier: database.prepare(
      `UPDATE identifier SET env = 0, distinct_id = ?, node = 0, component = 0, flags = 0, first_seen = NULL, changed_seq = 0
       WHERE ref = ?`,
    ),
    isNamed: database
      .prepare(
        `SELECT EXISTS (SELECT 1 FROM link WHERE lo = @ref) OR EXISTS (SELECT 1 FROM link WHERE hi = @ref)
           OR EXISTS (SELECT 1 FROM identify WHERE identifier = @ref) OR EXISTS (SELECT 1 FROM trait WHERE identifier = @ref)
           OR EXISTS (SELECT 1 FROM separation WHERE a = @ref) OR EXISTS (SELECT 1 FROM separation WHERE b = @ref)`,
      )
      .pluck(),
    dropIdentifier: database.prepare('DELETE FROM identifier WHERE ref = ?'),
    refoldIdentifier: database.prepare(
      'UPDATE identifier SET component = ?, flags = flags & ? | ?, first_seen = ?, changed_seq = ? WHERE ref = ?',
    ),
    addPending: database.prepare('INSERT INTO pending_erasure (env, seq, time, rest) VALUES (?, ?, ?, ?)'),
    pending: database.prepare<unknown[], { seq: number; time: number; rest: string }>(
      'SELECT seq, time, rest FROM pending_erasure WHERE env = ? ORDER BY seq',
    ),
    dropPending: database.prepare('DELETE FROM pending_erasure WHERE env = ? AND seq = ?'),
  };
}

export type ErasureStatements = ReturnType<typeof prepareErasureStatements>;
