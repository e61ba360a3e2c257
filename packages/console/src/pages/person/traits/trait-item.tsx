import { shownText } from '../../../characters.ts';
import { IdText } from '../../../components/id-text.tsx';
import { RowLink } from '../../../components/row-link.tsx';
import { Time } from '../../../components/time.tsx';
import { cutInTheMiddle } from '../../../format.ts';
import { texts } from '../../../texts/texts.ts';
import { useChangeSearch, usePersonSearch } from '../search.ts';
import { valueText } from '../value-text.ts';
import { TraitHistory } from './trait-history.tsx';
import styles from './traits.module.css';
import type { Trait } from './traits.ts';

const keyLengthMax = 40;
const valueLengthMax = 200;

/** A trait, and unfolded, every value that it ever had. */
export function TraitItem({ trait: { key, value, origin } }: { readonly trait: Trait }) {
  const { trait: open } = usePersonSearch();
  const change = useChangeSearch();
  const isOpen = open === key;
  const text = valueText(value);
  return (
    <div className={styles.trait}>
      <button
        type="button"
        className={styles.line}
        aria-expanded={isOpen}
        aria-label={texts.person.traits.history(shownText(key))}
        onClick={() => change({ trait: isOpen ? undefined : key })}
      >
        <span className={styles.mark} aria-hidden="true">
          {isOpen ? '▾' : '▸'}
        </span>
        <span className={styles.key}>{cutInTheMiddle(shownText(key), keyLengthMax)}</span>
      </button>
      <bdi className={styles.value} title={text}>
        {cutInTheMiddle(text, valueLengthMax)}
      </bdi>
      {origin !== undefined && (
        <p className={styles.origin}>
          {texts.person.traits.from} <IdText id={origin.distinct_id} max={24} /> · <Time at={origin.time} /> ·{' '}
          {texts.person.traits.row} <RowLink seq={origin.seq} />
          {origin.once && ` · ${texts.person.traits.once}`}
        </p>
      )}
      {isOpen && <TraitHistory trait={key} />}
    </div>
  );
}
