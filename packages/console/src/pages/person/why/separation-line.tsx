import { Badge } from '../../../components/badge.tsx';
import { RowLink } from '../../../components/row-link.tsx';
import { texts } from '../../../texts/texts.ts';
import type { Separation } from '../standing.ts';
import { WordsText } from '../words-text.tsx';
import styles from './why.module.css';

export function SeparationLine({ separation: { seq, a, b } }: { readonly separation: Separation }) {
  const words = texts.person.why;
  return (
    <div className={styles.line} data-status="separated">
      <RowLink seq={seq} />
      <div className={styles.words}>
        <p>
          <Badge tone="separated">{words.separation}</Badge> <WordsText words={words.separated(a, b)} />
        </p>
        <p className={styles.origin}>{words.liftHint}</p>
      </div>
    </div>
  );
}
