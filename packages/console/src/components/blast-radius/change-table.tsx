import type { ReactNode } from 'react';
import { texts } from '../../texts/texts.ts';
import styles from './blast-radius.module.css';

interface Props {
  readonly title: string;
  readonly columns: readonly string[];
  /** Rows that the server left out of its list. */
  readonly left: number;
  readonly children: ReactNode;
}

/** What changes, a row each, in a box of its own that scrolls. */
export function ChangeTable({ title, columns, left, children }: Props) {
  return (
    <div className={styles.part}>
      <h3>{title}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section className={styles.table} tabIndex={0} aria-label={title}>
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      </section>
      {left > 0 && <p className={styles.more}>{texts.act.more(left)}</p>}
    </div>
  );
}
