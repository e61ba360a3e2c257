import { Dialog } from '@base-ui/react/dialog';
import { useRef } from 'react';
import { texts } from '../texts/texts.ts';
import { Choices } from './choices.tsx';
import styles from './palette.module.css';

interface Props {
  readonly open: boolean;
  /** Counts the openings: each begins with nothing typed, also while the one before fades away. */
  readonly opening: number;
  readonly onClose: () => void;
}

/** Find anything, do anything, by keyboard. Escape closes it; the focus returns where it was. */
export function Palette({ open, opening, onClose }: Props) {
  const heldFocus = useRef<HTMLElement>(null);
  const focusAfterwards = () => (heldFocus.current?.isConnected ? heldFocus.current : true);
  return (
    <Dialog.Root open={open} onOpenChange={(now) => !now && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.backdrop} />
        <Dialog.Popup className={styles.popup} aria-label={texts.palette.title} finalFocus={focusAfterwards}>
          <Choices key={opening} heldFocus={heldFocus} onDone={onClose} />
          <p className={styles.hint}>{texts.palette.hint}</p>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
