import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';
import { Button } from '../../components/button.tsx';
import { texts } from '../../texts/texts.ts';
import styles from './rows.module.css';
import type { RowCursor } from './use-row-cursor.ts';

const footHeight = 40;

interface Props<Item> {
  readonly label: string;
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => number;
  /** What each row is about as high as, in px. */
  readonly rowHeight: number;
  readonly row: (item: Item) => ReactNode;
  readonly cursor: RowCursor;
  readonly hasMore: boolean;
  readonly loading: boolean;
  readonly onMore: () => void;
}

/** A list of which only what is in sight is in the page. Its end loads more. */
export function VirtualRows<Item>(props: Props<Item>) {
  const { label, items, keyOf, rowHeight, row, cursor, hasMore, loading, onMore } = props;
  const box = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    getItemKey: (index) => keyOf(items[index]!),
    estimateSize: () => rowHeight,
    overscan: 6,
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? -1;
  useEffect(() => {
    if (hasMore && !loading && last >= items.length - 1) onMore();
  }, [hasMore, loading, last, items.length, onMore]);
  useEffect(() => {
    cursor.attach(box.current, (index) => virtual.scrollToIndex(index));
  });
  const foot = hasMore ? footHeight : 0;
  return (
    <section ref={box} className={styles.box} aria-label={label}>
      <ol className={styles.list} style={{ height: virtual.getTotalSize() + foot }}>
        {shown.map(({ index, key, start }) => (
          <li
            key={key}
            ref={virtual.measureElement}
            data-index={index}
            aria-posinset={index + 1}
            aria-setsize={hasMore ? -1 : items.length}
            className={styles.item}
            style={{ transform: `translateY(${start}px)` }}
            onFocus={() => cursor.at(index)}
          >
            {row(items[index]!)}
          </li>
        ))}
      </ol>
      {hasMore && (
        <div className={styles.foot} style={{ top: virtual.getTotalSize() }}>
          <Button look="quiet" onClick={onMore} disabled={loading}>
            {loading ? texts.review.loading : texts.review.loadMore}
          </Button>
        </div>
      )}
    </section>
  );
}
