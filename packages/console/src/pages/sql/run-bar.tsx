import type { UseQueryResult } from '@tanstack/react-query';
import type { Answer } from '../../api/ask-sql.ts';
import { Button } from '../../components/button.tsx';
import { texts } from '../../texts/texts.ts';
import { DownloadButtons } from './download-buttons.tsx';
import styles from './run-bar.module.css';
import { RunningTime } from './running-time.tsx';
import { SaveForm } from './save-form.tsx';

interface Props {
  readonly sql: string;
  readonly savedId: string | null;
  readonly answer: UseQueryResult<Answer>;
  readonly onRun: () => void;
  readonly onCancel: () => void;
}

export function RunBar({ sql, savedId, answer, onRun, onCancel }: Props) {
  const isEmpty = sql.trim() === '';
  return (
    <div className={styles.bar}>
      {answer.isFetching ? (
        <Button onClick={onCancel}>{texts.sql.cancel}</Button>
      ) : (
        <Button look="primary" onClick={onRun} disabled={isEmpty}>
          {texts.sql.run}
        </Button>
      )}
      {answer.isFetching ? <RunningTime /> : <kbd>{texts.sql.runKeys}</kbd>}
      <span className={styles.space} />
      <SaveForm key={savedId} sql={sql} savedId={savedId} />
      <DownloadButtons sql={sql} />
    </div>
  );
}
