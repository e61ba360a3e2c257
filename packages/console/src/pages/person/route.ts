import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { environmentRoute } from '../../shell/environment-route.tsx';
import { personSearchOf } from './search.ts';

/** A person by any of their identifiers, or by an identity id: see `personAddress`. */
export const personRoute = createRoute({
  getParentRoute: () => environmentRoute,
  path: 'people/$id',
  validateSearch: personSearchOf,
  component: lazyRouteComponent(() => import('./person-page.tsx'), 'PersonPage'),
});
