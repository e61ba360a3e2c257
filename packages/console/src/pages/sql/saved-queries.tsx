import { useMutation, useQuery } from '@tanstack/react-query';
import { shownText } from '../../characters.ts';
import { ErrorNote } from '../../components/error-note.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { tell } from '../../components/toast-manager.ts';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { searchOf } from './chart-of.ts';
import type { SqlSearch } from './route.ts';
import { removeSaved, savedQueries, saveQuery } from './saved.ts';
import styles from './sidebar.module.css';

/** Of this environment, for everybody who may query it. */
export function SavedQueries({ onBegin }: { readonly onBegin: (search: SqlSearch) => void }) {
  const environment = useEnvironment();
  const saved = useQuery(savedQueries(environment));
  const remove = useMutation({
    mutationFn: removeSaved,
    onSuccess: (_, { name, sql, chart }) => {
      tell({ title: texts.sql.removed(name), undo: () => void saveQuery(environment, { name, sql, chart }) });
    },
    onError: (error) => tell({ title: error.message }),
  });

  if (saved.isError) return <ErrorNote error={saved.error} onRetry={() => void saved.refetch()} />;
  if (saved.data === undefined) return <Skeleton height={28} />;
  if (saved.data.length === 0) return <p>{texts.sql.noSaved}</p>;
  return (
    <ul>
      {saved.data.map((query) => (
        <li key={query.id} className={styles.saved}>
          <button
            type="button"
            className={styles.entry}
            title={texts.sql.by(shownText(query.saved_by))}
            onClick={() => onBegin(searchOf(query))}
          >
            {shownText(query.name)}
          </button>
          <button
            type="button"
            className={styles.entry}
            aria-label={texts.sql.remove(shownText(query.name))}
            onClick={() => remove.mutate({ environment, ...query })}
          >
            ×
          </button>
        </li>
      ))}
    </ul>
  );
}
