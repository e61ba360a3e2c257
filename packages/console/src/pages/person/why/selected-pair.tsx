import { Button } from '../../../components/button.tsx';
import { IdText } from '../../../components/id-text.tsx';
import { texts } from '../../../texts/texts.ts';
import { useChangeSearch, usePersonSearch } from '../search.ts';
import styles from './why.module.css';

/** Which two are selected. */
export function SelectedPair() {
  const { a, b } = usePersonSearch();
  const change = useChangeSearch();
  if (a === undefined) return null;
  return (
    <div className={styles.pair}>
      <IdText id={a} max={20} />
      {b !== undefined && (
        <>
          <span aria-hidden="true">↔</span>
          <IdText id={b} max={20} />
        </>
      )}
      <Button look="quiet" onClick={() => change({ a: undefined, b: undefined, link: undefined })}>
        {texts.person.why.clear}
      </Button>
    </div>
  );
}
