import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { Page } from '../../components/page.tsx';
import { useShortcuts } from '../../keyboard/shortcuts.ts';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { completionSource, completionsOf } from './completions.ts';
import { remember } from './history.ts';
import { answerQuery, schemaQuery } from './queries.ts';
import { Result } from './result.tsx';
import type { SqlSearch } from './route.ts';
import { RunBar } from './run-bar.tsx';
import { Sidebar } from './sidebar.tsx';
import { SqlEditor } from './sql-editor.tsx';
import styles from './sql-page.module.css';

export function SqlPage() {
  const environment = useEnvironment();
  const { sql: asked = '', saved } = useSearch({ from: '/e/$environment/sql' });
  const navigate = useNavigate({ from: '/e/$environment/sql' });
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState(asked);
  useEffect(() => setDraft(asked), [asked]);

  const { data: schema } = useQuery(schemaQuery(environment));
  const complete = useMemo(() => (schema === undefined ? null : completionSource(completionsOf(schema))), [schema]);
  const answer = useQuery({ ...answerQuery(environment, asked), enabled: asked !== '' });

  const run = () => {
    const sql = draft.trim();
    if (sql === '') return;
    remember(environment, sql);
    // What is asked again is asked anew.
    if (sql === asked) void answer.refetch();
    else void navigate({ search: (now) => ({ ...now, sql, x: undefined, y: undefined }) });
  };
  const cancel = () => void queryClient.cancelQueries({ queryKey: answerQuery(environment, asked).queryKey });
  const begin = (search: SqlSearch) => {
    if (search.sql !== undefined) remember(environment, search.sql);
    void navigate({ search });
  };
  useShortcuts([{ keys: 'mod+Enter', does: texts.sql.keys.run, run }]);

  return (
    <Page title={texts.sql.title}>
      <div className={styles.columns}>
        <div className={styles.work}>
          <SqlEditor value={draft} onChange={setDraft} onRun={run} complete={complete} />
          <RunBar sql={draft} savedId={saved ?? null} answer={answer} onRun={run} onCancel={cancel} />
          <Result answer={answer} isAsked={asked !== ''} />
        </div>
        <Sidebar schema={schema ?? null} onBegin={begin} />
      </div>
    </Page>
  );
}
