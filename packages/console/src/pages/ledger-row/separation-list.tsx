import { Badge } from '../../components/badge.tsx';
import { PersonLink } from '../../components/person-link.tsx';
import { texts } from '../../texts/texts.ts';
import styles from './ledger-row.module.css';

const shownMax = 200;

/** Pairs that a row separated. */
export function SeparationList({ separations }: { readonly separations: readonly (readonly [string, string])[] }) {
  return (
    <ul className={styles.lines}>
      {separations.slice(0, shownMax).map(([a, b]) => (
        <li key={`${a}\n${b}`} className={styles.row}>
          <PersonLink id={a} /> <Badge tone="separated">|</Badge> <PersonLink id={b} />
        </li>
      ))}
      {separations.length > shownMax && <li>{texts.act.more(separations.length - shownMax)}</li>}
    </ul>
  );
}
