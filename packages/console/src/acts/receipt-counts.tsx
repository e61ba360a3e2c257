import { formatCount } from '../format.ts';
import { texts } from '../texts/texts.ts';
import styles from './panel.module.css';
import type { Receipt } from './perform.ts';

const names = Object.keys(texts.act.eraseCounts) as (keyof typeof texts.act.eraseCounts)[];

/** How much an erasure takes, or took. */
export function ReceiptCounts({ receipt }: { readonly receipt: Receipt }) {
  return (
    <dl className={styles.facts}>
      {names.map((name) => (
        <div key={name} className={styles.pair}>
          <dt>{texts.act.eraseCounts[name]}</dt>
          <dd>{formatCount(receipt[name])}</dd>
        </div>
      ))}
    </dl>
  );
}
