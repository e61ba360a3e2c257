import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { environmentRoute } from '../../shell/environment-route.tsx';

/** Beside it, `act=review&link=…` previews a link (acts/act-search.ts). */
export interface ReviewSearch {
  /** Refused evidence instead of held links. */
  readonly list?: 'conflicts';
  /** Held links that are selected: their rows, as selection.ts says. */
  readonly selected?: string;
  /** What is about to be done with those. */
  readonly bulk?: 'approve' | 'reject';
}

export const reviewRoute = createRoute({
  getParentRoute: () => environmentRoute,
  path: 'review',
  validateSearch: ({ list, selected, bulk }: Record<string, unknown>): ReviewSearch => ({
    list: list === 'conflicts' ? list : undefined,
    selected: selected === undefined ? undefined : String(selected),
    bulk: bulk === 'approve' || bulk === 'reject' ? bulk : undefined,
  }),
  component: lazyRouteComponent(() => import('./review-page.tsx'), 'ReviewPage'),
});
