import { createRootRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Shell });

/** Each screen is fetched when it is first looked at. */
export const routes = root.addChildren([
  createRoute({
    getParentRoute: () => root,
    path: '/',
    component: lazyRouteComponent(() => import('../screens/overview/overview.tsx'), 'Overview'),
  }),
]);
