import type { ReactNode } from 'react';
import styles from './badge.module.css';

export type Tone = 'plain' | 'known' | 'anonymous' | 'held' | 'separated' | 'accent';

/** A word that says what something is; the colour only repeats it. */
export function Badge({ tone = 'plain', children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return <span className={`${styles.badge} ${styles[tone]}`}>{children}</span>;
}
