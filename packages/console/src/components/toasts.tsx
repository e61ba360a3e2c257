import { Toast } from '@base-ui/react/toast';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import { texts } from '../texts/texts.ts';
import type { ToastData } from './toast-manager.ts';
import styles from './toasts.module.css';

/** Where what was told stands until it goes. */
export function Toasts() {
  const { toasts } = Toast.useToastManager<ToastData>();
  const undo = toasts.find(({ data, transitionStatus }) => data?.undo !== undefined && transitionStatus !== 'ending')
    ?.data?.undo;
  useShortcuts(undo === undefined ? [] : [{ keys: 'z', does: texts.shell.undo, run: undo }]);
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
