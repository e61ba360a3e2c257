import type { ReactNode } from 'react';
import styles from './panel.module.css';

interface Props {
  readonly title: string;
  /** Beside the title. */
  readonly aside?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A part of the page, with its own heading; what is long scrolls within it. */
export function Panel({ title, aside, className = '', children }: Props) {
  return (
    <section className={`${styles.panel} ${className}`} aria-label={title}>
      <header className={styles.header}>
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}
