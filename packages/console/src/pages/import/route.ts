import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { environmentRoute } from '../../shell/environment-route.tsx';

export const importRoute = createRoute({
  getParentRoute: () => environmentRoute,
  path: 'import',
  component: lazyRouteComponent(() => import('./import-page.tsx'), 'ImportPage'),
});
