import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { batchNamed } from '../../api/batches.ts';
import { shownText } from '../../characters.ts';
import { ErrorNote } from '../../components/error-note.tsx';
import { Note } from '../../components/note.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { useScopes } from '../../shell/use-scopes.ts';
import { texts } from '../../texts/texts.ts';
import { BatchTable } from './batch-table.tsx';
import { RevertLink } from './revert-link.tsx';
import { Section } from './section.tsx';

const skeletonHeight = 64;

/** The batch that the address names: `?of=`. */
export function BatchInView() {
  const environment = useEnvironment();
  const { of } = useSearch({ from: '/e/$environment/import' });
  const mayAsk = useScopes().includes('query');
  const { data, error, refetch } = useQuery({
    ...batchNamed(environment, of ?? ''),
    enabled: of !== undefined && mayAsk,
  });
  if (of === undefined) return null;
  const title = texts.imports.batchOf(shownText(of));
  return (
    <Section title={title}>
      {error !== null && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {error === null && mayAsk && data === undefined && <Skeleton height={skeletonHeight} />}
      {(data === null || !mayAsk) && <Note>{mayAsk ? texts.imports.noSuchBatch : texts.imports.batchNeedsQuery}</Note>}
      {data === null && <RevertLink batch={of} />}
      {data && <BatchTable label={title} batches={[data]} />}
    </Section>
  );
}
