import type { Autocomplete } from '@base-ui/react/autocomplete';
import { type KeyboardEvent, useRef } from 'react';

type Details = Autocomplete.Root.HighlightEventDetails;

/**
 * Enter on what an arrow or the pointer chose opens that, as lists do. On what is merely first it does what `enter` says, which may have to wait
 * for an answer; false leaves it to the list.
 */
export function useEnter<Shown>(enter: (first: Shown | undefined) => boolean) {
  const highlighted = useRef<{ item: Shown | undefined; isChosen: boolean }>({ item: undefined, isChosen: false });
  return {
    onItemHighlighted: (item: Shown | undefined, { reason }: Details) => {
      const before = highlighted.current;
      // Told again for the same item when the list is drawn anew.
      const isChosen = reason !== 'none' || (before.isChosen && before.item === item && item !== undefined);
      highlighted.current = { item, isChosen };
    },
    onKeyDown: (event: KeyboardEvent & { preventBaseUIHandler?: () => void }) => {
      const { item, isChosen } = highlighted.current;
      if (event.key !== 'Enter' || event.nativeEvent.isComposing || isChosen || !enter(item)) return;
      event.preventDefault();
      event.preventBaseUIHandler?.();
    },
  };
}
