import { Button } from '../../components/button.tsx';
import { Note } from '../../components/note.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { inWordsOfThePage } from './in-words.ts';
import { RevertLink } from './revert-link.tsx';
import type { Run } from './run.ts';
import { importNow } from './start-import.tsx';
import { VerdictCounts } from './verdict-counts.tsx';
import { backToReading, type Work } from './work.ts';

const { imports } = texts;

/** An import that did not come to its end: what there is of it, and the three ways on. */
export function StoppedImport({ work, run }: { readonly work: Work; readonly run: Run }) {
  const environment = useEnvironment();
  const begun = run.started !== null;
  const rows = run.progress?.rows ?? 0;
  return (
    <>
      <Note tone="held">
        {run.error !== null && <p role="alert">{inWordsOfThePage(run.error.message)}</p>}
        {begun && <p>{run.error === null ? imports.stopped(rows) : imports.failed}</p>}
        {!begun && run.error === null && <p>{imports.nothingDone}</p>}
        <Button look="primary" onClick={() => void importNow(environment)}>
          {begun ? imports.goOn : texts.errors.again}
        </Button>
        <Button onClick={() => backToReading(environment, work.file)}>{imports.change}</Button>
      </Note>
      {run.progress !== null && <VerdictCounts counts={run.progress.counts} />}
      {begun && <RevertLink batch={run.started!.batch} />}
    </>
  );
}
