import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { environmentRoute } from '../../shell/environment-route.tsx';

export interface FindSearch {
  /** What is looked for. */
  readonly q?: string;
}

export const findRoute = createRoute({
  getParentRoute: () => environmentRoute,
  path: 'people',
  // A number in the address is a number to the router; an id is text.
  validateSearch: ({ q }: Record<string, unknown>): FindSearch =>
    q === undefined || q === '' ? {} : { q: typeof q === 'string' ? q : JSON.stringify(q) },
  component: lazyRouteComponent(() => import('./find-page.tsx'), 'FindPage'),
});
