import { Badge, type Tone } from '../components/badge.tsx';
import { IdText } from '../components/id-text.tsx';
import { RowLink } from '../components/row-link.tsx';
import { Sentence } from '../components/sentence.tsx';
import { texts } from '../texts/texts.ts';
import styles from './panel.module.css';
import type { StepTaken } from './take-step.ts';
import type { UndoStep } from './undo-steps.ts';

const toneOf: Record<StepTaken['outcome'], Tone> = { done: 'known', skipped: 'plain', failed: 'held' };
const shownMax = 200;

/** The steps of an undo; of those taken, what came of them. */
export function StepList({
  steps,
  taken,
}: {
  readonly steps: readonly UndoStep[];
  readonly taken: readonly StepTaken[];
}) {
  return (
    <>
      <ol className={styles.steps}>
        {steps.slice(0, shownMax).map((step, index) => (
          <li key={JSON.stringify(step)}>
            <span>
              <Sentence text={texts.act.steps[step.does]} parts={partsOfStep(step)} />
            </span>
            {taken[index] !== undefined && <Outcome {...taken[index]} />}
          </li>
        ))}
      </ol>
      {steps.length > shownMax && <p className={styles.hint}>{texts.act.more(steps.length - shownMax)}</p>}
    </>
  );
}

function partsOfStep(step: UndoStep) {
  if ('link' in step) return { link: <RowLink seq={step.link} /> };
  return { a: <IdText id={step.a} max={28} />, b: <IdText id={step.b} max={28} /> };
}

function Outcome({ outcome, reason, seqs }: StepTaken) {
  return (
    <span>
      <Badge tone={toneOf[outcome]}>{texts.act.stepDone[outcome]}</Badge>
      {reason !== null && ` ${texts.reasons.of(reason).why}`}
      {seqs.map((seq) => (
        <span key={seq}>
          {' '}
          <RowLink seq={seq} />
        </span>
      ))}
    </span>
  );
}
