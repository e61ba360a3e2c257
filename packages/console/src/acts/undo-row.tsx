import { useQuery } from '@tanstack/react-query';
import { ledgerRowQuery } from '../api/ledger-row.ts';
import { Button } from '../components/button.tsx';
import { ErrorNote } from '../components/error-note.tsx';
import { Note } from '../components/note.tsx';
import { RowLink } from '../components/row-link.tsx';
import { useEnvironment } from '../shell/use-environment.ts';
import { texts } from '../texts/texts.ts';
import { ActButton } from './act-button.tsx';
import styles from './panel.module.css';
import { PreviewSkeleton } from './preview-skeleton.tsx';
import { StepList } from './step-list.tsx';
import { undoStepsOf, undoWordsOf } from './undo-steps.ts';
import { useSteps } from './use-steps.ts';

/** What undoing a row takes, step by step, and what came of each. */
export function UndoRow({ seq }: { readonly seq: number }) {
  const environment = useEnvironment();
  const { data, error } = useQuery(ledgerRowQuery(environment, seq));
  const steps = useSteps(environment);
  if (data === undefined) return error === null ? <PreviewSkeleton /> : <ErrorNote error={error} />;
  const planned = data.row === null ? [] : undoStepsOf(data.row);
  if (data.row === null || planned.length === 0) return <Note>{texts.act.undoNothing}</Note>;
  const isOver = steps.taken.length === planned.length;
  return (
    <div className={styles.panel}>
      <p>
        <RowLink seq={seq} /> {undoWordsOf(data.row)}
      </p>
      <p className={styles.hint}>{texts.act.undoHint}</p>
      <StepList steps={planned} taken={steps.taken} />
      {steps.error !== null && <ErrorNote error={steps.error} />}
      <div className={styles.actions}>
        {isOver ? (
          <p role="status">{texts.act.undone}</p>
        ) : (
          <ActButton
            text={texts.act.do.undo}
            parts={{ row: seq }}
            does={texts.act.titles.undo}
            working={steps.running}
            onAct={() => steps.start(planned)}
          />
        )}
        {steps.running && <Button onClick={steps.stop}>{texts.act.stop}</Button>}
        {steps.running && <p role="status">{texts.act.undoing(steps.taken.length, planned.length)}</p>}
      </div>
    </div>
  );
}
