import { isLossy } from '../events/json-column.ts';
import type { StoredEvent } from '../events/types.ts';

/** How the journal holds an event: its fields as JSON, the properties among them as the text they are, which nobody parses on the way. */
export function eventLine(event: StoredEvent): string {
  return JSON.stringify(event);
}

/** Properties were an object in the lines of the first version, without integers beyond a double. */
type FirstLine = Omit<StoredEvent, 'properties' | 'lossy' | 'client_timestamp'> & { properties: object };

/** The events of lines that are joined as a JSON array. */
export function eventsOf(json: string): StoredEvent[] {
  return (JSON.parse(json) as (StoredEvent | FirstLine)[]).map((event) => (isFirst(event) ? upgraded(event) : event));
}

function isFirst(event: StoredEvent | FirstLine): event is FirstLine {
  return typeof event.properties !== 'string';
}

function upgraded(event: FirstLine): StoredEvent {
  const { properties } = event;
  return { ...event, client_timestamp: null, properties: JSON.stringify(properties), lossy: isLossy(properties) };
}
