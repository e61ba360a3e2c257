import { useQuery } from '@tanstack/react-query';
import { apiUrl } from '../api/client.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { IdText } from '../components/id-text.tsx';
import { Sentence } from '../components/sentence.tsx';
import { useEnvironment } from '../shell/use-environment.ts';
import { texts } from '../texts/texts.ts';
import styles from './panel.module.css';
import { personOfActQuery } from './person-query.ts';
import { PreviewSkeleton } from './preview-skeleton.tsx';

/** The file of a person. The browser downloads it, however large it is. */
export function ExportPerson({ id, by }: { readonly id: string; readonly by: 'distinct_id' | 'identity_id' }) {
  const environment = useEnvironment();
  const { data, error } = useQuery(personOfActQuery(environment, id, by));
  if (data === undefined) return error === null ? <PreviewSkeleton /> : <ErrorNote error={error} />;
  const query = new URLSearchParams({ environment, by });
  return (
    <div className={styles.panel}>
      <p>{texts.act.exportHint}</p>
      <p>{texts.act.what(data.identifier_count, data.event_count)}.</p>
      <div>
        <a
          className={styles.download}
          href={apiUrl(`/v1/identities/${encodeURIComponent(id)}/export?${query}`)}
          download={texts.act.exportName}
        >
          <span>
            <Sentence
              text={texts.act.exportButton}
              parts={{ who: <IdText id={data.canonical_id} max={28} />, environment }}
            />
          </span>
        </a>
      </div>
    </div>
  );
}
