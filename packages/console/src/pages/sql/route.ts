import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { oneOf, textOf } from '../../search-values.ts';
import { environmentRoute } from '../../shell/environment-route.tsx';
import { type ResultView, resultViews } from './result-views.ts';

export interface SqlSearch {
  /** The statement that is asked. */
  readonly sql?: string;
  readonly view?: ResultView;
  /** Columns of the chart. */
  readonly x?: string;
  readonly y?: readonly string[];
  /** Id of the saved query that this began as. */
  readonly saved?: string;
}

export const sqlRoute = createRoute({
  getParentRoute: () => environmentRoute,
  path: 'sql',
  validateSearch: ({ sql, view, x, y, saved }: Record<string, unknown>): SqlSearch => ({
    sql: textOf(sql),
    view: oneOf(resultViews, view),
    x: textOf(x),
    y: Array.isArray(y) ? y.filter((name) => typeof name === 'string') : undefined,
    saved: textOf(saved),
  }),
  component: lazyRouteComponent(() => import('./sql-page.tsx'), 'SqlPage'),
});
