import { useEffect } from 'react';
import { shownText } from '../../characters.ts';
import { Button } from '../../components/button.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { DryRun } from './dry-run.tsx';
import styles from './file-in-hand.module.css';
import { ImportRun } from './import-run.tsx';
import { ReadingForm } from './reading-form.tsx';
import { Recognised } from './recognised.tsx';
import { isRunning } from './run.ts';
import { letGo, type Work } from './work.ts';

/** A file, from its recognition to what became of its rows. */
export function FileInHand({ work }: { readonly work: Work }) {
  const environment = useEnvironment();
  const isImporting = isRunning(work.import);
  useEffect(() => {
    if (!isImporting) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [isImporting]);

  return (
    <>
      <div className={styles.file}>
        <h2 className={styles.name}>
          <bdi>{shownText(work.file.name)}</bdi>
        </h2>
        <span className={styles.size}>{texts.imports.fileSize(work.file.size)}</span>
        {!isImporting && <Button onClick={() => letGo(environment)}>{texts.imports.another}</Button>}
      </div>
      <Recognised work={work} />
      {work.import === null && <ReadingForm work={work} />}
      {work.import === null && <DryRun work={work} />}
      {work.import !== null && <ImportRun work={work} run={work.import} />}
    </>
  );
}
