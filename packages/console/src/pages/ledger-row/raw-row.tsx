import { stringifyExact } from '../../api/exact-json.ts';
import type { LedgerRow } from '../../api/ledger-row.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { jsonText } from '../../components/shown-value.ts';
import { texts } from '../../texts/texts.ts';
import styles from './ledger-row.module.css';

/** The row as JSON, every digit of it. */
export function RawRow({ row }: { readonly row: LedgerRow }) {
  return (
    <details className={styles.raw} open>
      <summary>{texts.ledger.raw}</summary>
      <CopyButton text={stringifyExact(row, 2)} what={texts.ledger.rowJson} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <pre tabIndex={0} dir="ltr">
        {jsonText(row)}
      </pre>
    </details>
  );
}
