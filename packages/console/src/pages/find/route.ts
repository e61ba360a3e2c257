import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { textOf } from '../../search-values.ts';
import { environmentRoute } from '../../shell/environment-route.tsx';

export interface FindSearch {
  /** What is looked for. */
  readonly q?: string;
}

export const findRoute = createRoute({
  getParentRoute: () => environmentRoute,
  path: 'people',
  validateSearch: ({ q }: Record<string, unknown>): FindSearch => ({ q: textOf(q) }),
  component: lazyRouteComponent(() => import('./find-page.tsx'), 'FindPage'),
});
