import { useQuery } from '@tanstack/react-query';
import { ErrorNote } from '../../../components/error-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useEnvironment } from '../../../shell/use-environment.ts';
import { texts } from '../../../texts/texts.ts';
import { Panel } from '../panel.tsx';
import { explainQuery } from '../queries.ts';
import { usePersonSearch } from '../search.ts';
import { CompareForm } from './compare-form.tsx';
import { Evidence } from './evidence.tsx';
import { SelectedPair } from './selected-pair.tsx';
import styles from './why.module.css';

/** Why the two selected identifiers are one person, or what stands between them. */
export function WhyPanel() {
  const { a, b } = usePersonSearch();
  const { title, hint } = texts.person.why;
  return (
    <Panel title={title} aside={<SelectedPair />}>
      <div className={styles.body}>
        {a !== undefined && b !== undefined ? (
          <Explained a={a} b={b} />
        ) : (
          <>
            <p className={styles.hint}>{hint}</p>
            {a !== undefined && <CompareForm />}
          </>
        )}
      </div>
    </Panel>
  );
}

function Explained({ a, b }: { readonly a: string; readonly b: string }) {
  const environment = useEnvironment();
  const { as_of_seq } = usePersonSearch();
  const { data, error, refetch } = useQuery(explainQuery(environment, a, b));
  if (error !== null) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton height={72} />;
  return (
    <>
      {as_of_seq !== undefined && <p className={styles.hint}>{texts.person.why.today}</p>}
      <Evidence a={a} b={b} explanation={data} />
    </>
  );
}
