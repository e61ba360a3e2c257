import { readTrack } from '../../ingest/read-call.ts';
import type { ImportedEvent, RowContext } from '../calls.ts';
import type { Cells } from '../types.ts';
import { objectOf, timeOf } from './cells.ts';

/**
 * An event as it was: with its uuid and both its times. That its ids are one person is said by the table of links: events outlive the
 * merges that were taken back.
 */
export function readEvent(cells: Cells, context: RowContext): ImportedEvent {
  const { uuid, event, distinct_id, anonymous_id, device_id, session_id } = cells;
  const item = { uuid, event, distinct_id, anonymous_id, device_id, session_id };
  const timestamp = timeOf(cells, 'timestamp');
  const read = readTrack(
    {
      ...item,
      timestamp: timestamp === null ? null : new Date(timestamp).toISOString(),
      properties: objectOf(cells, 'properties'),
    },
    context.environment,
    context.settings,
    context,
  );
  const receivedAt = Math.min(timeOf(cells, 'received_at') ?? context.now, context.now);
  return { ...read, isNamedByRow: false, evidence: null, event: { ...read.event, received_at: receivedAt } };
}
