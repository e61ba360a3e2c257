import type { ReactNode } from 'react';
import styles from './page.module.css';

interface Props {
  /** Of the window's title, and the page's heading where `heading` is not given. */
  readonly title?: string;
  /** Instead of the title, in the same place. */
  readonly heading?: ReactNode;
  /** Beside the heading. */
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}

/** What every page is: a heading, what can be done, and the rest. */
export function Page({ title, heading, actions, children }: Props) {
  return (
    <div className={styles.page}>
      {title !== undefined && <title>{`${title} · Onym`}</title>}
      {(title !== undefined || heading !== undefined) && (
        <header className={styles.header}>
          <h1 className={styles.heading}>{heading ?? title}</h1>
          {actions}
        </header>
      )}
      {children}
    </div>
  );
}
