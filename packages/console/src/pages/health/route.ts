import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { oneOf, textOf } from '../../search-values.ts';
import { environmentRoute } from '../../shell/environment-route.tsx';
import { type HealthTab, healthTabs } from './health-tabs.ts';

export interface HealthSearch {
  readonly tab?: HealthTab;
  /** Rejected items of this code alone. */
  readonly error_code?: string;
  /** The panel that makes a key is open. */
  readonly make?: boolean;
  /** The key that is about to be revoked, by name. */
  readonly revoke?: string;
}

export const healthRoute = createRoute({
  getParentRoute: () => environmentRoute,
  path: 'health',
  validateSearch: ({ tab, error_code, make, revoke }: Record<string, unknown>): HealthSearch => ({
    tab: oneOf(healthTabs, tab),
    error_code: textOf(error_code),
    make: make === true || undefined,
    revoke: textOf(revoke),
  }),
  component: lazyRouteComponent(() => import('./health-page.tsx'), 'HealthPage'),
});
