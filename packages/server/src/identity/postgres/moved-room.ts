import { nodeId } from '../../node-id.ts';
import { migrate } from '../../postgres/migrate.ts';
import type { MovedRoom } from '../../postgres/moved-room.ts';
import { analyses, migrations } from './schema.ts';

interface IdentifierRow {
  readonly distinct_id: string;
  /** null: somebody was erased, and the name is a token that stands for it. */
  readonly environment: string | null;
}

const next = (sequence: string, table: string, column: string): string =>
  `SELECT setval('${sequence}', (SELECT max(${column}) FROM ${table})) WHERE EXISTS (SELECT 1 FROM ${table})`;

/** Every row of the file, with the refs, seqs and times that it has there: nothing is decided again. */
export const movedIdentities: MovedRoom = {
  name: 'identity',
  prepare: ({ connections, options }) => migrate(connections, options.schema, { room: 'identity', steps: migrations }),
  tables: [
    { table: 'environment', key: ['id'] },
    { table: 'settings', key: ['env', 'seq'] },
    { table: 'source', key: ['id'] },
    {
      table: 'ledger',
      key: ['env', 'seq'],
      rowOf(row) {
        const { o: op, s: subject = null } = JSON.parse(row.body as string) as { o: string; s?: number };
        return { ...row, op, subject };
      },
    },
    {
      table: 'identifier',
      key: ['ref'],
      beside: '(SELECT name FROM environment WHERE id = source.env) AS environment',
      rowOf(row) {
        const { environment, distinct_id: id } = row as unknown as IdentifierRow;
        return { ...row, node: environment === null ? null : nodeId(environment, id) };
      },
    },
    { table: 'component', key: ['env', 'id'] },
    { table: 'link', key: ['env', 'seq'] },
    { table: 'identify', key: ['identifier', 'seq'] },
    { table: 'trait', key: ['identifier', 'key', 'once', 'effective_time', 'seq'] },
    { table: 'separation', key: ['a', 'b', 'seq'] },
    { table: 'batch', key: ['env', 'name'] },
    { table: 'repeat', key: ['env', 'seq'] },
    { table: 'pending_erasure', key: ['env', 'seq'] },
  ],
  finish: [
    next('environment_id', 'environment', 'id'),
    next('source_id', 'source', 'id'),
    next('identifier_ref', 'identifier', 'ref'),
    // The planner has seen none of it yet.
    ...analyses,
  ],
};
