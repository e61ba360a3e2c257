import { Toast } from '@base-ui/react/toast';
import { texts } from '../texts/texts.ts';
import styles from './toasts.module.css';

/** Where what was told stands until it goes. */
export function Toasts() {
  const { toasts } = Toast.useToastManager();
  return (
    <Toast.Portal>
      <Toast.Viewport className={styles.viewport}>
        {toasts.map((toast) => (
          <Toast.Root key={toast.id} toast={toast} className={styles.toast} swipeDirection={[]}>
            <div className={styles.words}>
              <Toast.Title className={styles.title} />
              <Toast.Description className={styles.description} />
            </div>
            <Toast.Action className={styles.action} />
            <Toast.Close className={styles.close} aria-label={texts.shell.close}>
              ×
            </Toast.Close>
          </Toast.Root>
        ))}
      </Toast.Viewport>
    </Toast.Portal>
  );
}
