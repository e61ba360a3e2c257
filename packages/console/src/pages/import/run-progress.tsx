import { Button } from '../../components/button.tsx';
import { texts } from '../../texts/texts.ts';
import { type Run, shareOf } from './run.ts';
import styles from './run-progress.module.css';

interface Props {
  readonly run: Run;
  readonly words: (rows: number) => string;
  readonly onCancel: () => void;
}

export function RunProgress({ run, words, onCancel }: Props) {
  const share = shareOf(run);
  const said = run.progress === null ? texts.imports.sending : words(run.progress.rows);
  return (
    <div className={styles.progress}>
      <progress className={styles.bar} aria-label={said} {...(share !== null && { value: share })} />
      <span className={styles.words}>{said}</span>
      <Button onClick={onCancel}>{texts.imports.cancel}</Button>
    </div>
  );
}
