import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { environmentRoute } from '../../shell/environment-route.tsx';

export const ledgerRowRoute = createRoute({
  getParentRoute: () => environmentRoute,
  path: 'ledger/$seq',
  component: lazyRouteComponent(() => import('./ledger-row-page.tsx'), 'LedgerRowPage'),
});
