import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { ErrorNote } from '../../components/error-note.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useShortcuts } from '../../keyboard/shortcuts.ts';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { ConflictRow } from './conflict-row.tsx';
import { EmptyQueue } from './empty-queue.tsx';
import { conflictsQuery } from './queries.ts';
import { useReview } from './use-review.ts';
import { useRowCursor } from './use-row-cursor.ts';
import { VirtualRows } from './virtual-rows.tsx';

const rowHeight = 54;

/** Refused evidence, by cause. To apply one after all is previewed first, whichever key asks for it. */
export function Conflicts() {
  const environment = useEnvironment();
  const { isCovered, preview } = useReview();
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    conflictsQuery(environment),
  );
  const items = data?.pages.flatMap(({ conflicts }) => conflicts) ?? [];
  const cursor = useRowCursor({ count: items.length, hasMore: hasNextPage, covered: isCovered });
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const open = () => {
    const link = items[cursor.index()]?.links[0]?.seq;
    if (link !== undefined) preview(link);
  };
  const { keys } = texts.review;
  useShortcuts(
    isCovered
      ? []
      : [
          { keys: 'j', does: keys.next, run: () => cursor.move(1) },
          { keys: 'k', does: keys.previous, run: () => cursor.move(-1) },
          { keys: 'a', does: keys.open, run: open },
          { keys: 'r', does: keys.open, run: open },
        ],
  );
  if (data === undefined)
    return error === null ? <Skeleton height={420} /> : <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (items.length === 0)
    return <EmptyQueue title={texts.review.conflicts.empty} hint={texts.review.conflicts.emptyHint} />;
  return (
    <VirtualRows
      label={texts.review.conflicts.list}
      items={items}
      keyOf={({ links }) => links[0]?.seq ?? 0}
      rowHeight={rowHeight}
      cursor={cursor}
      hasMore={hasNextPage}
      loading={isFetchingNextPage}
      onMore={more}
      row={(conflict) => <ConflictRow conflict={conflict} />}
    />
  );
}
