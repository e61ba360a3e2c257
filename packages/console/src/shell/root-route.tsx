import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, Outlet } from '@tanstack/react-router';
import { AwayBanner } from './away-banner.tsx';

/** What every address shares: the query cache, and a word when the server is away. */
export const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: () => (
    <>
      <AwayBanner />
      <Outlet />
    </>
  ),
});
