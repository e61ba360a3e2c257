import type { RowParts } from '../../api/row-parts.ts';
import { shownText } from '../../characters.ts';
import { Badge } from '../../components/badge.tsx';
import { shownValue } from '../../components/shown-value.ts';
import { texts } from '../../texts/texts.ts';
import styles from './ledger-row.module.css';

/** The trait values that a row set. */
export function TraitList({ traits }: { readonly traits: NonNullable<RowParts['traits']> }) {
  return (
    <ul className={styles.lines}>
      {traits.map(({ key, value, once }) => (
        <li key={`${key}\n${once}`}>
          <bdi>{shownText(key)}</bdi>: <bdi title={shownValue(value, 2_000)}>{shownValue(value, 200)}</bdi>{' '}
          {once && <Badge>{texts.ledger.once}</Badge>}
        </li>
      ))}
    </ul>
  );
}
