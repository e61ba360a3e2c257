import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { ErrorNote } from '../../components/error-note.tsx';
import { Note } from '../../components/note.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { useScopes } from '../../shell/use-scopes.ts';
import { texts } from '../../texts/texts.ts';
import { KeyTable } from './key-table.tsx';
import styles from './keys.module.css';
import { MakeKeyPanel } from './make-key-panel.tsx';
import { keysQuery } from './queries.ts';
import { RevokeKeyPanel } from './revoke-key-panel.tsx';

const words = texts.health.keys;

/** Who may call: keys of the environments that this session's key may use. */
export function Keys() {
  const environment = useEnvironment();
  const { make = false, revoke } = useSearch({ from: '/e/$environment/health' });
  const navigate = useNavigate({ from: '/e/$environment/health' });
  const allowed = useScopes().includes('keys');
  const { data, error, refetch } = useQuery({ ...keysQuery, enabled: allowed });
  const close = () => void navigate({ search: { tab: 'keys' } });

  if (!allowed) return <Note tone="held">{words.forbidden}</Note>;
  if (data === undefined)
    return error === null ? <Skeleton height={240} /> : <ErrorNote error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <div className={styles.bar}>
        <p className={styles.hint}>{words.hint}</p>
        <Link to="/e/$environment/health" params={{ environment }} search={{ tab: 'keys', make: true }}>
          {words.make}
        </Link>
      </div>
      {data.length === 0 ? <Note>{words.none}</Note> : <KeyTable keys={data} />}
      {make && <MakeKeyPanel onClose={close} />}
      {revoke !== undefined && <RevokeKeyPanel name={revoke} onClose={close} />}
    </>
  );
}
