import type { Statement } from '../../postgres/connection.ts';
import type { KeyRow } from '../rows.ts';

export interface StandingRow {
  readonly version: string;
  /** JSON array */
  readonly environments: string;
}

const standing = 'SELECT version, environments FROM key_standing WHERE id = 1';

export const statements = {
  version: { name: 'key_version', text: 'SELECT version FROM key_standing WHERE id = 1' } as Statement<{
    version: string;
  }>,
  standing: { name: 'key_standing', text: standing } as Statement<StandingRow>,
  lockStanding: { name: 'lock_key_standing', text: `${standing} FOR UPDATE` } as Statement<StandingRow>,
  setStanding: {
    name: 'set_key_standing',
    text: 'UPDATE key_standing SET version = $1, environments = $2 WHERE id = 1',
  } as Statement<never>,
  keys: {
    name: 'keys',
    text: `SELECT name, kind, hash, scopes, environments, origins, initial, created_at, created_by, last_used_at, revoked_at,
        revoked_by
      FROM api_key ORDER BY place`,
  } as Statement<KeyRow>,
  putKeys: {
    name: 'put_keys',
    text: `
      INSERT INTO api_key (place, name, kind, hash, scopes, environments, origins, initial, created_at, created_by, last_used_at,
        revoked_at, revoked_by)
      SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::smallint[],
        $9::bigint[], $10::text[], $11::bigint[], $12::bigint[], $13::text[])
      ON CONFLICT (name) DO UPDATE SET scopes = excluded.scopes, environments = excluded.environments,
        origins = excluded.origins, initial = excluded.initial, revoked_at = excluded.revoked_at, revoked_by = excluded.revoked_by`,
  } as Statement<never>,
  touchKeys: {
    name: 'touch_keys',
    text: `
      UPDATE api_key SET last_used_at = used.time FROM unnest($1::text[], $2::bigint[]) AS used (name, time)
      WHERE api_key.name = used.name AND coalesce(api_key.last_used_at, 0) < used.time`,
  } as Statement<never>,
};
