import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { environmentRoute } from '../../shell/environment-route.tsx';

/** A person by any of their identifiers, or by an identity id: see `personAddress`. */
export const personRoute = createRoute({
  getParentRoute: () => environmentRoute,
  path: 'people/$id',
  component: lazyRouteComponent(() => import('./person-page.tsx'), 'PersonPage'),
});
