import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { textOf } from '../../search-values.ts';
import { environmentRoute } from '../../shell/environment-route.tsx';

export interface ImportSearch {
  /** A batch that is looked at. */
  readonly of?: string;
}

export const importRoute = createRoute({
  getParentRoute: () => environmentRoute,
  path: 'import',
  validateSearch: ({ of }: Record<string, unknown>): ImportSearch => ({ of: textOf(of) }),
  component: lazyRouteComponent(() => import('./import-page.tsx'), 'ImportPage'),
});
