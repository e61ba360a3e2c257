import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useEnvironment } from '../../../shell/use-environment.ts';
import { explainQuery } from '../queries.ts';
import { usePersonSearch } from '../search.ts';

/** Ledger rows of the links between the two selected identifiers. */
export function usePath(): ReadonlySet<number> {
  const environment = useEnvironment();
  const { a, b } = usePersonSearch();
  const { data } = useQuery({
    ...explainQuery(environment, a ?? '', b ?? ''),
    enabled: a !== undefined && b !== undefined,
  });
  return useMemo(() => new Set(data?.path.map(({ seq }) => seq)), [data]);
}
