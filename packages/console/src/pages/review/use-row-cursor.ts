import { useEffect, useMemo, useRef } from 'react';

/** Which row of a list has the focus, and how to give it to another. The focus itself is what says it. */
export interface RowCursor {
  /** The list's element, and how to bring a row into sight; called with each rendering. */
  readonly attach: (box: HTMLElement | null, bringIntoSight: (index: number) => void) => void;
  /** The focus has come to this row. */
  readonly at: (index: number) => void;
  /** From where the focus is, or was. */
  readonly move: (by: number) => void;
  readonly index: () => number;
}

const linkOf = (box: HTMLElement | null, index: number) =>
  box?.querySelector<HTMLElement>(`[data-index="${index}"] [data-row-focus]`) ?? null;

interface List {
  readonly count: number;
  /** More rows are to be loaded: the one after the last is waited for. */
  readonly hasMore: boolean;
  /** A panel is in front, and has the focus. */
  readonly covered: boolean;
}

/** When a row that had the focus is gone, the one in its place gets it. */
export function useRowCursor({ count, hasMore, covered }: List): RowCursor {
  const last = hasMore ? count : count - 1;
  const index = useRef(-1);
  const wanted = useRef(false);
  const box = useRef<HTMLElement | null>(null);
  const bring = useRef<(index: number) => void>(() => {});

  const focus = useRef(() => {
    const link = linkOf(box.current, index.current);
    if (link === null) return;
    wanted.current = false;
    link.focus();
  });

  useEffect(() => {
    if (covered) return;
    const lost = index.current >= 0 && (document.activeElement === null || document.activeElement === document.body);
    if (!wanted.current && !lost) return;
    index.current = Math.min(index.current, last);
    focus.current();
  });

  return useMemo(
    () => ({
      attach: (element, bringIntoSight) => {
        box.current = element;
        bring.current = bringIntoSight;
        if (wanted.current) focus.current();
      },
      at: (now) => {
        index.current = now;
      },
      move: (by) => {
        index.current = Math.max(0, Math.min(index.current + by, last));
        wanted.current = true;
        bring.current(Math.min(index.current, count - 1));
        focus.current();
      },
      index: () => index.current,
    }),
    [count, last],
  );
}
