import { Button } from '../../components/button.tsx';
import { texts } from '../../texts/texts.ts';
import styles from './rows.module.css';
import { useReview } from './use-review.ts';

/** What is selected, and what can be done with all of it. `all`: the links that are loaded. */
export function SelectionBar({ all }: { readonly all: readonly number[] }) {
  const { selected, select, startBulk } = useReview();
  const { bulk, keys, hint } = texts.review;
  if (selected.length === 0) {
    return (
      <div className={styles.bar}>
        <Button look="quiet" onClick={() => select(all)}>
          {keys.selectAll}
        </Button>
        <span className={styles.hint}>{hint}</span>
      </div>
    );
  }
  return (
    <div className={styles.bar}>
      <strong>{bulk.selected(selected.length)}</strong>
      <Button onClick={() => startBulk('approve')}>{bulk.approve(selected.length)}</Button>
      <Button onClick={() => startBulk('reject')}>{bulk.reject(selected.length)}</Button>
      {selected.length < all.length && (
        <Button look="quiet" onClick={() => select(all)}>
          {keys.selectAll}
        </Button>
      )}
      <Button look="quiet" onClick={() => select([])}>
        {keys.clear}
      </Button>
    </div>
  );
}
