import { createRoute, redirect } from '@tanstack/react-router';
import { rootRoute } from './root-route.tsx';
import { signedIn } from './signed-in.ts';

/** `/` leads to the people of the first environment that the key may see. */
export const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: async ({ context, location }) => {
    const { key } = await signedIn(context.queryClient, location.href);
    throw redirect({ to: '/e/$environment/people', params: { environment: key.environments[0]! }, replace: true });
  },
});
