import { createRouter, parseSearchWith, stringifySearchWith } from '@tanstack/react-router';
import { queryClient } from './api/query-client.ts';
import { basePath } from './base-path.ts';
import { NotFound } from './components/not-found.tsx';
import { PageError } from './components/page-error.tsx';
import { PageSkeleton } from './components/page-skeleton.tsx';
import { routeTree } from './routes.tsx';
import { quotedOrList } from './search-values.ts';

export const router = createRouter({
  routeTree,
  basepath: basePath || '/',
  parseSearch: parseSearchWith(quotedOrList),
  stringifySearch: stringifySearchWith(JSON.stringify, quotedOrList),
  context: { queryClient },
  defaultPreload: 'intent',
  defaultErrorComponent: PageError,
  defaultNotFoundComponent: NotFound,
  defaultPendingComponent: PageSkeleton,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
