import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from '../../components/button.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { Note } from '../../components/note.tsx';
import { Select } from '../../components/select.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { deadLettersQuery } from './queries.ts';
import styles from './rejected.module.css';
import { RejectedActions } from './rejected-actions.tsx';
import { RejectedItem } from './rejected-item.tsx';

const words = texts.health.rejected;

/** Items that could not be read, with what is wrong in each. */
export function Rejected() {
  const environment = useEnvironment();
  const { error_code } = useSearch({ from: '/e/$environment/health' });
  const navigate = useNavigate({ from: '/e/$environment/health' });
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    deadLettersQuery(environment, error_code),
  );
  if (data === undefined)
    return error === null ? <Skeleton height={240} /> : <ErrorNote error={error} onRetry={() => void refetch()} />;

  const letters = data.pages.flatMap(({ dead_letters }) => dead_letters);
  const codes = [
    ...new Set([...(error_code === undefined ? [] : [error_code]), ...letters.map((letter) => letter.error_code)]),
  ].sort();
  return (
    <>
      <div className={styles.bar}>
        <Select
          label={words.code}
          value={error_code ?? ''}
          options={[{ value: '', label: words.all }, ...codes.map((code) => ({ value: code, label: code }))]}
          onChange={({ target }) =>
            void navigate({ search: (now) => ({ ...now, error_code: target.value || undefined }) })
          }
        />
        {letters.length > 0 && <RejectedActions errorCode={error_code ?? null} />}
      </div>
      {letters.length === 0 ? <Note>{words.none}</Note> : <p className={styles.hint}>{words.hint}</p>}
      <ul>
        {letters.map((letter) => (
          <RejectedItem key={letter.id} letter={letter} />
        ))}
      </ul>
      {hasNextPage && (
        <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {words.more}
        </Button>
      )}
    </>
  );
}
