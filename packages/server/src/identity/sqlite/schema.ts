import type { Migration } from '../../disk/sqlite.ts';

/**
 * Steps of the schema.
 *
 * Ids of identifiers are integers inside the database (`ref`), so that the ledger, links and traits are small and an erasure changes
 * a name in one place. `identifier.component` is the component it was put in; `component.root` is the identity that component
 * belongs to now. A join re-roots the smaller side's few components, never its identifiers.
 */
export const migrations: readonly Migration[] = [
  `
  CREATE TABLE environment (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    head INTEGER NOT NULL,
    last_time INTEGER NOT NULL,
    last_lift INTEGER NOT NULL,
    next_component INTEGER NOT NULL
  );
  CREATE TABLE settings (
    env INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    settings TEXT NOT NULL,
    PRIMARY KEY (env, seq)
  ) WITHOUT ROWID;
  CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    key TEXT,
    lib TEXT,
    batch TEXT,
    public INTEGER NOT NULL
  );
  CREATE UNIQUE INDEX source_identity ON source (coalesce(batch, ''), coalesce(key, ''), coalesce(lib, ''), public);
  CREATE TABLE ledger (
    env INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    time INTEGER NOT NULL,
    source INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (env, seq)
  ) WITHOUT ROWID;
  CREATE TABLE identifier (
    ref INTEGER PRIMARY KEY,
    env INTEGER NOT NULL,
    distinct_id TEXT NOT NULL,
    node INTEGER NOT NULL,
    component INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    first_seen INTEGER,
    changed_seq INTEGER NOT NULL
  );
  CREATE UNIQUE INDEX identifier_distinct_id ON identifier (env, distinct_id);
  CREATE INDEX identifier_node ON identifier (node);
  CREATE INDEX identifier_component ON identifier (env, component);
  CREATE INDEX identifier_changed ON identifier (env, changed_seq);
  CREATE TABLE component (
    env INTEGER NOT NULL,
    id INTEGER NOT NULL,
    root INTEGER NOT NULL,
    moved_seq INTEGER NOT NULL,
    canonical INTEGER NOT NULL,
    known INTEGER NOT NULL,
    size INTEGER NOT NULL,
    created_at INTEGER,
    changed_seq INTEGER NOT NULL,
    profile_seq INTEGER NOT NULL,
    separated INTEGER NOT NULL,
    PRIMARY KEY (env, id)
  ) WITHOUT ROWID;
  CREATE INDEX component_root ON component (env, root);
  CREATE INDEX component_moved ON component (env, moved_seq) WHERE moved_seq > 0;
  CREATE INDEX component_profile ON component (env, profile_seq);
  CREATE TABLE link (
    env INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    rule TEXT NOT NULL,
    primary_ref INTEGER NOT NULL,
    secondary_ref INTEGER NOT NULL,
    lo INTEGER NOT NULL,
    hi INTEGER NOT NULL,
    time INTEGER NOT NULL,
    effective_time INTEGER NOT NULL,
    source INTEGER NOT NULL,
    waived TEXT,
    approves INTEGER,
    verdict TEXT NOT NULL,
    redundant INTEGER NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    status_seq INTEGER,
    PRIMARY KEY (env, seq)
  ) WITHOUT ROWID;
  CREATE INDEX link_pair ON link (lo, hi);
  CREATE INDEX link_hi ON link (hi);
  CREATE INDEX link_status_seq ON link (env, status_seq) WHERE status_seq IS NOT NULL;
  CREATE INDEX link_waiting ON link (env, status, seq) WHERE status IN ('held', 'refused');
  CREATE TABLE identify (
    identifier INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    effective_time INTEGER NOT NULL,
    batch TEXT,
    revoked_seq INTEGER,
    PRIMARY KEY (identifier, seq)
  ) WITHOUT ROWID;
  CREATE TABLE trait (
    identifier INTEGER NOT NULL,
    key TEXT NOT NULL,
    once INTEGER NOT NULL,
    effective_time INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    time INTEGER NOT NULL,
    future_timestamp INTEGER,
    value TEXT NOT NULL,
    source INTEGER NOT NULL,
    revoked_seq INTEGER,
    PRIMARY KEY (identifier, key, once, effective_time, seq)
  ) WITHOUT ROWID;
  CREATE INDEX trait_future ON trait (identifier, key, future_timestamp) WHERE future_timestamp IS NOT NULL;
  CREATE TABLE separation (
    env INTEGER NOT NULL,
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    lifted_seq INTEGER,
    PRIMARY KEY (a, b, seq)
  ) WITHOUT ROWID;
  CREATE INDEX separation_b ON separation (b);
  CREATE TABLE batch (
    env INTEGER NOT NULL,
    name TEXT NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    PRIMARY KEY (env, name)
  ) WITHOUT ROWID;
  CREATE TABLE repeat (
    env INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    count INTEGER NOT NULL,
    last_time INTEGER NOT NULL,
    PRIMARY KEY (env, seq)
  ) WITHOUT ROWID;
  `,
  // An erasure asks which splits name somebody. The text is how the codec begins a split's body.
  `
  CREATE INDEX ledger_split ON ledger (env, seq) WHERE substr(body, 1, 12) = '{"o":"split"';
  CREATE TABLE pending_erasure (
    env INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    time INTEGER NOT NULL,
    rest TEXT NOT NULL,
    PRIMARY KEY (env, seq)
  ) WITHOUT ROWID;
  `,
  // A trait keeps the client's timestamp as it was sent, not only one that lay ahead: by it, and by nothing else, a repeat is known.
  `
  DROP INDEX trait_future;
  ALTER TABLE trait RENAME COLUMN future_timestamp TO timestamp;
  UPDATE trait SET timestamp = (
    SELECT g.body ->> 'ts' FROM identifier i CROSS JOIN ledger g ON g.env = i.env AND g.seq = trait.seq WHERE i.ref = trait.identifier
  ) WHERE timestamp IS NULL;
  CREATE INDEX trait_ahead ON trait (identifier, key, timestamp) WHERE timestamp > effective_time;
  `,
  // A projection asks which separations are new, and which were lifted.
  `
  CREATE INDEX separation_seq ON separation (env, seq);
  CREATE INDEX separation_lifted ON separation (env, lifted_seq) WHERE lifted_seq IS NOT NULL;
  `,
  // An identifier that had traits before anybody knew it was an identity, which nothing noted: it stayed one in a projection when it joined
  // another. The next row of the ledger brings the projection there.
  `
  UPDATE identifier SET flags = flags | 4, changed_seq = (SELECT head + 1 FROM environment WHERE id = env)
  WHERE flags & 4 = 0 AND env > 0 AND EXISTS (SELECT 1 FROM trait WHERE identifier = ref);
  `,
  // People are found by what they say in matching traits. What was said before is looked through when the keys are set.
  `
  CREATE TABLE matching_key (
    env INTEGER NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (env, key)
  ) WITHOUT ROWID;
  CREATE TABLE matching_value (
    env INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    identifier INTEGER NOT NULL,
    PRIMARY KEY (env, key, value, identifier)
  ) WITHOUT ROWID;
  `,
];
