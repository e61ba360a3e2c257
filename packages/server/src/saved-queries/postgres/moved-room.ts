import { migrate } from '../../postgres/migrate.ts';
import type { MovedRoom } from '../../postgres/moved-room.ts';
import { steps } from './saved-query-table.ts';

/** The queries that people saved. */
export const movedSavedQueries: MovedRoom = {
  name: 'saved queries',
  prepare: ({ connections, options }) => migrate(connections, options.schema, { room: 'saved queries', steps }),
  tables: [{ table: 'saved_query', key: ['environment', 'id'] }],
  finish: [],
};
