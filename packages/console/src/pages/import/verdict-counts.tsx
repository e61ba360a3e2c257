import { formatCount } from '../../format.ts';
import { texts } from '../../texts/texts.ts';
import styles from './report.module.css';
import { type Counts, verdicts } from './types.ts';

const { imports } = texts;
const needsSomebody = (verdict: keyof Counts): boolean => verdict === 'refused' || verdict === 'held';

export function VerdictCounts({ counts }: { readonly counts: Counts }) {
  const look = (verdict: keyof Counts) =>
    counts[verdict] === 0 ? styles.none : needsSomebody(verdict) ? styles.waiting : '';
  return (
    <dl className={styles.counts} aria-label={imports.counts}>
      {verdicts.map((verdict) => (
        <div key={verdict} className={styles.count}>
          <dt>
            {imports.verdicts[verdict]} <span className={styles.hint}>{imports.verdictHints[verdict]}</span>
          </dt>
          <dd className={`${styles.figure} ${look(verdict)}`}>{formatCount(counts[verdict])}</dd>
        </div>
      ))}
    </dl>
  );
}
