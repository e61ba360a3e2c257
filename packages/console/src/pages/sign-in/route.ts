import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../shell/root-route.tsx';

export interface SignInSearch {
  /** The address to go on to: one of the console's own. */
  readonly next?: string;
  /** A session has ended. */
  readonly ended?: boolean;
}

/** `#token=…` signs in by a link that works once; the fragment is never sent to a server. */
export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 'sign-in',
  validateSearch: (search: Record<string, unknown>): SignInSearch => ({
    next: typeof search.next === 'string' && isOwn(search.next) ? search.next : undefined,
    ended: search.ended === true || undefined,
  }),
  component: lazyRouteComponent(() => import('./sign-in-page.tsx'), 'SignInPage'),
});

/** No address of somebody else's: `//host`, `/\host` and `https:` lead away. */
const isOwn = (address: string): boolean => /^\/(?![/\\])/.test(address);
