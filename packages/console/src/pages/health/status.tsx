import { useQuery } from '@tanstack/react-query';
import { ErrorNote } from '../../components/error-note.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { CounterTable } from './counter-table.tsx';
import { EnvironmentFigures } from './environment-figures.tsx';
import { EventChart } from './event-chart.tsx';
import { Keeping } from './keeping.tsx';
import { NodeFigures } from './node-figures.tsx';
import { NodeTable } from './node-table.tsx';
import { statusQuery } from './queries.ts';
import styles from './status.module.css';

/** How the server does, now: read again every few seconds. */
export function Status() {
  const environment = useEnvironment();
  const { data: reading, error, refetch } = useQuery(statusQuery(environment));
  if (reading === undefined)
    return error === null ? <Skeleton height={320} /> : <ErrorNote error={error} onRetry={() => void refetch()} />;
  const { node, all } = reading.now;
  return (
    <>
      <Keeping keeps={node.keeps} />
      <EventChart />
      <div className={styles.columns}>
        <EnvironmentFigures reading={reading} />
        <NodeFigures reading={reading} />
        <CounterTable
          title={texts.health.status.title.calls}
          counts={(status) => status.node.calls}
          reading={reading}
        />
        <CounterTable
          title={texts.health.status.title.rejected}
          counts={(status) => status.node.rejected}
          reading={reading}
        />
      </div>
      {all.nodes !== null && <NodeTable nodes={all.nodes} answering={node.id} />}
    </>
  );
}
