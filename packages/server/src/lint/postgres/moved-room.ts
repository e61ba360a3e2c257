import { toStoredText } from '../../postgres/exact-text.ts';
import { migrate } from '../../postgres/migrate.ts';
import type { MovedRoom } from '../../postgres/moved-room.ts';
import { steps } from './finding-table.ts';

/** The findings of each environment. */
export const movedFindings: MovedRoom = {
  name: 'findings',
  prepare: ({ connections, options }) => migrate(connections, options.schema, { room: 'lint', steps }),
  tables: [
    {
      table: 'finding',
      key: ['environment', 'rule', 'key', 'lib'],
      rowOf: (row) => ({ ...row, key: toStoredText(row.key as string) }),
    },
  ],
  finish: [],
};
