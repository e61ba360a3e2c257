import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';
import styles from './virtual-list.module.css';

interface Props<Item> {
  readonly label: string;
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  readonly show: (item: Item) => ReactNode;
  /** Of an item that has not been measured, in pixels. */
  readonly height: number;
  /** Called when its end is near. */
  readonly onEnd?: () => void;
  /** After the last item. */
  readonly end?: ReactNode;
}

/** A list of any length, of which the visible part is in the page. Items may be of any height, and change it. */
export function VirtualList<Item>({ label, items, keyOf, show, height, onEnd, end }: Props<Item>) {
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => height,
    getItemKey: (index) => keyOf(items[index]!),
    overscan: 6,
  });
  const shown = virtual.getVirtualItems();
  const isAtEnd = (shown.at(-1)?.index ?? -1) >= items.length - 1;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what has come meanwhile may be shown whole again
  useEffect(() => {
    if (isAtEnd) onEnd?.();
  }, [isAtEnd, items.length, onEnd]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    <section ref={box} className={styles.box} tabIndex={0} aria-label={label}>
      <ol className={styles.list} style={{ height: virtual.getTotalSize() }}>
        {shown.map(({ key, index, start }) => (
          <li
            key={key}
            data-index={index}
            ref={virtual.measureElement}
            aria-setsize={items.length}
            aria-posinset={index + 1}
            className={styles.item}
            style={{ transform: `translateY(${start}px)` }}
          >
            {show(items[index]!)}
          </li>
        ))}
      </ol>
      {end}
    </section>
  );
}
