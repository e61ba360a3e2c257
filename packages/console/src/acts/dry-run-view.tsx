import { BlastRadiusView } from '../components/blast-radius/blast-radius-view.tsx';
import { Note } from '../components/note.tsx';
import { VerdictNote } from '../components/verdict-note.tsx';
import { texts } from '../texts/texts.ts';
import type { Act } from './act.ts';
import styles from './panel.module.css';
import type { Performed } from './perform.ts';

const hints: Partial<Record<Act['name'], string>> = {
  separate: texts.act.separateHint,
  lift: texts.act.liftHint,
  reject: texts.act.rejectHint,
  revert: texts.act.revertHint,
};

interface Props {
  readonly act: Act;
  readonly dryRun: Performed;
  /** What came of the act, where it was tried and not applied. */
  readonly answer: Performed | null;
}

/** What an act would do; or, once it was tried, that it did not come to it. */
export function DryRunView({ act, dryRun, answer }: Props) {
  const tried = answer !== null && answer.verdict !== 'applied' ? answer : null;
  const { verdict, reason } = tried ?? dryRun;
  const what = (tried === null ? texts.reasons.wouldBe : texts.reasons.was)[verdict];
  const hint = hints[act.name];
  return (
    <>
      {what !== undefined && <VerdictNote what={what} reason={reason} />}
      {hint !== undefined && <p className={styles.hint}>{hint}</p>}
      {dryRun.stillConnected && (
        <Note tone="held">
          <p>{texts.act.stillConnected}</p>
        </Note>
      )}
      {dryRun.radius !== null && <BlastRadiusView radius={dryRun.radius} />}
    </>
  );
}
