import { createRootRoute, createRoute, lazyRouteComponent, notFound } from '@tanstack/react-router';
import { readFilter } from '../screens/audit/filter.ts';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Shell });

/** Incidents, runs, drills and jobs are numbered; anything else in an address names none. */
function requireNumber(id: string): void {
  if (!/^[1-9]\d{0,14}$/.test(id)) throw notFound();
}

/** Each screen is fetched when it is first looked at. */
export const routes = root.addChildren([
  createRoute({
    getParentRoute: () => root,
    path: '/',
    component: lazyRouteComponent(() => import('../screens/overview/overview.tsx'), 'Overview'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/account',
    component: lazyRouteComponent(() => import('../screens/account/account.tsx'), 'Account'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/incidents',
    component: lazyRouteComponent(() => import('../screens/incidents/incidents.tsx'), 'Incidents'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/incidents/$incident',
    beforeLoad: ({ params }) => requireNumber(params.incident),
    component: lazyRouteComponent(() => import('../screens/incident/incident.tsx'), 'Incident'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/promises',
    component: lazyRouteComponent(() => import('../screens/promises/promises.tsx'), 'Promises'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/schedules',
    component: lazyRouteComponent(() => import('../screens/schedules/schedules.tsx'), 'Schedules'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/snapshots',
    component: lazyRouteComponent(() => import('../screens/snapshots/snapshots.tsx'), 'Snapshots'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/vault',
    component: lazyRouteComponent(() => import('../screens/vault/vault.tsx'), 'Vault'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/vault/$entry',
    component: lazyRouteComponent(() => import('../screens/vault-entry/vault-entry.tsx'), 'VaultEntry'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/repositories',
    component: lazyRouteComponent(() => import('../screens/repositories/repositories.tsx'), 'Repositories'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/restore',
    validateSearch: ({
      source,
      snapshot,
    }: Record<string, unknown>): { source?: string; snapshot?: string } => ({
      ...(typeof source === 'string' ? { source } : {}),
      ...(snapshot === undefined ? {} : { snapshot: String(snapshot) }),
    }),
    component: lazyRouteComponent(() => import('../screens/restore/restore.tsx'), 'Restore'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/members',
    component: lazyRouteComponent(() => import('../screens/members/members.tsx'), 'Members'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/audit',
    validateSearch: readFilter,
    component: lazyRouteComponent(() => import('../screens/audit/audit.tsx'), 'Audit'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/settings',
    component: lazyRouteComponent(() => import('../screens/settings/settings.tsx'), 'Settings'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/snapshots/$snapshot/files',
    validateSearch: ({ path, search }: Record<string, unknown>): { path?: string; search?: string } => ({
      ...(typeof path === 'string' ? { path } : {}),
      ...(search === undefined ? {} : { search: String(search) }),
    }),
    component: lazyRouteComponent(() => import('../screens/files/files.tsx'), 'Files'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/services',
    component: lazyRouteComponent(() => import('../screens/services/services.tsx'), 'Services'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/services/$service',
    component: lazyRouteComponent(() => import('../screens/service/service.tsx'), 'Service'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/sources/$source',
    component: lazyRouteComponent(() => import('../screens/source/source.tsx'), 'Source'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/runs',
    component: lazyRouteComponent(() => import('../screens/runs/runs.tsx'), 'Runs'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/runs/$run',
    beforeLoad: ({ params }) => requireNumber(params.run),
    component: lazyRouteComponent(() => import('../screens/run/run.tsx'), 'Run'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/drills/$drill',
    beforeLoad: ({ params }) => requireNumber(params.drill),
    component: lazyRouteComponent(() => import('../screens/drill/drill.tsx'), 'Drill'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/jobs',
    component: lazyRouteComponent(() => import('../screens/jobs/jobs.tsx'), 'Jobs'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/jobs/$job',
    beforeLoad: ({ params }) => requireNumber(params.job),
    component: lazyRouteComponent(() => import('../screens/job/job.tsx'), 'Job'),
  }),
]);
