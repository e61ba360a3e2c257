import { useQuery } from '@tanstack/react-query';
import { reviewCountQuery } from '../api/review-count.ts';
import { texts } from '../texts/texts.ts';
import styles from './review-count.module.css';
import { useEnvironment } from './use-environment.ts';

/** How many held links wait for somebody. */
export function ReviewCount() {
  const { data } = useQuery(reviewCountQuery(useEnvironment()));
  if (data === undefined || data === '0') return null;
  return (
    <>
      {' '}
      <span className={styles.count} title={texts.review.waiting(data)}>
        {data}
      </span>
    </>
  );
}
