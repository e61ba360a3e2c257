import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { answered, api, apiUrl } from '../../../api/client.ts';
import { environmentKey } from '../../../api/query-client.ts';
import { rowsOf } from '../../../api/rows.ts';
import type { components } from '../../../api/schema.d.ts';
import { useScopes } from '../../../shell/use-scopes.ts';
import { recentKey } from '../use-recent.ts';
import { type CallName, callNames } from './calls.ts';

/** Which of the first calls have arrived. */
export type Arrivals = Readonly<Record<CallName, boolean>>;

const rowsLookedAt = 200;

const arrivalsQuery = (environment: string, mayQuery: boolean) =>
  queryOptions({
    queryKey: [...environmentKey(environment), 'arrivals'],
    queryFn: async ({ signal }): Promise<Arrivals> => {
      const params = { query: { environment, limit: rowsLookedAt } };
      const [page, events] = await Promise.all([
        answered(api.GET('/v1/ledger', { params, signal })),
        mayQuery ? rowsOf({ environment, sql: 'SELECT 1 FROM events LIMIT 1' }, signal) : [],
      ]);
      const { rows } = page as { rows: readonly components['schemas']['LedgerRow'][] };
      const has = (op: string) => rows.some((row) => row.op === op);
      return { track: events.length > 0, identify: has('identify'), alias: has('alias') };
    },
  });

/** Follows the events and the ledger, so that each call is seen as it arrives. Undefined until it is known what is there already. */
export function useArrivals(environment: string): Arrivals | undefined {
  const queryClient = useQueryClient();
  const mayQuery = useScopes().includes('query');
  const options = arrivalsQuery(environment, mayQuery);
  const { data } = useQuery(options);
  const isOver = data !== undefined && callNames.every((name) => data[name]);

  useEffect(() => {
    if (isOver) return;
    const { queryKey } = arrivalsQuery(environment, mayQuery);
    const query = new URLSearchParams({ environment });
    const events = new EventSource(apiUrl(`/v1/events?${query}`), { withCredentials: true });
    const ledger = new EventSource(apiUrl(`/v1/ledger?${query}&after=head`), { withCredentials: true });
    const lookAgain = () => void queryClient.invalidateQueries({ queryKey });
    // What arrived before a stream was open is not in it.
    events.onopen = lookAgain;
    ledger.onopen = lookAgain;
    events.addEventListener('event', () => {
      queryClient.setQueryData(queryKey, (now) => now && { ...now, track: true });
    });
    ledger.addEventListener('ledger', () => {
      lookAgain();
      void queryClient.invalidateQueries({ queryKey: recentKey(environment) });
    });
    return () => {
      events.close();
      ledger.close();
    };
  }, [environment, mayQuery, isOver, queryClient]);
  return data;
}
