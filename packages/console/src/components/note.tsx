import type { ReactNode } from 'react';
import styles from './note.module.css';

/** A place with nothing in it yet, or a word about what is in it: what it is, and what to do. `held`: amber, the product working. */
export function Note({ tone = 'plain', children }: { readonly tone?: 'plain' | 'held'; readonly children: ReactNode }) {
  return <div className={`${styles.note} ${styles[tone]}`}>{children}</div>;
}
