import type { ReactNode } from 'react';
import styles from './section.module.css';

interface Props {
  readonly title: string;
  readonly hint?: string;
  /** h3: within another section. */
  readonly level?: 2 | 3;
  readonly children: ReactNode;
}

/** A part of the page under a heading. */
export function Section({ title, hint, level = 2, children }: Props) {
  const Heading = level === 2 ? 'h2' : 'h3';
  return (
    <section className={styles.section}>
      <header className={styles.head}>
        <Heading>{title}</Heading>
        {hint !== undefined && <p className={styles.hint}>{hint}</p>}
      </header>
      {children}
    </section>
  );
}
