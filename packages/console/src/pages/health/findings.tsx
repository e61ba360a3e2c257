import { useQuery } from '@tanstack/react-query';
import { ErrorNote } from '../../components/error-note.tsx';
import { Note } from '../../components/note.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { FindingItem } from './finding-item.tsx';
import styles from './findings.module.css';
import { findingsQuery } from './queries.ts';

/** Recommended rules that calls break, with the call site and what to call instead. */
export function Findings() {
  const environment = useEnvironment();
  const { data, error, refetch } = useQuery(findingsQuery(environment));
  if (data === undefined)
    return error === null ? <Skeleton height={240} /> : <ErrorNote error={error} onRetry={() => void refetch()} />;
  return (
    <>
      {data.unexamined > 0 && <Note>{texts.health.findings.unexamined(data.unexamined)}</Note>}
      {data.findings.length === 0 && <Note>{texts.health.findings.none}</Note>}
      <ul className={styles.list}>
        {data.findings.map((finding) => (
          <FindingItem key={`${finding.rule} ${finding.key} ${finding.lib}`} finding={finding} />
        ))}
      </ul>
    </>
  );
}
