import styles from '../../acts/panel.module.css';
import { Badge } from '../../components/badge.tsx';
import { Note } from '../../components/note.tsx';
import { RowLink } from '../../components/row-link.tsx';
import { texts } from '../../texts/texts.ts';
import { type Judgement, summaryOf } from './judge-all.ts';

const verdicts = ['applied', 'unchanged', 'refused', 'held', 'failed'] as const;
const listedMax = 100;

/** What would become of the selected links, and why of those that would not be applied. */
export function BulkSummary({
  act,
  judgements,
}: {
  readonly act: 'approve' | 'reject';
  readonly judgements: readonly Judgement[];
}) {
  const words = texts.review.bulk;
  const { counts, ids, events } = summaryOf(judgements);
  const others = judgements.filter(({ dryRun }) => dryRun?.verdict !== 'applied').slice(0, listedMax);
  return (
    <>
      <ul className={styles.steps}>
        {verdicts.map(
          (verdict) => counts[verdict] > 0 && <li key={verdict}>{words.would[verdict](counts[verdict])}</li>,
        )}
      </ul>
      {act === 'approve' && counts.applied > 0 && <p>{words.moves(ids, events)}</p>}
      <p className={styles.hint}>{act === 'approve' ? words.judged : words.rejected}</p>
      {counts.applied === 0 && (
        <Note tone="held">
          <p>{words.nothing}</p>
        </Note>
      )}
      {others.length > 0 && (
        <ul className={styles.steps}>
          {others.map(({ link, dryRun }) => (
            <li key={link}>
              <span>
                <RowLink seq={link} />{' '}
                {dryRun !== null && <Badge tone="held">{texts.reasons.verdict(dryRun.verdict)}</Badge>}{' '}
                {dryRun?.reason != null && texts.reasons.of(dryRun.reason).why}
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
