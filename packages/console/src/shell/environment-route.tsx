import { createRoute, notFound } from '@tanstack/react-router';
import { actSearchOf } from '../acts/act-search.ts';
import { rootRoute } from './root-route.tsx';
import { Shell } from './shell.tsx';
import { signedIn } from './signed-in.ts';

/** All pages of one environment, for who is signed in: `/e/<environment>/…`. */
export const environmentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 'e/$environment',
  validateSearch: actSearchOf,
  beforeLoad: async ({ context, location, params }) => {
    const session = await signedIn(context.queryClient, location.href);
    if (!session.key.environments.includes(params.environment)) throw notFound();
    return { session };
  },
  component: Shell,
});
