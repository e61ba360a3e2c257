import { Button } from '../../components/button.tsx';
import { Note } from '../../components/note.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { RejectedRows } from './rejected-rows.tsx';
import { Report } from './report.tsx';
import { isRunning } from './run.ts';
import { RunProgress } from './run-progress.tsx';
import { Section } from './section.tsx';
import { StartImport } from './start-import.tsx';
import { pass, type Work } from './work.ts';

/** What would become of the rows, and the button that makes it so. */
export function DryRun({ work }: { readonly work: Work }) {
  const environment = useEnvironment();
  const { dryRun, stop } = work;
  if (dryRun === null || dryRun.phase === 'failed') return null;
  return (
    <Section title={texts.imports.dryRun} hint={texts.imports.dryRunOf}>
      {isRunning(dryRun) && <RunProgress run={dryRun} words={texts.imports.judging} onCancel={stop} />}
      {dryRun.phase === 'stopped' && (
        <Note>
          <p>{texts.imports.dryRunStopped}</p>
          <Button onClick={() => void pass(environment, 'dryRun')}>{texts.imports.again}</Button>
        </Note>
      )}
      {dryRun.done !== null && <Report done={dryRun.done} />}
      {!isRunning(dryRun) && <StartImport work={work} />}
      <RejectedRows run={dryRun} fileName={work.file.name} />
    </Section>
  );
}
