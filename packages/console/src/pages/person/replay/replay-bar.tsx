import { Button } from '../../../components/button.tsx';
import { ErrorNote } from '../../../components/error-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { formatCount } from '../../../format.ts';
import { texts } from '../../../texts/texts.ts';
import { useChangeSearch, usePersonSearch } from '../search.ts';
import type { History } from '../use-history.ts';
import styles from './replay.module.css';
import { StepButtons } from './step-buttons.tsx';
import { StepRow } from './step-row.tsx';
import { StepSlider } from './step-slider.tsx';
import { momentOfStep, stepOf } from './steps.ts';

const words = texts.person.replay;
/** As it is with a row of two lines. */
const barHeight = 82;

/** Replays how the person came to be, a row of the ledger at a time. */
export function ReplayBar({ history }: { readonly history: History }) {
  const { rows, error, isPending, isReading, hasMore, readMore, retry } = history;
  const { as_of_seq } = usePersonSearch();
  const change = useChangeSearch();
  if (error !== null && rows.length === 0) return <ErrorNote error={error} onRetry={retry} />;
  if (isPending) return <Skeleton height={barHeight} />;
  if (rows.length === 0) return <p className={styles.none}>{words.none}</p>;
  const step = stepOf(rows, as_of_seq);
  const go = (to: number) => change({ as_of_seq: momentOfStep(rows, to, !hasMore) });
  return (
    <section className={styles.bar} aria-label={words.title}>
      <div className={styles.controls}>
        <StepButtons step={step} steps={rows.length} go={go} />
        <StepSlider step={step} rows={rows} go={go} />
        <span className={styles.count}>{words.at(formatCount(step), formatCount(rows.length))}</span>
        {hasMore && (
          <Button look="quiet" onClick={readMore}>
            {words.more(formatCount(rows.length))}
          </Button>
        )}
        {isReading && <span role="status">{words.reading(formatCount(rows.length))}</span>}
      </div>
      <StepRow row={step === 0 ? null : rows[step - 1]!} isNow={as_of_seq === undefined} steps={rows.length} />
    </section>
  );
}
