import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { environmentRoute } from '../../shell/environment-route.tsx';

export const reviewRoute = createRoute({
  getParentRoute: () => environmentRoute,
  path: 'review',
  component: lazyRouteComponent(() => import('./review-page.tsx'), 'ReviewPage'),
});
