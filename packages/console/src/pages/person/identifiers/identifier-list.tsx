import { useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import { useShortcuts } from '../../../keyboard/shortcuts.ts';
import { texts } from '../../../texts/texts.ts';
import type { Moment } from '../moment.ts';
import { useChangeSearch, usePersonSearch } from '../search.ts';
import { columns, features } from './columns.tsx';
import { IdentifierHead } from './identifier-head.tsx';
import { IdentifierRow } from './identifier-row.tsx';
import styles from './identifiers.module.css';
import { listed, sortingOf, sortOf } from './listed.ts';
import { SpacerRow } from './spacer-row.tsx';
import { useRowFocus } from './use-row-focus.ts';

/** As --row of the tokens. */
const rowHeight = 32;

/** The identifiers as a table, of which the visible rows are in the page: ten thousand are no more work than ten. */
export function IdentifierList({ moment }: { readonly moment: Moment }) {
  const { find, sort } = usePersonSearch();
  const change = useChangeSearch();
  const box = useRef<HTMLDivElement>(null);
  const data = useMemo(() => listed(moment), [moment]);
  const sorting = useMemo(() => sortingOf(sort), [sort]);
  const table = useTable({
    features,
    columns,
    data,
    state: { sorting, globalFilter: find ?? '' },
    globalFilterFn: 'includes',
    onSortingChange: (updater) => change({ sort: sortOf(typeof updater === 'function' ? updater(sorting) : updater) }),
    getRowId: ({ id }) => id,
  });
  const { rows } = table.getRowModel();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  const items = virtual.getVirtualItems();
  const step = useRowFocus(box, rows.length, (index) => virtual.scrollToIndex(index));
  useShortcuts([
    { keys: 'j', does: texts.person.identifiers.down, run: () => step(1) },
    { keys: 'k', does: texts.person.identifiers.up, run: () => step(-1) },
  ]);
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    <section ref={box} className={styles.box} tabIndex={0} aria-label={texts.person.identifiers.rows}>
      <table className={styles.table} aria-rowcount={rows.length + 1}>
        <IdentifierHead table={table} />
        <tbody>
          <SpacerRow height={before} />
          {items.map(({ index }) => (
            <IdentifierRow key={rows[index]!.id} index={index} identifier={rows[index]!.original} />
          ))}
          <SpacerRow height={after} />
        </tbody>
      </table>
      {rows.length === 0 && <p className={styles.none}>{texts.person.identifiers.none}</p>}
    </section>
  );
}
