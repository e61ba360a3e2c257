import { forgetEnvironment } from '../../api/query-client.ts';
import { Button } from '../../components/button.tsx';
import { IdText } from '../../components/id-text.tsx';
import { tell } from '../../components/toast-manager.ts';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import styles from './start-import.module.css';
import { pass, type Work } from './work.ts';

/** Imports, and says so wherever somebody is by then. */
export async function importNow(environment: string, options: { restart?: boolean } = {}): Promise<void> {
  const run = await pass(environment, 'import', options);
  if (run === null || run.started === null) return;
  await forgetEnvironment(environment);
  if (run.done?.finished_before === false) tell({ title: texts.imports.imported(run.done.rows, environment) });
}

export function StartImport({ work }: { readonly work: Work }) {
  const environment = useEnvironment();
  const batch = work.reading.batch.trim() || work.recognised?.batch;
  return (
    <div className={styles.start}>
      <Button look="primary" onClick={() => void importNow(environment)}>
        {texts.imports.start(work.dryRun?.done?.rows ?? null, environment)}
      </Button>
      {batch !== undefined && (
        <span>
          {texts.imports.inBatch} <IdText id={batch} />
        </span>
      )}
    </div>
  );
}
