import { isApiError } from '../api/api-error.ts';
import { texts } from '../texts/texts.ts';
import { Button } from './button.tsx';
import styles from './note.module.css';

/** What went wrong, in the server's words, and the way on. */
export function ErrorNote({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const requestId = isApiError(error) ? error.requestId : null;
  return (
    <div role="alert" className={`${styles.note} ${styles.error}`}>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      {requestId !== null && <p className={styles.hint}>{texts.errors.requestId(requestId)}</p>}
      {onRetry !== undefined && <Button onClick={onRetry}>{texts.errors.again}</Button>}
    </div>
  );
}
