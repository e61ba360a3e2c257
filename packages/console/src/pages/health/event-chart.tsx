import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Skeleton } from '../../components/skeleton.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { useScopes } from '../../shell/use-scopes.ts';
import { texts } from '../../texts/texts.ts';
import { eventsByMinute } from './events-by-minute.ts';
import styles from './status.module.css';

const ResultChart = lazy(async () => ({
  default: (await import('../../components/chart/result-chart.tsx')).ResultChart,
}));

/** How many events came in, minute by minute: for keys that may ask in SQL. */
export function EventChart() {
  const environment = useEnvironment();
  const allowed = useScopes().includes('query');
  const { data } = useQuery({ ...eventsByMinute(environment), enabled: allowed });
  if (!allowed) return null;
  const [minute, ...counts] = data?.meta ?? [];
  return (
    <section className={styles.section}>
      <h2>{texts.health.status.chart}</h2>
      <Suspense fallback={<Skeleton height={322} />}>
        {data === undefined || minute === undefined ? (
          <Skeleton height={322} />
        ) : (
          <ResultChart answer={data} across={minute} up={counts} kind="line" />
        )}
      </Suspense>
    </section>
  );
}
