import type { RefObject } from 'react';

const indexOf = (element: Element | null): number | null => {
  const row = element?.closest('[data-index]');
  return row instanceof HTMLElement ? Number(row.dataset.index) : null;
};

/**
 * Moves the focus from row to row of a virtualised table: to the first button of the row with the next `data-index`, which is scrolled into view
 * before. Begins at the first that is shown.
 */
export function useRowFocus(
  box: RefObject<HTMLElement | null>,
  count: number,
  scrollTo: (index: number) => void,
): (by: number) => void {
  const focus = (index: number): boolean => {
    const button = box.current?.querySelector<HTMLElement>(`[data-index="${index}"] button`);
    button?.focus({ preventScroll: true });
    return button !== null && button !== undefined;
  };
  return (by) => {
    const now = box.current?.contains(document.activeElement) ? indexOf(document.activeElement) : null;
    const index = now === null ? (indexOf(box.current?.querySelector('[data-index]') ?? null) ?? 0) : now + by;
    if (index < 0 || index >= count) return;
    scrollTo(index);
    // A row that was out of sight is there after the scrolling has been painted.
    if (!focus(index)) requestAnimationFrame(() => requestAnimationFrame(() => focus(index)));
  };
}
