import { Link } from '@tanstack/react-router';
import { Button } from '../../components/button.tsx';
import { Note } from '../../components/note.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { RejectedRows } from './rejected-rows.tsx';
import { Report } from './report.tsx';
import { RevertLink } from './revert-link.tsx';
import { isRunning, type Run } from './run.ts';
import { RunProgress } from './run-progress.tsx';
import { Section } from './section.tsx';
import { importNow } from './start-import.tsx';
import { StoppedImport } from './stopped-import.tsx';
import type { Work } from './work.ts';

const { imports } = texts;

/** The import itself: how far it is, what became of it, and the way back. */
export function ImportRun({ work, run }: { readonly work: Work; readonly run: Run }) {
  const environment = useEnvironment();
  const { done, started } = run;
  const resumed = started?.resumed_after_line ?? 0;
  return (
    <Section title={imports.import}>
      {isRunning(run) && <RunProgress run={run} words={imports.importing} onCancel={work.stop} />}
      {(run.phase === 'stopped' || run.phase === 'failed') && <StoppedImport work={work} run={run} />}
      {done?.finished_before === true && (
        <Note tone="held">
          <p>{imports.finishedBefore}</p>
          <Button onClick={() => void importNow(environment, { restart: true })}>{imports.restart}</Button>
        </Note>
      )}
      {resumed > 0 && done?.finished_before !== true && <p>{imports.resumed(resumed)}</p>}
      {done !== null && (
        <>
          {!done.finished_before && <p role="status">{imports.imported(done.rows, environment)}</p>}
          <Report done={done} />
          {done.counts.held > 0 && (
            <Link to="/e/$environment/review" params={{ environment }}>
              {imports.review}
            </Link>
          )}
          <RevertLink batch={done.batch} />
        </>
      )}
      <RejectedRows run={run} fileName={work.file.name} />
    </Section>
  );
}
