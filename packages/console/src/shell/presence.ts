import type { QueryClient } from '@tanstack/react-query';
import { isAway } from '../api/api-error.ts';
import { apiUrl } from '../api/client.ts';

const askEveryMs = 1_000;

/** Calls back with true once a request got no answer, and with false once the server answers again. */
export function watchPresence(queryClient: QueryClient, onChange: (away: boolean) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;

  const ask = async () => {
    const back = await fetch(apiUrl('/healthz')).then(
      ({ ok }) => ok,
      () => false,
    );
    if (timer === null) return;
    if (back) {
      timer = null;
      onChange(false);
    } else timer = setTimeout(ask, askEveryMs);
  };

  const failed = (error: unknown) => {
    if (!isAway(error) || timer !== null) return;
    onChange(true);
    timer = setTimeout(ask, askEveryMs);
  };

  const unsubscribe = [
    queryClient.getQueryCache().subscribe(({ query }) => failed(query.state.fetchFailureReason)),
    queryClient.getMutationCache().subscribe(({ mutation }) => failed(mutation?.state.error)),
  ];
  return () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    for (const end of unsubscribe) end();
  };
}
