import { Skeleton } from '../components/skeleton.tsx';
import { texts } from '../texts/texts.ts';
import styles from './panel.module.css';

export function PreviewSkeleton() {
  return (
    <div className={styles.panel}>
      <p role="status" className="visually-hidden">
        {texts.act.loading}
      </p>
      <Skeleton width="60%" height={19} />
      <Skeleton height={132} />
      <Skeleton height={96} />
    </div>
  );
}
