import type { Statement } from '../../postgres/connection.ts';
import type { ChangedComponentRow, ChangedIdentifierRow } from '../changes.ts';
import type { LedgerRow } from '../ledger-codec.ts';
import type { FoundMatch } from '../matching.ts';
import type { RecentRow } from '../recent.ts';
import { identifierColumns, linkColumns, traitColumns } from '../row-columns.ts';
import type {
  ComponentRow,
  EnvironmentRow,
  IdentifierRow,
  IdentifyRow,
  LinkRow,
  SeparationRow,
  SettingsRow,
  SubjectRow,
  TraitRow,
  TypeCountRow,
} from '../rows.ts';
import type { SourceRow } from '../source-book.ts';

const linkFrom = `link l JOIN identifier p ON p.ref = l.primary_ref JOIN identifier s ON s.ref = l.secondary_ref`;
const members = `component c JOIN identifier i ON i.env = c.env AND i.component = c.id`;
/** Each looked up by the unique index, whatever the planner takes an environment's share of the rows for. */
const asked = 'unnest($2::text[]) AS a(id) JOIN identifier i ON i.env = $1 AND i.distinct_id = a.id';
const wanted = `unnest($1::bigint[], $2::text[], $3::bigint[]) AS w(ref, key, stamp)`;
const separationsFrom = (rows: string) =>
  `SELECT x.distinct_id AS a_id, y.distinct_id AS b_id, s.seq, s.lifted_seq FROM (${rows}) s
   JOIN identifier x ON x.ref = s.a JOIN identifier y ON y.ref = s.b`;

const statement = <Row = unknown>(name: string, text: string): Statement<Row> => ({ name, text });

/** One statement per question, however many are asked at once: lists are arrays, so that a text never depends on their length. */
export const statements = {
  // Environments and settings
  environment: statement<EnvironmentRow>(
    'environment',
    'SELECT id, name, head, last_time, last_lift, next_component FROM environment WHERE name = $1',
  ),
  /** Whoever holds the row is the environment's one writer. */
  lockEnvironment: statement<EnvironmentRow>(
    'lock_environment',
    'SELECT id, name, head, last_time, last_lift, next_component FROM environment WHERE name = $1 FOR UPDATE',
  ),
  environments: statement<{ name: string }>('environments', 'SELECT name FROM environment ORDER BY id'),
  addEnvironment: statement<{ id: number }>(
    'add_environment',
    `INSERT INTO environment (id, name, head, last_time, last_lift, next_component)
     VALUES (nextval('environment_id'), $1, 0, 0, 0, 1) ON CONFLICT (name) DO NOTHING RETURNING id`,
  ),
  saveEnvironment: statement(
    'save_environment',
    'UPDATE environment SET head = $2, last_time = $3, last_lift = $4, next_component = $5 WHERE id = $1',
  ),
  touchEnvironment: statement('touch_environment', 'UPDATE environment SET head = head'),
  settings: statement<SettingsRow>('settings', 'SELECT seq, settings FROM settings WHERE env = $1 ORDER BY seq'),
  addSettings: statement('add_settings', 'INSERT INTO settings (env, seq, settings) VALUES ($1, $2, $3)'),
  // Sources
  sources: statement<SourceRow>('sources', 'SELECT id, key, lib, batch, public FROM source'),
  addSources: statement(
    'add_sources',
    `INSERT INTO source (key, lib, batch, public)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::smallint[]) ON CONFLICT DO NOTHING`,
  ),
  // Ledger
  ledger: statement<LedgerRow>(
    'ledger',
    'SELECT seq, time, source, body FROM ledger WHERE env = $1 AND seq > $2 ORDER BY seq LIMIT $3',
  ),
  ledgerRows: statement<LedgerRow>(
    'ledger_rows',
    'SELECT seq, time, source, body FROM ledger WHERE env = $1 AND seq = ANY($2::bigint[]) ORDER BY seq',
  ),
  subjects: statement<SubjectRow>(
    'subjects',
    `SELECT g.seq, i.distinct_id FROM ledger g JOIN identifier i ON i.ref = g.subject
     WHERE g.env = $1 AND g.seq = ANY($2::bigint[])`,
  ),
  lastSeqUpTo: statement<{ seq: number }>(
    'last_seq_up_to',
    'SELECT seq FROM ledger WHERE env = $1 AND time <= $2 ORDER BY time DESC, seq DESC LIMIT 1',
  ),
  firstSeqFrom: statement<{ seq: number }>(
    'first_seq_from',
    'SELECT seq FROM ledger WHERE env = $1 AND time >= $2 ORDER BY time, seq LIMIT 1',
  ),
  // Identifiers
  /** With their identities. */
  identifiers: statement<IdentifierRow & ComponentRow>(
    'identifiers',
    `SELECT ${identifierColumns}, n.distinct_id AS canonical, r.canonical AS canonical_ref, r.known, r.size, r.created_at,
       r.changed_seq, r.separated
     FROM ${asked} JOIN component c ON c.env = i.env AND c.id = i.component
     JOIN component r ON r.env = c.env AND r.id = c.root JOIN identifier n ON n.ref = r.canonical`,
  ),
  roots: statement<{ root: number }>(
    'roots',
    `SELECT c.root FROM identifier i JOIN component c ON c.env = i.env AND c.id = i.component
     WHERE i.env = $1 AND i.distinct_id = $2`,
  ),
  identifiersFrom: statement<{ distinct_id: string }>(
    'identifiers_from',
    'SELECT distinct_id FROM identifier WHERE env = $1 AND distinct_id >= $2 ORDER BY distinct_id LIMIT $3',
  ),
  known: statement<{ distinct_id: string }>('known', `SELECT i.distinct_id FROM ${asked} WHERE i.flags & $3 <> 0`),
  names: statement<{ ref: number; distinct_id: string }>(
    'names',
    'SELECT ref, distinct_id FROM identifier WHERE ref = ANY($1::bigint[])',
  ),
  byNode: statement<{ distinct_id: string }>(
    'by_node',
    'SELECT distinct_id FROM identifier WHERE node = $2::uuid AND env = $1',
  ),
  members: statement<IdentifierRow>(
    'members',
    `SELECT ${identifierColumns} FROM ${members} WHERE c.env = $1 AND c.root = ANY($2::bigint[])`,
  ),
  memberIds: statement<{ distinct_id: string }>(
    'member_ids',
    `SELECT i.distinct_id FROM ${members} WHERE c.env = $1 AND c.root = $2 ORDER BY i.distinct_id`,
  ),
  typeCounts: statement<TypeCountRow>(
    'type_counts',
    `SELECT c.root, t.type, count(*) AS count FROM ${members} JOIN unnest($3::text[]) AS t(type)
       ON left(i.distinct_id, length(t.type) + 1) = t.type || ':'
     WHERE c.env = $1 AND c.root = ANY($2::bigint[]) GROUP BY c.root, t.type`,
  ),
  resolve: statement<{ distinct_id: string; canonical: string; known: number }>(
    'resolve',
    `SELECT i.distinct_id, n.distinct_id AS canonical, r.known FROM ${asked}
     JOIN component c ON c.env = i.env AND c.id = i.component JOIN component r ON r.env = c.env AND r.id = c.root
     JOIN identifier n ON n.ref = r.canonical`,
  ),
  largest: statement<{ canonicalId: string; size: number }>(
    'largest',
    `SELECT n.distinct_id AS "canonicalId", c.size FROM component c JOIN identifier n ON n.ref = c.canonical
     WHERE c.env = $1 AND c.root = c.id AND c.profile_seq > $2 ORDER BY c.size DESC, n.distinct_id LIMIT $3`,
  ),
  /** Every component after a place, by the last change of its profile. */
  recent: statement<RecentRow>(
    'recent',
    `SELECT c.id, c.root, n.distinct_id AS canonical, c.known, c.size, c.created_at, c.profile_seq, g.time FROM component c
     LEFT JOIN identifier n ON n.ref = c.canonical LEFT JOIN ledger g ON g.env = c.env AND g.seq = c.profile_seq
     WHERE c.env = $1 AND (c.profile_seq, c.id) < ($2, $3) ORDER BY c.profile_seq DESC, c.id DESC LIMIT $4`,
  ),
  // Links
  links: statement<LinkRow>(
    'links',
    `SELECT ${linkColumns} FROM ${linkFrom} WHERE l.env = $1 AND l.seq = ANY($2::bigint[])`,
  ),
  linksOnPairs: statement<LinkRow>(
    'links_on_pairs',
    `SELECT ${linkColumns} FROM unnest($1::bigint[], $2::bigint[]) AS w(lo, hi)
     JOIN link l ON l.lo = w.lo AND l.hi = w.hi JOIN identifier p ON p.ref = l.primary_ref
     JOIN identifier s ON s.ref = l.secondary_ref`,
  ),
  linksOf: statement<LinkRow>(
    'links_of',
    `SELECT ${linkColumns} FROM ${linkFrom} WHERE l.lo = ANY($1::bigint[])
     UNION ALL SELECT ${linkColumns} FROM ${linkFrom} WHERE l.hi = ANY($1::bigint[]) AND NOT l.lo = ANY($1::bigint[])`,
  ),
  waiting: statement<LinkRow>(
    'waiting',
    `SELECT ${linkColumns} FROM ${linkFrom}
     JOIN component x ON x.env = l.env AND x.id = p.component JOIN component y ON y.env = l.env AND y.id = s.component
     WHERE l.env = $1 AND l.status = $2 AND l.status IN ('held', 'refused') AND l.seq < $3
       AND (l.status <> 'held' OR x.root <> y.root) ORDER BY l.seq DESC LIMIT $4`,
  ),
  heldBy: statement<{ count: number }>(
    'held_by',
    `SELECT count(*) AS count FROM ${linkFrom}
     JOIN component x ON x.env = l.env AND x.id = p.component JOIN component y ON y.env = l.env AND y.id = s.component
     WHERE l.env = $1 AND l.status = 'held' AND l.source = ANY($2::integer[]) AND x.root <> y.root`,
  ),
  // Identify facts and traits
  identifies: statement<IdentifyRow>(
    'identifies',
    `SELECT identifier, seq, effective_time, batch, revoked_seq FROM identify WHERE identifier = ANY($1::bigint[])`,
  ),
  traits: statement<TraitRow>('traits', `SELECT ${traitColumns} FROM trait t WHERE t.identifier = ANY($1::bigint[])`),
  /**
   * Of keys, what can decide a write: the plain winner, writes that came with this timestamp or were sent ahead of time with it, and all that
   * only count where there is no plain one.
   */
  traitsByKey: statement<TraitRow>(
    'traits_by_key',
    `SELECT t.* FROM ${wanted} CROSS JOIN LATERAL (
       SELECT ${traitColumns} FROM trait t WHERE t.identifier = w.ref AND t.key = w.key AND t.once = 0 AND t.revoked_seq IS NULL
       ORDER BY t.effective_time DESC, t.seq DESC LIMIT 1) t
     UNION SELECT ${traitColumns} FROM ${wanted} JOIN trait t ON t.identifier = w.ref AND t.key = w.key AND t.once = 1
     UNION SELECT ${traitColumns} FROM ${wanted} JOIN trait t ON t.identifier = w.ref AND t.key = w.key AND t.once = 0
       AND t.effective_time = w.stamp AND t.timestamp = w.stamp
     UNION SELECT ${traitColumns} FROM ${wanted} JOIN trait t ON t.identifier = w.ref AND t.key = w.key AND t.once = 0
       AND t.timestamp = w.stamp AND t.timestamp > t.effective_time`,
  ),
  // Values that people are found by
  matchingKeys: statement<{ key: string }>('matching_keys', 'SELECT key FROM matching_key WHERE env = $1'),
  addMatchingKey: statement('add_matching_key', 'INSERT INTO matching_key (env, key) VALUES ($1, $2)'),
  dropMatchingKey: statement('drop_matching_key', 'DELETE FROM matching_key WHERE env = $1 AND key = $2'),
  dropMatchesOfKey: statement('drop_matches_of_key', 'DELETE FROM matching_value WHERE env = $1 AND key = $2'),
  matchesFrom: statement<FoundMatch>(
    'matches_from',
    `SELECT v.key, v.value, v.identifier, i.distinct_id FROM matching_value v JOIN identifier i ON i.ref = v.identifier
     WHERE v.env = $1 AND v.key = $2 AND v.value >= $3 ORDER BY v.value, v.identifier LIMIT $4`,
  ),
  /** All that was ever said in one trait, of identifiers after a ref. */
  saidInTrait: statement<{ identifier: number; value: string }>(
    'said_in_trait',
    `SELECT t.identifier, t.value FROM identifier i JOIN trait t ON t.identifier = i.ref AND t.key = $1
     WHERE i.env = $2 AND i.ref > $3 AND i.ref <= $4`,
  ),
  lastRef: statement<{ ref: number }>('last_ref', 'SELECT coalesce(max(ref), 0) AS ref FROM identifier'),
  traitsOfKeys: statement<TraitRow>(
    'traits_of_keys',
    `SELECT ${traitColumns} FROM unnest($1::bigint[], $2::text[]) AS w(ref, key)
     JOIN trait t ON t.identifier = w.ref AND t.key = w.key`,
  ),
  // Separations
  separations: statement<SeparationRow>(
    'separations',
    separationsFrom(`SELECT * FROM separation WHERE a = ANY($1::bigint[])
      UNION SELECT * FROM separation WHERE b = ANY($1::bigint[])`),
  ),
  separationsOfRoots: statement<SeparationRow>(
    'separations_of_roots',
    separationsFrom(`SELECT s.* FROM ${members} JOIN separation s ON s.a = i.ref WHERE c.env = $1 AND c.root = ANY($2::bigint[])
      UNION SELECT s.* FROM ${members} JOIN separation s ON s.b = i.ref WHERE c.env = $1 AND c.root = ANY($2::bigint[])`),
  ),
  /** In force, after a place: newest first, of one row by their identifiers. */
  separationsInForce: statement<SeparationRow>(
    'separations_in_force',
    `SELECT x.distinct_id AS a_id, y.distinct_id AS b_id, s.seq, s.lifted_seq FROM separation s
     JOIN identifier x ON x.ref = s.a JOIN identifier y ON y.ref = s.b
     WHERE s.env = $1 AND s.lifted_seq IS NULL AND s.seq <= $2 AND (s.seq < $2
       OR (least(x.distinct_id, y.distinct_id), greatest(x.distinct_id, y.distinct_id))
         > (least($3::text COLLATE "C", $4::text COLLATE "C"), greatest($3::text COLLATE "C", $4::text COLLATE "C")))
     ORDER BY s.seq DESC, least(x.distinct_id, y.distinct_id), greatest(x.distinct_id, y.distinct_id) LIMIT $5`,
  ),
  // Batches and repeats
  batch: statement<{ first_seq: number; last_seq: number }>(
    'batch',
    'SELECT first_seq, last_seq FROM batch WHERE env = $1 AND name = $2',
  ),
  /** Evidence rows with the identity they bear on now. */
  rowsOfSources: statement<{ seq: number; root: number }>(
    'rows_of_sources',
    `SELECT g.seq, c.root FROM ledger g LEFT JOIN link l ON l.env = g.env AND l.seq = g.seq
     JOIN identifier i ON i.ref = coalesce(l.primary_ref, g.subject) JOIN component c ON c.env = i.env AND c.id = i.component
     WHERE g.env = $1 AND g.seq BETWEEN $2 AND $3 AND g.source = ANY($4::integer[])
       AND g.op IN ('identify', 'alias', 'track', 'approve') ORDER BY g.seq`,
  ),
  addRepeats: statement(
    'add_repeats',
    `INSERT INTO repeat AS r (env, seq, count, last_time)
     SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[])
     ON CONFLICT (env, seq) DO UPDATE SET count = r.count + excluded.count, last_time = greatest(r.last_time, excluded.last_time)`,
  ),
  repeats: statement<{ seq: number; count: number; last_time: number }>(
    'repeats',
    'SELECT seq, count, last_time FROM repeat WHERE env = $1 AND seq = ANY($2::bigint[])',
  ),
  // What a projection lacks; the seq that the n-th changed row carries bounds how much is read at once
  changesBeyond: statement<{ seq: number | null }>(
    'changes_beyond',
    `SELECT (SELECT changed_seq FROM identifier WHERE env = $1 AND changed_seq > $2 AND changed_seq <= $3
       ORDER BY changed_seq LIMIT 1 OFFSET $4) AS seq
     UNION ALL SELECT (SELECT profile_seq FROM component WHERE env = $1 AND profile_seq > $2 AND profile_seq <= $3
       ORDER BY profile_seq LIMIT 1 OFFSET $4)
     UNION ALL SELECT (SELECT moved_seq FROM component WHERE env = $1 AND moved_seq > $2 AND moved_seq <= $3 AND moved_seq > 0
       ORDER BY moved_seq LIMIT 1 OFFSET $4)`,
  ),
  changedIdentifiers: statement<ChangedIdentifierRow>(
    'changed_identifiers',
    `SELECT i.distinct_id, i.flags, i.first_seen, n.distinct_id AS canonical, r.created_at,
       (SELECT min(f.seq) FROM identify f WHERE f.identifier = i.ref AND f.revoked_seq IS NULL) AS identified_seq
     FROM (SELECT ref FROM identifier WHERE env = $1 AND changed_seq > $2 AND changed_seq <= $3
       UNION SELECT i.ref FROM ${members} WHERE c.env = $1 AND c.moved_seq > $2 AND c.moved_seq <= $3 AND c.moved_seq > 0) k
     JOIN identifier i ON i.ref = k.ref JOIN component c ON c.env = i.env AND c.id = i.component
     JOIN component r ON r.env = c.env AND r.id = c.root JOIN identifier n ON n.ref = r.canonical`,
  ),
  changedComponents: statement<ChangedComponentRow>(
    'changed_components',
    `SELECT c.id AS root, n.distinct_id AS canonical, c.known, c.created_at FROM component c
     JOIN identifier n ON n.ref = c.canonical
     WHERE c.env = $1 AND c.profile_seq > $2 AND c.profile_seq <= $3 AND c.root = c.id`,
  ),
  changedLinks: statement<LinkRow>(
    'changed_links',
    `SELECT ${linkColumns} FROM ${linkFrom} WHERE l.env = $1 AND (l.seq > $2 AND l.seq <= $3
       OR l.status_seq > $2 AND l.status_seq <= $3 AND l.status_seq IS NOT NULL) ORDER BY l.seq`,
  ),
  changedSeparations: statement<SeparationRow>(
    'changed_separations',
    `${separationsFrom(`SELECT * FROM separation WHERE env = $1 AND (seq > $2 AND seq <= $3
       OR lifted_seq > $2 AND lifted_seq <= $3 AND lifted_seq IS NOT NULL)`)} ORDER BY s.seq`,
  ),
} as const;
