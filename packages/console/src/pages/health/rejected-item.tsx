import { shownText } from '../../characters.ts';
import { Badge } from '../../components/badge.tsx';
import { Time } from '../../components/time.tsx';
import { texts } from '../../texts/texts.ts';
import type { DeadLetter } from './queries.ts';
import styles from './rejected.module.css';

export function RejectedItem({ letter }: { readonly letter: DeadLetter }) {
  return (
    <li className={styles.letter}>
      <div className={styles.bar}>
        <Time at={letter.received_at} />
        <code>{letter.call}</code>
        <Badge tone="held">{letter.error_code}</Badge>
        <bdi className={styles.hint}>{shownText(letter.key)}</bdi>
      </div>
      <p>{shownText(letter.message)}</p>
      <details>
        <summary className={styles.hint}>{texts.health.rejected.item}</summary>
        <pre className={styles.item}>{shownText(letter.item)}</pre>
      </details>
    </li>
  );
}
