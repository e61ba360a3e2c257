import type { Statement } from '../../postgres/connection.ts';

export const steps: readonly string[] = [
  `
  CREATE TABLE node (
    id text PRIMARY KEY,
    host text NOT NULL,
    version text NOT NULL,
    has_journal boolean NOT NULL,
    seen_at timestamptz NOT NULL,
    reads_since timestamptz
  );
  CREATE TABLE node_floor (
    node text NOT NULL,
    environment text NOT NULL,
    seq bigint NOT NULL,
    PRIMARY KEY (node, environment)
  );
  CREATE TABLE errand (
    environment text NOT NULL,
    seq bigint NOT NULL,
    node text NOT NULL,
    what text NOT NULL,
    is_done boolean NOT NULL,
    PRIMARY KEY (environment, seq, node)
  );
`,
];

export interface NodeRow {
  readonly id: string;
  readonly host: string;
  readonly version: string;
  readonly has_journal: boolean;
  readonly seen_at: number;
  readonly is_away: boolean;
}

const after = (ms: number): string => `now() - ${ms} * interval '1 millisecond'`;

/** A node that has said nothing for `awayMs` is not waited for; its reads have ended after `goneMs`, and where it has no journal it is forgotten. */
export const statementsFor = ({ awayMs, goneMs }: { readonly awayMs: number; readonly goneMs: number }) => ({
  heads: { name: 'node_heads', text: 'SELECT name, head FROM environment' } as Statement<{
    name: string;
    head: number;
  }>,
  beat: {
    name: 'node_beat',
    text: `WITH beat AS (
        INSERT INTO node (id, host, version, has_journal, seen_at, reads_since)
        VALUES ($1, $2, $3, $4, now(), now() - $5::float8 * interval '1 millisecond')
        ON CONFLICT (id) DO UPDATE SET host = excluded.host, version = excluded.version, has_journal = excluded.has_journal,
          seen_at = excluded.seen_at, reads_since = excluded.reads_since)
      INSERT INTO node_floor (node, environment, seq)
      SELECT $1, environment, seq FROM unnest($6::text[], $7::bigint[]) AS floors (environment, seq)
      ON CONFLICT (node, environment) DO UPDATE SET seq = excluded.seq`,
  } as Statement<unknown>,
  dropGone: {
    name: 'node_drop_gone',
    text: `WITH gone AS (DELETE FROM node WHERE NOT has_journal AND seen_at < ${after(goneMs)} RETURNING id),
        errands AS (DELETE FROM errand WHERE node IN (SELECT id FROM gone))
      DELETE FROM node_floor WHERE node IN (SELECT id FROM gone)`,
  } as Statement<unknown>,
  floor: {
    name: 'node_floor',
    text: 'SELECT min(seq) AS seq FROM node_floor WHERE environment = $1 AND node IN (SELECT id FROM node)',
  } as Statement<{ seq: number | null }>,
  now: { name: 'node_now', text: 'SELECT now()::text AS now' } as Statement<{ now: string }>,
  stillReading: {
    name: 'node_still_reading',
    text: `SELECT id FROM node
      WHERE id <> $1 AND seen_at > ${after(goneMs)} AND (seen_at <= $2::timestamptz OR reads_since <= $2::timestamptz) LIMIT 1`,
  } as Statement<{ id: string }>,
  ask: {
    name: 'errand_ask',
    text: `INSERT INTO errand (environment, seq, node, what, is_done)
      SELECT $1, seqs.seq, node.id, $3, false FROM unnest($2::bigint[]) AS seqs (seq), node
      ON CONFLICT (environment, seq, node) DO UPDATE SET what = excluded.what, is_done = false`,
  } as Statement<unknown>,
  undone: {
    name: 'errand_undone',
    text: `SELECT DISTINCT node.id, node.host, node.seen_at < ${after(awayMs)} AS is_away
      FROM errand JOIN node ON node.id = errand.node
      WHERE errand.environment = $1 AND errand.seq = ANY($2::bigint[]) AND NOT errand.is_done`,
  } as Statement<Pick<NodeRow, 'id' | 'host' | 'is_away'>>,
  due: {
    name: 'errand_due',
    text: 'SELECT environment, seq, what FROM errand WHERE node = $1 AND NOT is_done ORDER BY seq',
  } as Statement<{ environment: string; seq: number; what: 'drain' | 'forget' }>,
  done: {
    name: 'errand_done',
    text: `UPDATE errand SET is_done = true
      WHERE node = $1 AND environment = $2 AND what = $3 AND seq = ANY($4::bigint[])`,
  } as Statement<unknown>,
  finished: {
    name: 'errand_finished',
    text: 'DELETE FROM errand WHERE environment = $1 AND seq = ANY($2::bigint[])',
  } as Statement<unknown>,
  list: {
    name: 'node_list',
    text: `SELECT id, host, version, has_journal, (extract(epoch FROM seen_at) * 1000)::bigint AS seen_at,
        seen_at < ${after(awayMs)} AS is_away
      FROM node ORDER BY host, id`,
  } as Statement<NodeRow>,
  /** In one statement each: what a node owes goes with it. */
  retire: {
    name: 'node_retire',
    text: `WITH floors AS (DELETE FROM node_floor WHERE node = $1), errands AS (DELETE FROM errand WHERE node = $1)
      DELETE FROM node WHERE id = $1 RETURNING id`,
  } as Statement<{ id: string }>,
});
