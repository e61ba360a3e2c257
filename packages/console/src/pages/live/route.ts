import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { environmentRoute } from '../../shell/environment-route.tsx';

export const liveRoute = createRoute({
  getParentRoute: () => environmentRoute,
  path: 'live',
  component: lazyRouteComponent(() => import('./live-page.tsx'), 'LivePage'),
});
