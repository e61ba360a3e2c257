import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { environmentRoute } from '../../shell/environment-route.tsx';

export const sqlRoute = createRoute({
  getParentRoute: () => environmentRoute,
  path: 'sql',
  component: lazyRouteComponent(() => import('./sql-page.tsx'), 'SqlPage'),
});
