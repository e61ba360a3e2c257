import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { environmentRoute } from '../../shell/environment-route.tsx';
import { type LiveShow, liveShows } from './live-shows.ts';

export interface LiveSearch {
  readonly show?: LiveShow;
  /** Only events of this name. */
  readonly event?: string;
  /** Only the events of this identifier's person, and rows that name it. */
  readonly id?: string;
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

export const liveRoute = createRoute({
  getParentRoute: () => environmentRoute,
  path: 'live',
  validateSearch: ({ show, event, id }: Record<string, unknown>): LiveSearch => ({
    show: liveShows.find((one) => one === show),
    event: textOf(event),
    id: textOf(id),
  }),
  component: lazyRouteComponent(() => import('./live-page.tsx'), 'LivePage'),
});
