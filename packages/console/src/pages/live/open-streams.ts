import { apiUrl } from '../../api/client.ts';
import { parseExact } from '../../api/exact-json.ts';
import type { LedgerRow } from '../../api/ledger-row.ts';
import { idsOf, type LiveEvent, type LiveItem } from './live-item.ts';
import type { LiveSearch } from './route.ts';

export type Connection = 'connecting' | 'open' | 'lost';

interface Options extends LiveSearch {
  readonly environment: string;
  onItems(items: readonly LiveItem[]): void;
  onConnection(connection: Connection): void;
}

/** How often what came is handed on: a page need not be drawn for every event. */
const handOnEveryMs = 250;

/** Follows the events and the ledger from now on, as far as they are asked for, until what it returns is called. */
export function openStreams({ environment, show = 'both', event, id, onItems, onConnection }: Options): () => void {
  const sources: EventSource[] = [];
  let came: LiveItem[] = [];

  const open = (path: `/${string}`, query: Record<string, string | undefined>): EventSource => {
    const asked = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const source = new EventSource(apiUrl(`${path}?${new URLSearchParams(asked)}`), { withCredentials: true });
    source.onerror = () => onConnection('lost');
    source.onopen = () => {
      if (sources.every(({ readyState }) => readyState === EventSource.OPEN)) onConnection('open');
    };
    sources.push(source);
    return source;
  };

  onConnection('connecting');
  if (show !== 'ledger') {
    const events = open('/v1/events', { environment, event, distinct_id: id });
    events.addEventListener('event', ({ data }) => {
      const one = parseExact(data) as LiveEvent;
      came.push({ type: 'event', key: `${one.distinct_id} ${one.uuid}`, event: one });
    });
    events.addEventListener('dropped', ({ data, timeStamp }) => {
      const { count } = JSON.parse(data) as { count: number };
      came.push({ type: 'dropped', key: `dropped ${timeStamp}`, count });
    });
  }
  if (show !== 'events') {
    const ledger = open('/v1/ledger', { environment, after: 'head' });
    ledger.addEventListener('ledger', ({ data }) => {
      const row = parseExact(data) as LedgerRow;
      if (id === undefined || idsOf(row).includes(id)) came.push({ type: 'ledger', key: `row ${row.seq}`, row });
    });
  }

  const timer = setInterval(() => {
    if (came.length === 0) return;
    const items = came;
    came = [];
    onItems(items);
  }, handOnEveryMs);
  return () => {
    clearInterval(timer);
    for (const source of sources) source.close();
  };
}
