import { stringifyExact } from '../../api/exact-json.ts';
import type { LedgerRow } from '../../api/ledger-row.ts';
import { shownText } from '../../characters.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { texts } from '../../texts/texts.ts';
import styles from './ledger-row.module.css';

const shownLines = (json: string): string => json.split('\n').map(shownText).join('\n');

/** The row as JSON, every digit of it. */
export function RawRow({ row }: { readonly row: LedgerRow }) {
  const json = stringifyExact(row, 2);
  return (
    <details className={styles.raw} open>
      <summary>{texts.ledger.raw}</summary>
      <CopyButton text={json} what={texts.ledger.rowJson} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <pre tabIndex={0} dir="ltr">
        {shownLines(json)}
      </pre>
    </details>
  );
}
