import type { UseQueryResult } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import type { Answer } from '../../api/ask-sql.ts';
import { chartColumns } from '../../components/chart/columns.ts';
import { ResultChart } from '../../components/chart/result-chart.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { Note } from '../../components/note.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { texts } from '../../texts/texts.ts';
import { ResultBar } from './result-bar.tsx';
import { ResultTable } from './result-table.tsx';

export function Result({ answer, isAsked }: { readonly answer: UseQueryResult<Answer>; readonly isAsked: boolean }) {
  const { view = 'table', x, y } = useSearch({ from: '/e/$environment/sql' });
  if (answer.isError && !answer.isFetching) return <ErrorNote error={answer.error} />;
  if (answer.isFetching && answer.data === undefined) return <Skeleton height={320} />;
  if (answer.data === undefined || !isAsked) return <Note>{texts.sql.nothingYet}</Note>;

  const { across, numbers, up } = chartColumns(answer.data, x, y);
  const drawn = view !== 'table' && across !== undefined && up.length > 0;
  return (
    <>
      <ResultBar answer={answer.data} view={view} across={across ?? null} numbers={numbers} up={up} />
      {view !== 'table' && !drawn && <Note>{texts.sql.noNumbers}</Note>}
      {drawn && <ResultChart answer={answer.data} across={across} up={up} kind={view} />}
      <ResultTable answer={answer.data} />
    </>
  );
}
