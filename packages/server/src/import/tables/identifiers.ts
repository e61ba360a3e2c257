import type { RowContext } from '../calls.ts';
import type { Cells } from '../types.ts';
import { idOf, isSet, timeOf } from './cells.ts';
import type { TableItem } from './items.ts';

/**
 * An identifier that is known there becomes known here, with the time it was first seen at. One that an alias made known needs nothing
 * where the alias is here; and while it is not in its identity yet it is left alone, so that it does not give the name instead.
 */
export function readIdentifier(cells: Cells, { source }: RowContext): TableItem {
  const distinctId = idOf(cells, 'distinct_id');
  const canonical = idOf(cells, 'canonical_id');
  const isKnown = isSet(cells, 'known');
  const isIdentified = isSet(cells, 'identified');
  const timestamp = timeOf(cells, 'first_seen');
  return {
    ids: [distinctId],
    operations(here) {
      if (!isKnown) return [];
      if (here.canonicalOf(distinctId) !== canonical) return { reason: 'identity-not-here' };
      if (!isIdentified && here.isKnown(distinctId)) return [];
      return [{ op: 'identify', distinctId, anonymousId: null, traits: [], timestamp, source }];
    },
  };
}
