import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { environmentRoute } from '../../shell/environment-route.tsx';

export const healthRoute = createRoute({
  getParentRoute: () => environmentRoute,
  path: 'health',
  component: lazyRouteComponent(() => import('./health-page.tsx'), 'HealthPage'),
});
