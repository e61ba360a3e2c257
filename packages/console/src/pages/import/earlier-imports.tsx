import { useQuery } from '@tanstack/react-query';
import { ErrorNote } from '../../components/error-note.tsx';
import { Note } from '../../components/note.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { useScopes } from '../../shell/use-scopes.ts';
import { texts } from '../../texts/texts.ts';
import { EarlierTable } from './earlier-table.tsx';
import { earlierImportsMax, earlierImportsQuery } from './queries.ts';
import { Section } from './section.tsx';

const { imports } = texts;
const skeletonHeight = 96;

/** Batches that imports made, each with the way to take it back. */
export function EarlierImports() {
  const environment = useEnvironment();
  const mayAsk = useScopes().includes('query');
  const { data, error, refetch } = useQuery({ ...earlierImportsQuery(environment), enabled: mayAsk });
  return (
    <Section title={imports.earlier} hint={imports.earlierHint(earlierImportsMax)}>
      {!mayAsk && <Note>{imports.earlierNeedsQuery}</Note>}
      {mayAsk && error !== null && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {mayAsk && error === null && data === undefined && <Skeleton height={skeletonHeight} />}
      {data?.length === 0 && <Note>{imports.earlierNone}</Note>}
      {data !== undefined && data.length > 0 && <EarlierTable batches={data} />}
    </Section>
  );
}
