import { Toast } from '@base-ui/react/toast';
import { texts } from '../texts/texts.ts';

/** `undo`: what the toast's button does. */
export interface ToastData {
  readonly undo?: () => void;
}

export const toastManager = Toast.createToastManager<ToastData>();

interface Told {
  readonly title: string;
  readonly description?: string;
  /** Takes it back; its button says "Undo", and the key z does the same while the toast is there. */
  readonly undo?: () => void;
}

/** Says that something was done, at the edge of the window, without taking the focus. */
export function tell({ title, description, undo }: Told): void {
  const takeBack = () => {
    toastManager.close(id);
    undo?.();
  };
  const id = toastManager.add({
    title,
    description,
    data: { undo: undo === undefined ? undefined : takeBack },
    ...(undo !== undefined && {
      actionProps: {
        children: texts.shell.undo,
        onClick: takeBack,
      },
    }),
  });
}
