import { findRoute } from './pages/find/route.ts';
import { healthRoute } from './pages/health/route.ts';
import { importRoute } from './pages/import/route.ts';
import { ledgerRowRoute } from './pages/ledger-row/route.ts';
import { liveRoute } from './pages/live/route.ts';
import { personRoute } from './pages/person/route.ts';
import { reviewRoute } from './pages/review/route.ts';
import { signInRoute } from './pages/sign-in/route.ts';
import { sqlRoute } from './pages/sql/route.ts';
import { environmentRoute } from './shell/environment-route.tsx';
import { homeRoute } from './shell/home-route.ts';
import { rootRoute } from './shell/root-route.tsx';

/** Every address of the console. A page is a folder below `pages/`; its `route.ts` says its address and loads the rest on demand. */
export const routeTree = rootRoute.addChildren([
  homeRoute,
  signInRoute,
  environmentRoute.addChildren([
    findRoute,
    personRoute,
    reviewRoute,
    importRoute,
    healthRoute,
    sqlRoute,
    liveRoute,
    ledgerRowRoute,
  ]),
]);
