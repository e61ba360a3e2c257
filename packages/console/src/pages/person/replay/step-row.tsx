import { shownText } from '../../../characters.ts';
import { Badge } from '../../../components/badge.tsx';
import { RowLink } from '../../../components/row-link.tsx';
import { Time } from '../../../components/time.tsx';
import { texts } from '../../../texts/texts.ts';
import type { LedgerRow } from '../queries.ts';
import { reasonText } from '../reason-text.ts';
import { rowTone } from '../row-tone.ts';
import { rowWords } from '../row-words.ts';
import { WordsText } from '../words-text.tsx';
import styles from './replay.module.css';

interface Props {
  /** Null before the first. */
  readonly row: LedgerRow | null;
  readonly isNow: boolean;
  readonly steps: number;
}

const words = texts.person;

/** The row that made the moment that is shown. */
export function StepRow({ row, isNow, steps }: Props) {
  return (
    <div className={styles.row} aria-live="polite">
      {isNow && <span className={styles.now}>{words.replay.nowText(steps)}</span>}
      {row === null ? (
        words.replay.before
      ) : (
        <>
          <RowLink seq={row.seq} /> <Badge tone={rowTone(row)}>{words.verdicts[row.verdict]}</Badge>{' '}
          <WordsText words={rowWords(row)} /> {row.reason !== null && <span>{reasonText(row.reason)} </span>}
          <span className={styles.source}>
            <Time at={row.time} /> {shownText(words.source(row.source.key, row.source.lib, row.source.batch))}
          </span>
        </>
      )}
    </div>
  );
}
