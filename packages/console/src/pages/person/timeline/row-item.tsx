import { RowLink } from '../../../components/row-link.tsx';
import { Time } from '../../../components/time.tsx';
import { texts } from '../../../texts/texts.ts';
import type { LedgerRow } from '../queries.ts';
import { rowTone } from '../row-tone.ts';
import { rowWords } from '../row-words.ts';
import { useChangeSearch, usePersonSearch } from '../search.ts';
import { WordsText } from '../words-text.tsx';
import styles from './timeline.module.css';

/** A row of the ledger among events. Its dot leads to the moment that it made. */
export function RowItem({ row }: { readonly row: LedgerRow }) {
  const { as_of_seq } = usePersonSearch();
  const change = useChangeSearch();
  return (
    <div className={styles.row} data-tone={rowTone(row)} aria-current={row.seq === as_of_seq || undefined}>
      <button
        type="button"
        className={styles.dot}
        aria-label={texts.person.timeline.showMoment(row.seq)}
        title={texts.person.timeline.showMoment(row.seq)}
        onClick={() => change({ as_of_seq: row.seq })}
      >
        <span aria-hidden="true">●</span>
      </button>
      <RowLink seq={row.seq} />
      <span className={styles.said}>
        <WordsText words={rowWords(row)} />
      </span>
      <span className={styles.time}>
        <Time at={row.time} />
      </span>
    </div>
  );
}
