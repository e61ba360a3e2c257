import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { Button } from '../../../components/button.tsx';
import { ErrorNote } from '../../../components/error-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useEnvironment } from '../../../shell/use-environment.ts';
import { texts } from '../../../texts/texts.ts';
import { Panel } from '../panel.tsx';
import { type LedgerRow, timelineQuery } from '../queries.ts';
import { usePersonSearch } from '../search.ts';
import type { History } from '../use-history.ts';
import { useName } from '../use-name.ts';
import { VirtualList } from '../virtual-list.tsx';
import { EventFilter } from './event-filter.tsx';
import { EventItem } from './event-item.tsx';
import { type TimelineItem, timelineItems } from './items.ts';
import { RowItem } from './row-item.tsx';
import styles from './timeline.module.css';

const rowHeight = 32;
const noRows: readonly LedgerRow[] = [];
const keyOf = ({ key }: TimelineItem): string => key;
const show = (item: TimelineItem) =>
  item.kind === 'event' ? <EventItem event={item.event} /> : <RowItem row={item.row} />;

/** Events of all identifiers, newest first and without end, with the ledger's rows among them. */
export function TimelinePanel({ history }: { readonly history: Pick<History, 'rows' | 'isPending'> }) {
  const environment = useEnvironment();
  const name = useName();
  const { event, as_of_seq } = usePersonSearch();
  const query = useInfiniteQuery(timelineQuery({ environment, name }, event));
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  const events = useMemo(() => data?.pages.flatMap((page) => page.events) ?? [], [data]);
  // Who asks for one event wants to see that one.
  const beside = event === undefined ? history.rows : noRows;
  const items = useMemo(() => timelineItems(events, beside, !hasNextPage), [events, beside, hasNextPage]);
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);
  // Both at once: what is read does not move.
  const isPending = query.isPending || history.isPending;
  const words = texts.person.timeline;
  return (
    <Panel title={words.title} className={styles.panel} aside={<EventFilter events={events} />}>
      {as_of_seq !== undefined && <p className={styles.note}>{words.today}</p>}
      {isPending && <Skeleton height={240} />}
      {query.isError && data === undefined && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {!isPending && data !== undefined && items.length === 0 && (
        <p className={styles.note}>{event === undefined ? words.none : words.noneNamed(event)}</p>
      )}
      {!isPending && items.length > 0 && (
        <VirtualList
          label={words.rows}
          items={items}
          keyOf={keyOf}
          show={show}
          height={rowHeight}
          onEnd={onEnd}
          end={
            <div className={styles.note} role="status">
              {isFetchNextPageError ? (
                <>
                  {words.moreFailed} <Button onClick={() => void fetchNextPage()}>{texts.errors.again}</Button>
                </>
              ) : hasNextPage ? (
                words.reading
              ) : (
                words.end
              )}
            </div>
          }
        />
      )}
    </Panel>
  );
}
