/**
 * Steps of the schema; steps are only ever added, at the end. As in SQLite (see its schema.ts), identifiers are integers inside (`ref`), and
 * `component.root` is the identity that a component belongs to now.
 *
 * Plain enough for what speaks PostgreSQL's protocol: no extension, no trigger, no stored function, no JSON operator. Text is compared by its
 * bytes (`COLLATE "C"`), as everywhere in Onym.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE environment (
    id integer PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    head bigint NOT NULL,
    last_time bigint NOT NULL,
    last_lift bigint NOT NULL,
    next_component bigint NOT NULL
  );
  CREATE SEQUENCE environment_id AS integer;
  CREATE TABLE settings (
    env integer NOT NULL,
    seq bigint NOT NULL,
    settings text NOT NULL,
    PRIMARY KEY (env, seq)
  );
  CREATE SEQUENCE source_id AS integer;
  CREATE TABLE source (
    id integer PRIMARY KEY DEFAULT nextval('source_id'),
    key text,
    lib text,
    batch text,
    public smallint NOT NULL
  );
  CREATE UNIQUE INDEX source_identity ON source (coalesce(batch, ''), coalesce(key, ''), coalesce(lib, ''), public);
  CREATE TABLE ledger (
    env integer NOT NULL,
    seq bigint NOT NULL,
    time bigint NOT NULL,
    source integer NOT NULL,
    op text NOT NULL,
    subject bigint,
    body text NOT NULL,
    PRIMARY KEY (env, seq)
  );
  CREATE INDEX ledger_time ON ledger (env, time, seq);
  CREATE INDEX ledger_split ON ledger (env, seq) WHERE op = 'split';
  CREATE SEQUENCE identifier_ref;
  CREATE TABLE identifier (
    ref bigint PRIMARY KEY DEFAULT nextval('identifier_ref'),
    env integer NOT NULL,
    distinct_id text COLLATE "C" NOT NULL,
    node uuid,
    component bigint NOT NULL,
    flags integer NOT NULL,
    first_seen bigint,
    changed_seq bigint NOT NULL
  );
  CREATE UNIQUE INDEX identifier_distinct_id ON identifier (env, distinct_id);
  CREATE INDEX identifier_node ON identifier (node);
  CREATE INDEX identifier_component ON identifier (env, component);
  CREATE INDEX identifier_changed ON identifier (env, changed_seq);
  CREATE TABLE component (
    env integer NOT NULL,
    id bigint NOT NULL,
    root bigint NOT NULL,
    moved_seq bigint NOT NULL,
    canonical bigint NOT NULL,
    known smallint NOT NULL,
    size bigint NOT NULL,
    created_at bigint,
    changed_seq bigint NOT NULL,
    profile_seq bigint NOT NULL,
    separated bigint NOT NULL,
    PRIMARY KEY (env, id)
  );
  CREATE INDEX component_root ON component (env, root);
  CREATE INDEX component_moved ON component (env, moved_seq) WHERE moved_seq > 0;
  CREATE INDEX component_profile ON component (env, profile_seq);
  CREATE TABLE link (
    env integer NOT NULL,
    seq bigint NOT NULL,
    kind text NOT NULL,
    rule text NOT NULL,
    primary_ref bigint NOT NULL,
    secondary_ref bigint NOT NULL,
    lo bigint NOT NULL,
    hi bigint NOT NULL,
    time bigint NOT NULL,
    effective_time bigint NOT NULL,
    source integer NOT NULL,
    waived text,
    approves bigint,
    verdict text NOT NULL,
    redundant smallint NOT NULL,
    status text NOT NULL,
    reason text,
    status_seq bigint,
    PRIMARY KEY (env, seq)
  );
  CREATE INDEX link_pair ON link (lo, hi);
  CREATE INDEX link_hi ON link (hi);
  CREATE INDEX link_status_seq ON link (env, status_seq) WHERE status_seq IS NOT NULL;
  CREATE INDEX link_waiting ON link (env, status, seq) WHERE status IN ('held', 'refused');
  CREATE TABLE identify (
    identifier bigint NOT NULL,
    seq bigint NOT NULL,
    effective_time bigint NOT NULL,
    batch text,
    revoked_seq bigint,
    PRIMARY KEY (identifier, seq)
  );
  CREATE TABLE trait (
    identifier bigint NOT NULL,
    key text COLLATE "C" NOT NULL,
    once smallint NOT NULL,
    effective_time bigint NOT NULL,
    seq bigint NOT NULL,
    time bigint NOT NULL,
    timestamp bigint,
    value text NOT NULL,
    source integer NOT NULL,
    revoked_seq bigint,
    PRIMARY KEY (identifier, key, once, effective_time, seq)
  );
  CREATE INDEX trait_ahead ON trait (identifier, key, timestamp) WHERE timestamp > effective_time;
  CREATE TABLE separation (
    env integer NOT NULL,
    a bigint NOT NULL,
    b bigint NOT NULL,
    seq bigint NOT NULL,
    lifted_seq bigint,
    PRIMARY KEY (a, b, seq)
  );
  CREATE INDEX separation_b ON separation (b);
  CREATE INDEX separation_seq ON separation (env, seq);
  CREATE INDEX separation_lifted ON separation (env, lifted_seq) WHERE lifted_seq IS NOT NULL;
  CREATE TABLE batch (
    env integer NOT NULL,
    name text COLLATE "C" NOT NULL,
    first_seq bigint NOT NULL,
    last_seq bigint NOT NULL,
    PRIMARY KEY (env, name)
  );
  CREATE TABLE repeat (
    env integer NOT NULL,
    seq bigint NOT NULL,
    count bigint NOT NULL,
    last_time bigint NOT NULL,
    PRIMARY KEY (env, seq)
  );
  CREATE TABLE pending_erasure (
    env integer NOT NULL,
    seq bigint NOT NULL,
    time bigint NOT NULL,
    rest text NOT NULL,
    PRIMARY KEY (env, seq)
  );
  `,
  // People are found by what they say in matching traits. What was said before is looked through when the keys are set.
  `
  CREATE TABLE matching_key (
    env integer NOT NULL,
    key text COLLATE "C" NOT NULL,
    PRIMARY KEY (env, key)
  );
  CREATE TABLE matching_value (
    env integer NOT NULL,
    key text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    identifier bigint NOT NULL,
    PRIMARY KEY (env, key, value, identifier)
  );
  `,
];

export const copiedTables = [
  'environment',
  'settings',
  'source',
  'ledger',
  'identifier',
  'component',
  'link',
  'identify',
  'trait',
  'separation',
  'batch',
  'repeat',
  'pending_erasure',
] as const;
/** Takes statistics of what plans go by. */
export const analyses = ['environment', 'ledger', 'identifier', 'component', 'link', 'identify', 'trait'].map(
  (table) => `ANALYZE ${table}`,
);

export const sequences = ['environment_id', 'source_id', 'identifier_ref'] as const;
