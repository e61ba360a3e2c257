import type { CSSProperties } from 'react';
import styles from './skeleton.module.css';

/** A grey place of the final size, while what belongs there is loading. */
export function Skeleton({
  width = '100%',
  height = 16,
}: {
  readonly width?: CSSProperties['width'];
  readonly height?: number;
}) {
  return <span aria-hidden="true" className={styles.skeleton} style={{ width, height }} />;
}
