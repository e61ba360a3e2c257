import { queryOptions } from '@tanstack/react-query';
import { type Answer, ask } from '../../api/ask-sql.ts';
import { environmentKey } from '../../api/query-client.ts';

const everyMs = 30_000;

/** Minutes without an event are zeros, not gaps. */
const sql = `SELECT toStartOfMinute(received_at) AS minute, count() AS events, uniq(identity_id) AS people
FROM events WHERE received_at >= now() - INTERVAL 3 HOUR
GROUP BY minute ORDER BY minute WITH FILL FROM toStartOfMinute(now() - INTERVAL 3 HOUR) TO now() STEP INTERVAL 1 MINUTE`;

export const eventsByMinute = (environment: string) =>
  queryOptions({
    queryKey: [...environmentKey(environment), 'events-by-minute'],
    queryFn: ({ signal }): Promise<Answer> => ask({ environment, sql }, signal),
    refetchInterval: everyMs,
  });
