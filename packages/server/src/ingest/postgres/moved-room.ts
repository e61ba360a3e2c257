import { toStoredText } from '../../postgres/exact-text.ts';
import { migrate } from '../../postgres/migrate.ts';
import type { MovedRoom } from '../../postgres/moved-room.ts';
import type { LetterRow } from '../letter-rows.ts';
import { steps } from './dead-letter-table.ts';

/** The rejected items that are kept. */
export const movedDeadLetters: MovedRoom = {
  name: 'dead letters',
  prepare: ({ connections, options }) => migrate(connections, options.schema, { room: 'dead letters', steps }),
  tables: [
    {
      table: 'dead_letter',
      key: ['id'],
      rowOf(row) {
        const { key, message, item } = row as unknown as LetterRow;
        return { ...row, key: toStoredText(key), message: toStoredText(message), item: toStoredText(item) };
      },
    },
  ],
  finish: [
    `SELECT setval('dead_letter_id', (SELECT max(id) FROM dead_letter)) WHERE EXISTS (SELECT 1 FROM dead_letter)`,
    'INSERT INTO dead_letter_share (key, letters) SELECT key, count(*) FROM dead_letter GROUP BY key',
  ],
};
