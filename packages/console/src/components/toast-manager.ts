import { Toast } from '@base-ui/react/toast';
import { texts } from '../texts/texts.ts';

export const toastManager = Toast.createToastManager();

interface Told {
  readonly title: string;
  readonly description?: string;
  /** Takes it back; its button says "Undo", and the key z does the same while the toast is there. */
  readonly undo?: () => void;
}

/** Says that something was done, at the edge of the window, without taking the focus. */
export function tell({ title, description, undo }: Told): void {
  const id = toastManager.add({
    title,
    description,
    ...(undo !== undefined && {
      actionProps: {
        children: texts.shell.undo,
        onClick: () => {
          toastManager.close(id);
          undo();
        },
      },
    }),
  });
}
