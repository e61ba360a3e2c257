import { isApiError } from '../../api/api-error.ts';
import { ErrorNote } from '../../components/error-note.tsx';
import { Note } from '../../components/note.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { inWordsOfThePage } from './in-words.ts';
import { SampleTable } from './sample-table.tsx';
import { Section } from './section.tsx';
import { pass, type Work } from './work.ts';

/** What the file is: in the server's words, and its first rows. */
export function Recognised({ work }: { readonly work: Work }) {
  const environment = useEnvironment();
  const { recognised, dryRun } = work;
  const error = dryRun?.error ?? null;
  const isUnreadable = isApiError(error) && error.status === 400;
  return (
    <Section title={texts.imports.recognised}>
      {isUnreadable && (
        <Note tone="held">
          <p>{texts.imports.notRecognised}</p>
          <p>{inWordsOfThePage(error.message)}</p>
          <p>{texts.imports.sayHow}</p>
        </Note>
      )}
      {error !== null && !isUnreadable && <ErrorNote error={error} onRetry={() => void pass(environment, 'dryRun')} />}
      {error === null && recognised !== null && <p>{recognised.recognised}</p>}
      {error === null && recognised === null && <Skeleton width={280} height={18} />}
      <SampleTable work={work} />
    </Section>
  );
}
