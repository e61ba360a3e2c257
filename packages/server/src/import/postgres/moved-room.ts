import { toStoredText } from '../../postgres/exact-text.ts';
import { migrate } from '../../postgres/migrate.ts';
import type { MovedRoom } from '../../postgres/moved-room.ts';
import { steps } from './progress.ts';

interface Names {
  readonly batch: string;
  readonly file_name: string | null;
}

/** How far imports have come: one that was interrupted goes on at a node. */
export const movedImports: MovedRoom = {
  name: 'imports',
  prepare: ({ connections, options }) => migrate(connections, options.schema, { room: 'import', steps }),
  tables: [
    {
      table: 'import_progress',
      from: 'import',
      key: ['environment', 'batch'],
      rowOf(row) {
        const { batch, file_name: name } = row as unknown as Names;
        return { ...row, batch: toStoredText(batch), file_name: name === null ? null : toStoredText(name) };
      },
    },
  ],
  finish: [],
};
