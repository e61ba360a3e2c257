import { shownText } from '../../characters.ts';
import { shownValue } from '../../components/shown-value.ts';
import styles from './ledger-row.module.css';

const longest = 200;

/** Names and values, one a line. */
export function LinesOf({ values }: { readonly values: Readonly<Record<string, unknown>> }) {
  return (
    <ul className={styles.lines}>
      {Object.entries(values).map(([name, value]) => (
        <li key={name}>
          <bdi>{shownText(name)}</bdi>: <bdi title={shownValue(value, 2_000)}>{shownValue(value, longest)}</bdi>
        </li>
      ))}
    </ul>
  );
}
