import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { environmentRoute } from '../../shell/environment-route.tsx';

export const findRoute = createRoute({
  getParentRoute: () => environmentRoute,
  path: 'people',
  component: lazyRouteComponent(() => import('./find-page.tsx'), 'FindPage'),
});
