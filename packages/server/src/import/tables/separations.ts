import type { RowContext } from '../calls.ts';
import type { Cells } from '../types.ts';
import { anyIdOf } from './cells.ts';
import type { TableItem } from './items.ts';

export function readSeparation(cells: Cells, { source }: RowContext): TableItem {
  const [a, b] = [anyIdOf(cells, 'distinct_id'), anyIdOf(cells, 'separated_from')];
  return { ids: [], operations: () => [{ op: 'separate', a, b, timestamp: null, source }] };
}
