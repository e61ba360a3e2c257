import type { Autocomplete } from '@base-ui/react/autocomplete';
import { type KeyboardEvent, useRef } from 'react';

/**
 * Enter on what an arrow or the pointer chose opens that, as lists do. Where nothing was chosen it does what `enter` says, which may have to wait
 * for an answer: what is merely first in the list may be there no longer by then.
 */
export function useEnter<Shown>(enter: () => void) {
  const chosen = useRef<Shown | undefined>(undefined);
  return {
    /** The text is another one: nothing of its list is chosen. */
    onType: () => {
      chosen.current = undefined;
    },
    onItemHighlighted: (item: Shown | undefined, { reason }: Autocomplete.Root.HighlightEventDetails) => {
      // Told again, without a reason, when the list is drawn anew.
      if (reason !== 'none') chosen.current = item;
      else if (item !== chosen.current) chosen.current = undefined;
    },
    onKeyDown: (event: KeyboardEvent & { preventBaseUIHandler?: () => void }) => {
      if (event.key !== 'Enter' || event.nativeEvent.isComposing || chosen.current !== undefined) return;
      event.preventDefault();
      event.preventBaseUIHandler?.();
      enter();
    },
  };
}
