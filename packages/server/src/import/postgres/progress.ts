import type { Statement } from '../../postgres/connection.ts';
import { fromStoredText, toStoredText } from '../../postgres/exact-text.ts';
import { migrate } from '../../postgres/migrate.ts';
import type { Postgres } from '../../postgres/postgres.ts';
import { type ImportProgress, type ProgressRow, progressOf } from '../progress.ts';

export const steps = [
  `
  CREATE TABLE import_progress (
    environment text COLLATE "C" NOT NULL,
    batch text COLLATE "C" NOT NULL,
    fingerprint text NOT NULL,
    file_name text,
    line bigint NOT NULL,
    tally text NOT NULL,
    head_before bigint NOT NULL,
    head bigint NOT NULL,
    state text NOT NULL,
    saved_at bigint NOT NULL,
    PRIMARY KEY (environment, batch)
  );
  `,
];

const find: Statement<ProgressRow> = {
  name: 'import_find',
  text: `SELECT fingerprint, file_name, line, tally, head_before, head, state FROM import_progress
    WHERE environment = $1 AND batch = $2`,
};
const save: Statement<unknown> = {
  name: 'import_save',
  text: `INSERT INTO import_progress (environment, batch, fingerprint, file_name, line, tally, head_before, head, state, saved_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (environment, batch) DO UPDATE SET fingerprint = excluded.fingerprint, file_name = excluded.file_name,
      line = excluded.line, tally = excluded.tally, head_before = excluded.head_before, head = excluded.head,
      state = excluded.state, saved_at = excluded.saved_at`,
};
const reverted: Statement<unknown> = {
  name: 'import_reverted',
  text: `UPDATE import_progress SET state = 'reverted' WHERE environment = $1 AND batch = $2`,
};

/** Of all nodes: one goes on where another has stopped. */
export async function openPostgresProgress({ connections, options }: Postgres): Promise<ImportProgress> {
  await migrate(connections, options.schema, { room: 'import', steps });
  const { alone } = connections;
  return {
    async find(environment, batch) {
      const [row] = await alone.rows(find, [environment, toStoredText(batch)]);
      if (row === undefined) return null;
      return progressOf({ ...row, file_name: row.file_name === null ? null : fromStoredText(row.file_name) });
    },
    async save(environment, batch, { fingerprint, fileName, line, tally, headBefore, head, state }, now) {
      const name = fileName === null ? null : toStoredText(fileName);
      const values = [fingerprint, name, line, JSON.stringify(tally), headBefore, head, state, now];
      await alone.rows(save, [environment, toStoredText(batch), ...values]);
    },
    async reverted(environment, batch) {
      await alone.rows(reverted, [environment, toStoredText(batch)]);
    },
    async close() {},
  };
}
