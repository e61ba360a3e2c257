import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from '../../../components/button.tsx';
import { ErrorNote } from '../../../components/error-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useEnvironment } from '../../../shell/use-environment.ts';
import { texts } from '../../../texts/texts.ts';
import { traitHistoryQuery } from '../queries.ts';
import { usePersonSearch } from '../search.ts';
import { useName } from '../use-name.ts';
import { TraitValueLine } from './trait-value-line.tsx';
import styles from './traits.module.css';
import { hasHistory, valuesAt } from './traits.ts';

const words = texts.person.traits;

/** Every value that any identifier of the person ever said, newest first. */
export function TraitHistory({ trait }: { readonly trait: string }) {
  const environment = useEnvironment();
  const name = useName();
  const { as_of_seq } = usePersonSearch();
  const query = useInfiniteQuery({
    ...traitHistoryQuery({ environment, name }, trait),
    enabled: hasHistory(trait),
  });
  if (!hasHistory(trait)) return <p className={styles.none}>{words.notAsked}</p>;
  if (query.isError) return <ErrorNote error={query.error} onRetry={() => void query.refetch()} />;
  if (query.isPending) return <Skeleton height={48} />;
  const values = valuesAt(
    query.data.pages.flatMap((page) => page.values),
    as_of_seq,
  );
  return (
    <div className={styles.history}>
      {values.length === 0 && <p className={styles.origin}>{words.historyNone}</p>}
      <ol>
        {values.map((value) => (
          <TraitValueLine key={`${value.seq} ${value.once}`} value={value} />
        ))}
      </ol>
      {query.hasNextPage && (
        <Button look="quiet" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {words.more}
        </Button>
      )}
    </div>
  );
}
