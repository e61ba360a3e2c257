import { shownText } from '../../../characters.ts';
import { Badge } from '../../../components/badge.tsx';
import { RowLink } from '../../../components/row-link.tsx';
import { Time } from '../../../components/time.tsx';
import { texts } from '../../../texts/texts.ts';
import { reasonText } from '../reason-text.ts';
import { WordsText } from '../words-text.tsx';
import type { ShownLink } from './as-link.ts';
import styles from './why.module.css';

/** A link as evidence: what said it, in which row, when, by whom; and why it does not hold, where it does not. */
export function LinkLine({ link }: { readonly link: ShownLink }) {
  const { seq, kind, primary_id, secondary_id, status, reason, redundant, effective_time, source } = link;
  const words = texts.person;
  const isTurnedDown = status === 'refused' || status === 'held';
  return (
    <div className={styles.line} data-status={isTurnedDown ? 'held' : 'active'}>
      <RowLink seq={seq} />
      <div className={styles.words}>
        <p>
          {isTurnedDown && <Badge tone="held">{words[status]}</Badge>}{' '}
          <WordsText words={words.evidence[kind](primary_id, secondary_id)} />
        </p>
        <p className={styles.origin}>
          {words.kinds[kind]} · <Time at={effective_time} />{' '}
          {separated(words.source(source.key, source.lib, source.batch))}
        </p>
        {isTurnedDown && <p>{reasonText(reason)}</p>}
        {redundant && <p className={styles.origin}>{words.why.redundant}</p>}
      </div>
    </div>
  );
}

const separated = (source: string): string => (source === '' ? '' : `· ${shownText(source)}`);
