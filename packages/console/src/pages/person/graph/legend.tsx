import { texts } from '../../../texts/texts.ts';
import styles from './graph.module.css';

const marks = ['known', 'anonymous', 'canonical', 'link', 'standing', 'separation'] as const;

export function Legend() {
  const { legend, legendNames } = texts.person.graph;
  return (
    <ul className={styles.legend} aria-label={legend}>
      {marks.map((mark) => (
        <li key={mark}>
          <span className={`${styles.mark} ${styles[mark]}`} aria-hidden="true" />
          {legendNames[mark]}
        </li>
      ))}
    </ul>
  );
}
