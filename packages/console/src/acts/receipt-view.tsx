import { stringifyExact } from '../api/exact-json.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { RowLink } from '../components/row-link.tsx';
import { Time } from '../components/time.tsx';
import { texts } from '../texts/texts.ts';
import styles from './panel.module.css';
import type { Receipt } from './perform.ts';
import { ReceiptCounts } from './receipt-counts.tsx';

/** The receipt of an erasure. It names nobody. */
export function ReceiptView({ receipt, seqs }: { readonly receipt: Receipt; readonly seqs: readonly number[] }) {
  const { id, erased_at, row } = texts.act.receipt;
  return (
    <div className={styles.panel}>
      <p role="status">{texts.act.erased}</p>
      <dl className={styles.facts}>
        <dt>{id}</dt>
        <dd>
          <code>{receipt.id}</code>{' '}
          <CopyButton text={stringifyExact({ ...receipt, seq: seqs[0] })} what={texts.act.copyReceipt} />
        </dd>
        <dt>{erased_at}</dt>
        <dd>
          <Time at={receipt.erased_at} exact />
        </dd>
        <dt>{row}</dt>
        <dd>
          {seqs.map((seq) => (
            <RowLink key={seq} seq={seq} />
          ))}
        </dd>
      </dl>
      <ReceiptCounts receipt={receipt} />
    </div>
  );
}
