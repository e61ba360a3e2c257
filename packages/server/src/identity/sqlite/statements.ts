import { type Database, prepareRows } from '../../disk/sqlite.ts';
import type { ChangedComponentRow, ChangedIdentifierRow } from '../changes.ts';
import type { LedgerRow } from '../ledger-codec.ts';
import type { FoundMatch } from '../matching.ts';
import type { RecentRow } from '../recent.ts';
import { identifierColumns, linkColumns, traitColumns } from '../row-columns.ts';
import {
  type ComponentRow,
  type EnvironmentRow,
  flag,
  type IdentifierRow,
  type IdentifyRow,
  type LinkRow,
  type SeparationRow,
  type SettingsRow,
  type SubjectRow,
  type TraitRow,
  type TypeCountRow,
} from '../rows.ts';
import type { SourceRow } from '../source-book.ts';

/**
 * One statement per question, prepared once. `env` is the environment's integer id. Where many things are looked up at once, they are a JSON
 * array, and CROSS JOIN keeps the written order: the planner once put the large side outermost.
 */
export function prepareStatements(database: Database) {
  const linkSides = `CROSS JOIN identifier p ON p.ref = l.primary_ref CROSS JOIN identifier s ON s.ref = l.secondary_ref`;
  const linkFrom = `link l ${linkSides}`;
  const members = `component c CROSS JOIN identifier i ON i.env = c.env AND i.component = c.id`;
  const membersOfRoots = `json_each(@roots) j CROSS JOIN component c ON c.env = @env AND c.root = j.value
    CROSS JOIN identifier i ON i.env = c.env AND i.component = c.id`;
  const separationsFrom = (rows: string) =>
    `SELECT x.distinct_id AS a_id, y.distinct_id AS b_id, s.seq, s.lifted_seq FROM (${rows}) s
     CROSS JOIN identifier x ON x.ref = s.a CROSS JOIN identifier y ON y.ref = s.b`;
  return {
    // Environments and settings
    environment: database.prepare<unknown[], EnvironmentRow>(
      'SELECT id, name, head, last_time, last_lift, next_component FROM environment WHERE name = ?',
    ),
    environments: database.prepare<unknown[], string>('SELECT name FROM environment ORDER BY id').pluck(),
    addEnvironment: database.prepare(
      'INSERT INTO environment (name, head, last_time, last_lift, next_component) VALUES (?, 0, 0, 0, 1) ON CONFLICT DO NOTHING',
    ),
    saveEnvironment: database.prepare(
      'UPDATE environment SET head = ?, last_time = ?, last_lift = ?, next_component = ? WHERE id = ?',
    ),
    settings: database.prepare<unknown[], SettingsRow>('SELECT seq, settings FROM settings WHERE env = ? ORDER BY seq'),
    addSettings: database.prepare('INSERT INTO settings (env, seq, settings) VALUES (?, ?, ?)'),
    // Sources
    sources: database.prepare<unknown[], SourceRow>('SELECT id, key, lib, batch, public FROM source'),
    addSource: database.prepare('INSERT INTO source (key, lib, batch, public) VALUES (?, ?, ?, ?)'),
    // Ledger
    addLedger: database.prepare('INSERT INTO ledger (env, seq, time, source, body) VALUES (?, ?, ?, ?, ?)'),
    ledger: database.prepare<unknown[], LedgerRow>(
      'SELECT seq, time, source, body FROM ledger WHERE env = ? AND seq > ? ORDER BY seq LIMIT ?',
    ),
    ledgerRows: database.prepare<unknown[], LedgerRow>(
      `SELECT g.seq, g.time, g.source, g.body FROM json_each(?) j CROSS JOIN ledger g ON g.env = ? AND g.seq = j.value`,
    ),
    subjects: database.prepare<unknown[], SubjectRow>(
      `SELECT g.seq, i.distinct_id FROM json_each(?) j CROSS JOIN ledger g ON g.env = ? AND g.seq = j.value
       CROSS JOIN identifier i ON i.ref = g.body ->> 's'`,
    ),
    seqAtTime: database
      .prepare<unknown[], number | null>('SELECT max(seq) FROM ledger WHERE env = ? AND time <= ?')
      .pluck(),
    // Identifiers
    /** With their identities. */
    identifiers: prepareRows<IdentifierRow & ComponentRow>(
      database,
      `SELECT ${identifierColumns}, n.distinct_id AS canonical, r.canonical AS canonical_ref, r.known, r.size, r.created_at,
         r.changed_seq, r.separated
       FROM json_each(?) j CROSS JOIN identifier i ON i.env = ? AND i.distinct_id = j.value
       CROSS JOIN component c ON c.env = i.env AND c.id = i.component
       CROSS JOIN component r ON r.env = c.env AND r.id = c.root CROSS JOIN identifier n ON n.ref = r.canonical`,
    ),
    rootOf: database
      .prepare<unknown[], number>(
        `SELECT c.root FROM identifier i CROSS JOIN component c ON c.env = i.env AND c.id = i.component
         WHERE i.env = ? AND i.distinct_id = ?`,
      )
      .pluck(),
    identifiersFrom: database
      .prepare<unknown[], string>(
        'SELECT distinct_id FROM identifier WHERE env = ? AND distinct_id >= ? ORDER BY distinct_id LIMIT ?',
      )
      .pluck(),
    known: database
      .prepare<unknown[], string>(
        `SELECT i.distinct_id FROM json_each(?) j CROSS JOIN identifier i ON i.env = ? AND i.distinct_id = j.value
         WHERE i.flags & ${flag.known}`,
      )
      .pluck(),
    names: database.prepare<unknown[], { ref: number; distinct_id: string }>(
      'SELECT i.ref, i.distinct_id FROM json_each(?) j CROSS JOIN identifier i ON i.ref = j.value',
    ),
    identifiersByNode: database
      .prepare<unknown[], string>(
        'SELECT distinct_id FROM identifier INDEXED BY identifier_node WHERE node = ? AND env = ?',
      )
      .pluck(),
    addIdentifier: database.prepare(
      'INSERT INTO identifier (env, distinct_id, node, component, flags, first_seen, changed_seq) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    saveIdentifier: database.prepare('UPDATE identifier SET flags = ?, first_seen = ?, changed_seq = ? WHERE ref = ?'),
    placeIdentifier: database.prepare('UPDATE identifier SET component = ? WHERE ref = ?'),
    members: prepareRows<IdentifierRow>(database, `SELECT ${identifierColumns} FROM ${membersOfRoots}`),
    memberIds: database
      .prepare<unknown[], string>(`SELECT i.distinct_id FROM ${members} WHERE c.env = ? AND c.root = ?`)
      .pluck(),
    typeCounts: database.prepare<unknown[], TypeCountRow>(
      `SELECT c.root, t.value AS type, count(*) AS count FROM ${membersOfRoots} CROSS JOIN json_each(@types) t
       WHERE substr(i.distinct_id, 1, length(t.value) + 1) = t.value || ':' GROUP BY c.root, t.value`,
    ),
    /** One text, see namesOf: a row of an object each costs as much as finding it. */
    resolve: database
      .prepare<unknown[], string | null>(
        `SELECT group_concat(j.key || ',' || r.known || ',' || json_quote(n.distinct_id))
         FROM json_each(?) j CROSS JOIN identifier i ON i.env = ? AND i.distinct_id = j.value
         CROSS JOIN component c ON c.env = i.env AND c.id = i.component
         CROSS JOIN component r ON r.env = c.env AND r.id = c.root
         CROSS JOIN identifier n ON n.ref = r.canonical`,
      )
      .pluck(),
    // Components
    saveComponent: database.prepare(
      `INSERT INTO component (env, id, root, moved_seq, canonical, known, size, created_at, changed_seq, profile_seq, separated)
       VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (env, id) DO UPDATE SET canonical = excluded.canonical, known = excluded.known, size = excluded.size,
         created_at = excluded.created_at, changed_seq = excluded.changed_seq, profile_seq = excluded.profile_seq,
         separated = excluded.separated`,
    ),
    // Without INDEXED BY the planner takes the primary key's first column: every component of the environment, at each merge.
    moveComponents: database.prepare(
      'UPDATE component INDEXED BY component_root SET moved_seq = ? WHERE env = ? AND root = ?',
    ),
    reroot: database.prepare('UPDATE component INDEXED BY component_root SET root = ? WHERE env = ? AND root = ?'),
    moveAndReroot: database.prepare(
      'UPDATE component INDEXED BY component_root SET moved_seq = ?, root = ? WHERE env = ? AND root = ?',
    ),
    dropComponents: database.prepare('DELETE FROM component INDEXED BY component_root WHERE env = ? AND root = ?'),
    largest: database.prepare<unknown[], { canonicalId: string; size: number }>(
      `SELECT n.distinct_id AS canonicalId, c.size FROM component c CROSS JOIN identifier n ON n.ref = c.canonical
       WHERE c.env = ? AND c.id > ? AND c.id <= ? AND c.root = c.id AND c.profile_seq > ? AND c.size > ?
       ORDER BY c.size DESC LIMIT ?`,
    ),
    /** Every component after a place, by the last change of its profile. */
    recent: database.prepare<unknown[], RecentRow>(
      `SELECT c.id, c.root, n.distinct_id AS canonical, c.known, c.size, c.created_at, c.profile_seq, g.time
       FROM component c INDEXED BY component_profile LEFT JOIN identifier n ON n.ref = c.canonical
       LEFT JOIN ledger g ON g.env = c.env AND g.seq = c.profile_seq
       WHERE c.env = ? AND (c.profile_seq, c.id) < (?, ?) ORDER BY c.profile_seq DESC, c.id DESC LIMIT ?`,
    ),
    // Links
    link: database.prepare<unknown[], LinkRow>(`SELECT ${linkColumns} FROM ${linkFrom} WHERE l.env = ? AND l.seq = ?`),
    links: prepareRows<LinkRow>(
      database,
      `SELECT ${linkColumns} FROM json_each(?) j CROSS JOIN link l ON l.env = ? AND l.seq = j.value ${linkSides}`,
    ),
    linksOnPairs: prepareRows<LinkRow>(
      database,
      `SELECT ${linkColumns} FROM json_each(?) j CROSS JOIN link l ON l.lo = j.value ->> 0 AND l.hi = j.value ->> 1 ${linkSides}`,
    ),
    linksFrom: prepareRows<LinkRow>(
      database,
      `SELECT ${linkColumns} FROM json_each(?) j CROSS JOIN link l ON l.lo = j.value ${linkSides}`,
    ),
    linksTo: prepareRows<LinkRow>(
      database,
      `SELECT ${linkColumns} FROM json_each(?) j CROSS JOIN link l ON l.hi = j.value ${linkSides}`,
    ),
    addLink: database.prepare(
      `INSERT INTO link (env, seq, kind, rule, primary_ref, secondary_ref, lo, hi, time, effective_time, source, waived, approves,
         verdict, redundant, status, reason, status_seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    saveLink: database.prepare(
      'UPDATE link SET redundant = ?, status = ?, reason = ?, status_seq = ? WHERE env = ? AND seq = ?',
    ),
    // Identify facts and traits
    identifies: database.prepare<unknown[], IdentifyRow>(
      `SELECT f.identifier, f.seq, f.effective_time, f.batch, f.revoked_seq FROM json_each(?) j
       CROSS JOIN identify f ON f.identifier = j.value`,
    ),
    addIdentify: database.prepare(
      'INSERT INTO identify (identifier, seq, effective_time, batch, revoked_seq) VALUES (?, ?, ?, ?, ?)',
    ),
    revokeIdentify: database.prepare('UPDATE identify SET revoked_seq = ? WHERE identifier = ? AND seq = ?'),
    traits: database.prepare<unknown[], TraitRow>(
      `SELECT ${traitColumns} FROM json_each(?) j CROSS JOIN trait t ON t.identifier = j.value`,
    ),
    /** The plain winner, for a key with a long history. */
    plainWinner: database.prepare<unknown[], TraitRow>(
      `SELECT ${traitColumns} FROM trait t WHERE t.identifier = ? AND t.key = ? AND t.once = 0 AND t.revoked_seq IS NULL
       ORDER BY t.effective_time DESC, t.seq DESC LIMIT 1`,
    ),
    /** Of a key, writes that came with this timestamp; what was sent ahead of time stands elsewhere. */
    traitsStamped: database.prepare<unknown[], TraitRow>(
      `SELECT ${traitColumns} FROM trait t WHERE t.identifier = ? AND t.key = ? AND t.once = 0 AND t.effective_time = ?
       AND t.timestamp = ?`,
    ),
    /** Of a key, writes whose client was ahead of time. */
    traitsFromFuture: database.prepare<unknown[], TraitRow>(
      `SELECT ${traitColumns} FROM trait t INDEXED BY trait_ahead WHERE t.identifier = ? AND t.key = ? AND t.timestamp = ?
       AND t.timestamp > t.effective_time AND t.once = 0`,
    ),
    onceTraits: database.prepare<unknown[], TraitRow>(
      `SELECT ${traitColumns} FROM trait t WHERE t.identifier = ? AND t.key = ? AND t.once = 1`,
    ),
    addTrait: database.prepare(
      `INSERT INTO trait (identifier, key, once, effective_time, seq, time, timestamp, value, source, revoked_seq)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    revokeTrait: database.prepare(
      'UPDATE trait SET revoked_seq = ? WHERE identifier = ? AND key = ? AND once = ? AND effective_time = ? AND seq = ?',
    ),
    // Values that people are found by
    matchingKeys: database.prepare<unknown[], string>('SELECT key FROM matching_key WHERE env = ?').pluck(),
    addMatchingKey: database.prepare('INSERT INTO matching_key (env, key) VALUES (?, ?)'),
    dropMatchingKey: database.prepare('DELETE FROM matching_key WHERE env = ? AND key = ?'),
    dropMatchesOfKey: database.prepare('DELETE FROM matching_value WHERE env = ? AND key = ?'),
    addMatch: database.prepare(
      'INSERT INTO matching_value (env, key, value, identifier) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    matchesFrom: database.prepare<unknown[], FoundMatch>(
      `SELECT v.key, v.value, v.identifier, i.distinct_id FROM matching_value v CROSS JOIN identifier i ON i.ref = v.identifier
       WHERE v.env = ? AND v.key = ? AND v.value >= ? ORDER BY v.value, v.identifier LIMIT ?`,
    ),
    /** All that was ever said in one trait, of identifiers after a ref. */
    saidInTrait: database.prepare<unknown[], { identifier: number; value: string }>(
      `SELECT t.identifier, t.value FROM identifier i CROSS JOIN trait t ON t.identifier = i.ref AND t.key = ?
       WHERE i.env = ? AND i.ref > ? AND i.ref <= ?`,
    ),
    lastRef: database.prepare<unknown[], number>('SELECT coalesce(max(ref), 0) FROM identifier').pluck(),
    traitsOfKey: database.prepare<unknown[], TraitRow>(
      `SELECT ${traitColumns} FROM trait t WHERE t.identifier = ? AND t.key = ?`,
    ),
    // Separations
    separations: database.prepare<unknown[], SeparationRow>(
      separationsFrom(`SELECT s.* FROM json_each(@refs) j CROSS JOIN separation s ON s.a = j.value
        UNION ALL SELECT s.* FROM json_each(@refs) j CROSS JOIN separation s ON s.b = j.value`),
    ),
    separationsOfRoots: database.prepare<unknown[], SeparationRow>(
      separationsFrom(`SELECT s.* FROM ${membersOfRoots} CROSS JOIN separation s ON s.a = i.ref
        UNION ALL SELECT s.* FROM ${membersOfRoots} CROSS JOIN separation s ON s.b = i.ref`),
    ),
    /** In force, after a place: newest first, of one row by their identifiers. */
    separationsInForce: database.prepare<unknown[], SeparationRow>(
      `SELECT x.distinct_id AS a_id, y.distinct_id AS b_id, s.seq, s.lifted_seq FROM separation s INDEXED BY separation_seq
       CROSS JOIN identifier x ON x.ref = s.a CROSS JOIN identifier y ON y.ref = s.b
       WHERE s.env = @env AND s.lifted_seq IS NULL AND s.seq <= @seq AND (s.seq < @seq
         OR (min(x.distinct_id, y.distinct_id), max(x.distinct_id, y.distinct_id)) > (min(@a, @b), max(@a, @b)))
       ORDER BY s.seq DESC, min(x.distinct_id, y.distinct_id), max(x.distinct_id, y.distinct_id) LIMIT @limit`,
    ),
    addSeparation: database.prepare('INSERT INTO separation (env, a, b, seq, lifted_seq) VALUES (?, ?, ?, ?, ?)'),
    liftSeparation: database.prepare('UPDATE separation SET lifted_seq = ? WHERE a = ? AND b = ? AND seq = ?'),
    // The queue, batches and repeats
    waiting: database.prepare<unknown[], LinkRow>(
      `SELECT ${linkColumns} FROM ${linkFrom}
       CROSS JOIN component x ON x.env = l.env AND x.id = p.component CROSS JOIN component y ON y.env = l.env AND y.id = s.component
       WHERE l.env = ? AND l.status = ? AND l.status IN ('held', 'refused') AND l.seq < ? AND (l.status <> 'held' OR x.root <> y.root)
       ORDER BY l.seq DESC LIMIT ?`,
    ),
    heldBy: database
      .prepare<unknown[], number>(
        `SELECT count(*) FROM ${linkFrom}
         CROSS JOIN component x ON x.env = l.env AND x.id = p.component CROSS JOIN component y ON y.env = l.env AND y.id = s.component
         WHERE l.env = ? AND l.status = 'held' AND l.source IN (SELECT value FROM json_each(?)) AND x.root <> y.root`,
      )
      .pluck(),
    saveBatch: database.prepare(
      `INSERT INTO batch (env, name, first_seq, last_seq) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET last_seq = excluded.last_seq`,
    ),
    batch: database.prepare<unknown[], { first_seq: number; last_seq: number }>(
      'SELECT first_seq, last_seq FROM batch WHERE env = ? AND name = ?',
    ),
    /** Evidence rows with the identity they bear on now. */
    rowsOfSources: database.prepare<unknown[], { seq: number; root: number }>(
      `SELECT g.seq, c.root FROM ledger g LEFT JOIN link l ON l.env = g.env AND l.seq = g.seq
       CROSS JOIN identifier i ON i.ref = coalesce(l.primary_ref, g.body ->> 's')
       CROSS JOIN component c ON c.env = i.env AND c.id = i.component
       WHERE g.env = ? AND g.seq BETWEEN ? AND ? AND g.source IN (SELECT value FROM json_each(?))
         AND g.body ->> 'o' IN ('identify', 'alias', 'track', 'approve') ORDER BY g.seq`,
    ),
    firstSeqFrom: database
      .prepare<unknown[], number | null>('SELECT min(seq) FROM ledger WHERE env = ? AND time >= ?')
      .pluck(),
    addRepeats: database.prepare(
      `INSERT INTO repeat (env, seq, count, last_time) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET count = count + excluded.count, last_time = max(last_time, excluded.last_time)`,
    ),
    repeats: database.prepare<unknown[], { count: number; last_time: number }>(
      'SELECT count, last_time FROM repeat WHERE env = ? AND seq = ?',
    ),
    // What a projection lacks; the seq that the n-th changed row carries bounds how much is read at once
    changedIdentifierAt: database
      .prepare<unknown[], number>(
        `SELECT changed_seq FROM identifier INDEXED BY identifier_changed WHERE env = ? AND changed_seq > ? AND changed_seq <= ?
         ORDER BY changed_seq LIMIT 1 OFFSET ?`,
      )
      .pluck(),
    changedComponentAt: database
      .prepare<unknown[], number>(
        `SELECT profile_seq FROM component INDEXED BY component_profile WHERE env = ? AND profile_seq > ? AND profile_seq <= ?
         ORDER BY profile_seq LIMIT 1 OFFSET ?`,
      )
      .pluck(),
    movedComponentAt: database
      .prepare<unknown[], number>(
        `SELECT moved_seq FROM component INDEXED BY component_moved WHERE env = ? AND moved_seq > ? AND moved_seq <= ?
         AND moved_seq > 0 ORDER BY moved_seq LIMIT 1 OFFSET ?`,
      )
      .pluck(),
    changedIdentifiers: prepareRows<ChangedIdentifierRow>(
      database,
      `SELECT i.distinct_id, i.flags, i.first_seen, n.distinct_id AS canonical, r.created_at,
         (SELECT min(seq) FROM identify WHERE identifier = i.ref AND revoked_seq IS NULL) AS identified_seq
       FROM (SELECT ref FROM identifier WHERE env = @env AND changed_seq > @after AND changed_seq <= @upTo
         UNION SELECT i.ref FROM component c CROSS JOIN identifier i ON i.env = c.env AND i.component = c.id
           WHERE c.env = @env AND c.moved_seq > @after AND c.moved_seq <= @upTo AND c.moved_seq > 0) k
       CROSS JOIN identifier i ON i.ref = k.ref
       CROSS JOIN component c ON c.env = i.env AND c.id = i.component
       CROSS JOIN component r ON r.env = c.env AND r.id = c.root
       CROSS JOIN identifier n ON n.ref = r.canonical`,
    ),
    changedComponents: database.prepare<unknown[], ChangedComponentRow>(
      `SELECT c.id AS root, n.distinct_id AS canonical, c.known, c.created_at FROM component c
       CROSS JOIN identifier n ON n.ref = c.canonical
       WHERE c.env = @env AND c.profile_seq > @after AND c.profile_seq <= @upTo AND c.root = c.id`,
    ),
    changedLinks: prepareRows<LinkRow>(
      database,
      `SELECT ${linkColumns} FROM (SELECT env, seq FROM link WHERE env = @env AND seq > @after AND seq <= @upTo
         UNION SELECT env, seq FROM link WHERE env = @env AND status_seq > @after AND status_seq <= @upTo AND status_seq IS NOT NULL) k
       CROSS JOIN link l ON l.env = k.env AND l.seq = k.seq
       CROSS JOIN identifier p ON p.ref = l.primary_ref CROSS JOIN identifier s ON s.ref = l.secondary_ref ORDER BY l.seq`,
    ),
    changedSeparations: database.prepare<unknown[], SeparationRow>(
      `SELECT k.seq, k.lifted_seq, x.distinct_id AS a_id, y.distinct_id AS b_id
       FROM (SELECT a, b, seq, lifted_seq FROM separation INDEXED BY separation_seq WHERE env = @env AND seq > @after AND seq <= @upTo
         UNION SELECT a, b, seq, lifted_seq FROM separation INDEXED BY separation_lifted
           WHERE env = @env AND lifted_seq > @after AND lifted_seq <= @upTo AND lifted_seq IS NOT NULL) k
       CROSS JOIN identifier x ON x.ref = k.a CROSS JOIN identifier y ON y.ref = k.b ORDER BY k.seq`,
    ),
  };
}

export type Statements = ReturnType<typeof prepareStatements>;
