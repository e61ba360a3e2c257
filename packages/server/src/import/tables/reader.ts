import type { ImportedEvent, RowContext } from '../calls.ts';
import type { Cells } from '../types.ts';
import { readEvent } from './events.ts';
import { readIdentifier } from './identifiers.ts';
import { readIdentity } from './identities.ts';
import type { Skipped, TableItem } from './items.ts';
import { createLinkReader } from './links.ts';
import { readSeparation } from './separations.ts';
import type { OwnTable } from './tables.ts';

/** Reads the rows of one file, in their order. */
export interface TableReader {
  /** Throws the row's OnymError. */
  read(cells: Cells): TableItem | ImportedEvent | Skipped;
  /** What is left to be said after the last row, and is nobody's row. */
  rest(): Iterable<TableItem>;
}

const reader = (read: TableReader['read']): TableReader => ({ read, rest: () => [] });

/** `guarded`: false while nothing else has spoken in the environment, so that what stood there stands here, whatever is known by now. */
export function createTableReader(
  table: OwnTable,
  context: RowContext,
  options: { readonly guarded: boolean },
): TableReader {
  switch (table) {
    case 'links':
      return createLinkReader(context, options);
    case 'identities':
      return reader((cells) => readIdentity(cells, context, options));
    case 'identifiers':
      return reader((cells) => readIdentifier(cells, context));
    case 'separations':
      return reader((cells) => readSeparation(cells, context));
    case 'events':
      return reader((cells) => readEvent(cells, context));
  }
}
