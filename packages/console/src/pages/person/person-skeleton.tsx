import { IdText } from '../../components/id-text.tsx';
import { Page } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { texts } from '../../texts/texts.ts';
import styles from './person.module.css';

/** The page's places, while the person is being read. */
export function PersonSkeleton({ id }: { readonly id: string }) {
  return (
    <Page heading={<IdText id={id} max={60} />}>
      <p role="status" className="visually-hidden">
        {texts.shell.loading}
      </p>
      <Skeleton width={420} height={24} />
      <Skeleton height={82} />
      <div className={styles.parts}>
        <Skeleton height={460} />
        <Skeleton height={640} />
        <Skeleton height={640} />
      </div>
    </Page>
  );
}
