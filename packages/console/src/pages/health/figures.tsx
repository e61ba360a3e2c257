import type { ReactNode } from 'react';
import styles from './status.module.css';

export type Figure = readonly [name: string, value: ReactNode];

/** Figures with their names, one a line. */
export function Figures({ title, figures }: { readonly title: string; readonly figures: readonly Figure[] }) {
  return (
    <section className={styles.section}>
      <h2>{title}</h2>
      <dl className={styles.figures}>
        {figures.map(([name, value]) => (
          <div key={name} className={styles.figure}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
