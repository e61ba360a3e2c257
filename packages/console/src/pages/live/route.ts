import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { oneOf, textOf } from '../../search-values.ts';
import { environmentRoute } from '../../shell/environment-route.tsx';
import { type LiveShow, liveShows } from './live-shows.ts';

export interface LiveSearch {
  readonly show?: LiveShow;
  /** Only events of this name. */
  readonly event?: string;
  /** Only the events of this identifier's person, and rows that name it. */
  readonly id?: string;
}

export const liveRoute = createRoute({
  getParentRoute: () => environmentRoute,
  path: 'live',
  validateSearch: ({ show, event, id }: Record<string, unknown>): LiveSearch => ({
    show: oneOf(liveShows, show),
    event: textOf(event),
    id: textOf(id),
  }),
  component: lazyRouteComponent(() => import('./live-page.tsx'), 'LivePage'),
});
