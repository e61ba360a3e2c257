import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import type { Answer } from '../../api/ask-sql.ts';
import { isNumber } from '../../components/chart/columns.ts';
import { texts } from '../../texts/texts.ts';
import { cellText } from './cell-text.ts';
import styles from './result-table.module.css';
import { nextSort, type Sort, sortRows } from './sort-rows.ts';

const rowHeight = 28;

/** All rows of an answer, of which those in sight are drawn. */
export function ResultTable({ answer: { meta, data } }: { readonly answer: Answer }) {
  const box = useRef<HTMLDivElement>(null);
  const [sort, setSort] = useState<Sort | null>(null);
  const rows = useMemo(() => sortRows(data, meta, sort), [data, meta, sort]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);

  if (data.length === 0) return <p>{texts.sql.noRows}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section ref={box} className={styles.box} aria-label={texts.sql.result} tabIndex={0}>
      <table className={styles.table} aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            {meta.map((column) => (
              <th
                key={column.name}
                scope="col"
                aria-sort={sort?.column === column.name ? (sort.descending ? 'descending' : 'ascending') : undefined}
                className={isNumber(column) ? styles.number : undefined}
              >
                <button
                  type="button"
                  title={column.type}
                  aria-label={texts.sql.sortBy(column.name)}
                  onClick={() => setSort(nextSort(sort, column.name))}
                >
                  {column.name}
                  <span aria-hidden="true">{sort?.column === column.name ? (sort.descending ? ' ↓' : ' ↑') : ''}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr style={{ height: above }} />
          {items.map(({ index }) => (
            <tr key={index} aria-rowindex={index + 2} style={{ height: rowHeight }}>
              {meta.map((column) => (
                <td key={column.name} className={isNumber(column) ? styles.number : undefined}>
                  <bdi>{cellText(rows[index]![column.name])}</bdi>
                </td>
              ))}
            </tr>
          ))}
          <tr style={{ height: below }} />
        </tbody>
      </table>
    </section>
  );
}
