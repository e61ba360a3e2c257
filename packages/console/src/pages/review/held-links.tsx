import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { usePerform } from '../../acts/use-perform.ts';
import { ErrorNote } from '../../components/error-note.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useShortcuts } from '../../keyboard/shortcuts.ts';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { EmptyQueue } from './empty-queue.tsx';
import { HeldRow } from './held-row.tsx';
import { heldQuery } from './queries.ts';
import { SelectionBar } from './selection-bar.tsx';
import { useReview } from './use-review.ts';
import { useRowCursor } from './use-row-cursor.ts';
import { VirtualRows } from './virtual-rows.tsx';

const rowHeight = 58;

/** The review queue. */
export function HeldLinks() {
  const environment = useEnvironment();
  const review = useReview();
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    heldQuery(environment),
  );
  const items = data?.pages.flatMap(({ held }) => held) ?? [];
  const cursor = useRowCursor({ count: items.length, hasMore: hasNextPage, covered: review.isCovered });
  const doing = usePerform({ onApplied: () => {} });
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);

  const decide = (name: 'approve' | 'reject') => {
    if (review.selected.length > 0) {
      review.startBulk(name);
      return;
    }
    const link = items[cursor.index()]?.link.seq;
    if (link === undefined || doing.isPending) return;
    doing.mutate({ name, link }, { onSuccess: ({ verdict }) => void (verdict !== 'applied' && review.preview(link)) });
  };
  const toggle = () => {
    const link = items[cursor.index()]?.link.seq;
    if (link !== undefined) review.toggle(link);
  };
  const { keys } = texts.review;
  useShortcuts(
    review.isCovered
      ? []
      : [
          { keys: 'j', does: keys.next, run: () => cursor.move(1) },
          { keys: 'k', does: keys.previous, run: () => cursor.move(-1) },
          { keys: 'a', does: keys.approve, run: () => decide('approve') },
          { keys: 'r', does: keys.reject, run: () => decide('reject') },
          { keys: 'x', does: keys.select, run: toggle },
        ],
  );

  if (data === undefined)
    return error === null ? <Skeleton height={420} /> : <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (items.length === 0) return <EmptyQueue title={texts.review.held.empty} hint={texts.review.held.emptyHint} />;
  return (
    <>
      <SelectionBar all={items.map(({ link }) => link.seq)} />
      {doing.error !== null && <ErrorNote error={doing.error} />}
      <VirtualRows
        label={texts.review.held.list}
        items={items}
        keyOf={({ link }) => link.seq}
        rowHeight={rowHeight}
        cursor={cursor}
        hasMore={hasNextPage}
        loading={isFetchingNextPage}
        onMore={more}
        row={(held) => (
          <HeldRow
            held={held}
            selected={review.selected.includes(held.link.seq)}
            onToggle={() => review.toggle(held.link.seq)}
          />
        )}
      />
    </>
  );
}
