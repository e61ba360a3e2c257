/**
 * Steps of the schema; steps are only ever added, at the end. `key_standing` has one row: who changes anything holds it, and gives it another
 * version, which others look for.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE api_key (
    name text COLLATE "C" PRIMARY KEY,
    place bigint NOT NULL,
    kind text NOT NULL,
    hash text COLLATE "C" NOT NULL UNIQUE,
    scopes text NOT NULL,
    environments text NOT NULL,
    origins text,
    initial smallint NOT NULL,
    created_at bigint NOT NULL,
    last_used_at bigint,
    revoked_at bigint
  );
  CREATE TABLE key_standing (
    id smallint PRIMARY KEY,
    version text NOT NULL,
    environments text NOT NULL
  );
  INSERT INTO key_standing (id, version, environments) VALUES (1, '', '[]');
  `,
  // Names of keys, as they are in the first column.
  `
  ALTER TABLE api_key ADD COLUMN created_by text COLLATE "C";
  ALTER TABLE api_key ADD COLUMN revoked_by text COLLATE "C";
  `,
  `
  CREATE TABLE session (
    hash text COLLATE "C" PRIMARY KEY,
    kind text NOT NULL,
    key text COLLATE "C" NOT NULL,
    created_at bigint NOT NULL,
    ends_at bigint NOT NULL
  );
  `,
];
