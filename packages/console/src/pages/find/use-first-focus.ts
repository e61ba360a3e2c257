import { type RefObject, useEffect, useRef } from 'react';

/** Takes the focus once the page is there, unless somebody is in a dialog by then. */
export function useFirstFocus<Element extends HTMLElement>(): RefObject<Element | null> {
  const ref = useRef<Element>(null);
  useEffect(() => {
    const isInDialog = document.activeElement?.closest('[role="dialog"]') != null;
    if (!isInDialog) ref.current?.focus();
  }, []);
  return ref;
}
