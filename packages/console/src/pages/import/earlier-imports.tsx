import { useQuery } from '@tanstack/react-query';
import { batchesListedMax, importedBatches } from '../../api/batches.ts';
import { ErrorNote } from '../../components/error-note.tsx';
import { Note } from '../../components/note.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { useScopes } from '../../shell/use-scopes.ts';
import { texts } from '../../texts/texts.ts';
import { BatchTable } from './batch-table.tsx';
import { Section } from './section.tsx';

const { imports } = texts;
const skeletonHeight = 96;

/** Batches that imports made, each with the way to take it back. */
export function EarlierImports() {
  const environment = useEnvironment();
  const mayAsk = useScopes().includes('query');
  const { data, error, refetch } = useQuery({ ...importedBatches(environment), enabled: mayAsk });
  return (
    <Section title={imports.earlier} hint={imports.earlierHint(batchesListedMax)}>
      {!mayAsk && <Note>{imports.earlierNeedsQuery}</Note>}
      {mayAsk && error !== null && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {mayAsk && error === null && data === undefined && <Skeleton height={skeletonHeight} />}
      {data?.length === 0 && <Note>{imports.earlierNone}</Note>}
      {data !== undefined && data.length > 0 && <BatchTable label={imports.earlier} batches={data} />}
    </Section>
  );
}
