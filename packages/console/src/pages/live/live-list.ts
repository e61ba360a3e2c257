import type { LiveItem } from './live-item.ts';

export const shownMax = 500;

export interface LiveList {
  /** Newest first. */
  readonly shown: readonly LiveItem[];
  /** What came while paused: newest first, no more than are shown. */
  readonly waiting: readonly LiveItem[];
  readonly waitingCount: number;
  readonly paused: boolean;
}

export const emptyList: LiveList = { shown: [], waiting: [], waitingCount: 0, paused: false };

export type LiveAction =
  | { readonly type: 'came'; readonly items: readonly LiveItem[] }
  | { readonly type: 'toggle' }
  | { readonly type: 'clear' };

const before = (items: readonly LiveItem[], others: readonly LiveItem[]): readonly LiveItem[] =>
  [...items, ...others].slice(0, shownMax);

export function liveList(list: LiveList, action: LiveAction): LiveList {
  switch (action.type) {
    case 'came': {
      const newest = action.items.toReversed();
      if (!list.paused) return { ...list, shown: before(newest, list.shown) };
      return { ...list, waiting: before(newest, list.waiting), waitingCount: list.waitingCount + newest.length };
    }
    case 'toggle':
      if (!list.paused) return { ...list, paused: true };
      return { shown: before(list.waiting, list.shown), waiting: [], waitingCount: 0, paused: false };
    case 'clear':
      return { ...emptyList, paused: list.paused };
  }
}
