import type { ReactNode } from 'react';
import styles from './table.module.css';

interface Props {
  /** Said by a screen reader; on the page a heading says it. */
  readonly label: string;
  /** One cell of the head each; `number`: to the right. */
  readonly head: readonly (string | { readonly number: string })[];
  /** Rows: `tr` elements. */
  readonly children: ReactNode;
}

/** A table in a box of its own, which scrolls to the side where the window is too narrow. */
export function Table({ label, head, children }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section aria-label={label} tabIndex={0} className={styles.box}>
      <table className={styles.table}>
        <thead>
          <tr>
            {head.map((cell) =>
              typeof cell === 'string' ? (
                <th key={cell} scope="col">
                  {cell}
                </th>
              ) : (
                <th key={cell.number} scope="col" className={styles.number}>
                  {cell.number}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

/** Of a cell that holds a number. */
export const numberCell = styles.number;
