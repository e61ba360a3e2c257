import { Dialog } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';
import { texts } from '../texts/texts.ts';
import styles from './side-panel.module.css';

interface Props {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly children: ReactNode;
}

/** A panel over the right side of the page, for what is previewed or edited. Escape closes it; the focus returns where it was. */
export function SidePanel({ open, onClose, title, children }: Props) {
  return (
    <Dialog.Root open={open} onOpenChange={(now) => !now && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.backdrop} />
        <Dialog.Popup className={styles.panel}>
          <header className={styles.header}>
            <Dialog.Title className={styles.title}>{title}</Dialog.Title>
            <Dialog.Close className={styles.close} aria-label={texts.shell.close}>
              ×
            </Dialog.Close>
          </header>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
