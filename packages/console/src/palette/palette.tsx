import { Dialog } from '@base-ui/react/dialog';
import { texts } from '../texts/texts.ts';
import { Choices } from './choices.tsx';
import styles from './palette.module.css';

interface Props {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Find anything, do anything, by keyboard. Escape closes it; the focus returns where it was. */
export function Palette({ open, onClose }: Props) {
  return (
    <Dialog.Root open={open} onOpenChange={(now) => !now && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.backdrop} />
        <Dialog.Popup className={styles.popup} aria-label={texts.palette.title}>
          <Choices onDone={onClose} />
          <p className={styles.hint}>{texts.palette.hint}</p>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
