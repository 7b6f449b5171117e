import { createRootRoute, createRoute, notFound } from '@tanstack/react-router';
import { readFilter } from '../screens/audit/filter.ts';
import { readWanted } from '../screens/find/wanted.ts';
import { readRules } from '../screens/forget/keep-rules.ts';
import { screen } from './screen.ts';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Shell });

/** What is compared; all of it stands in the address, which can be handed on. */
interface DifferencesSearch {
  readonly since?: string | undefined;
  readonly path?: string | undefined;
  readonly metadata?: boolean | undefined;
}

/** Incidents, runs, drills and jobs are numbered; anything else in an address names none. */
function requireNumber(id: string): void {
  if (!/^[1-9]\d{0,14}$/.test(id)) throw notFound();
}

export const routes = root.addChildren([
  createRoute({
    getParentRoute: () => root,
    path: '/',
    component: screen(() => import('../screens/overview/overview.tsx'), 'Overview'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/account',
    component: screen(() => import('../screens/account/account.tsx'), 'Account'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/incidents',
    component: screen(() => import('../screens/incidents/incidents.tsx'), 'Incidents'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/incidents/$incident',
    beforeLoad: ({ params }) => requireNumber(params.incident),
    component: screen(() => import('../screens/incident/incident.tsx'), 'Incident'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/promises',
    component: screen(() => import('../screens/promises/promises.tsx'), 'Promises'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/schedules',
    component: screen(() => import('../screens/schedules/schedules.tsx'), 'Schedules'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/snapshots',
    component: screen(() => import('../screens/snapshots/snapshots.tsx'), 'Snapshots'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/snapshots/find',
    validateSearch: readWanted,
    component: screen(() => import('../screens/find/find.tsx'), 'Find'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/vault',
    component: screen(() => import('../screens/vault/vault.tsx'), 'Vault'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/vault/$entry',
    component: screen(() => import('../screens/vault-entry/vault-entry.tsx'), 'VaultEntry'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/repositories',
    component: screen(() => import('../screens/repositories/repositories.tsx'), 'Repositories'),
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
    component: screen(() => import('../screens/restore/restore.tsx'), 'Restore'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/members',
    component: screen(() => import('../screens/members/members.tsx'), 'Members'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/audit',
    validateSearch: readFilter,
    component: screen(() => import('../screens/audit/audit.tsx'), 'Audit'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/settings',
    component: screen(() => import('../screens/settings/settings.tsx'), 'Settings'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/snapshots/$snapshot/files',
    validateSearch: ({ path, search }: Record<string, unknown>): { path?: string; search?: string } => ({
      ...(typeof path === 'string' ? { path } : {}),
      ...(search === undefined ? {} : { search: String(search) }),
    }),
    component: screen(() => import('../screens/files/files.tsx'), 'Files'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/snapshots/$snapshot/differences',
    validateSearch: ({ since, path, metadata }: Record<string, unknown>): DifferencesSearch => ({
      ...(since === undefined ? {} : { since: String(since) }),
      ...(typeof path === 'string' ? { path } : {}),
      ...(metadata === true ? { metadata } : {}),
    }),
    component: screen(() => import('../screens/differences/differences.tsx'), 'Differences'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/services',
    component: screen(() => import('../screens/services/services.tsx'), 'Services'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/services/$service',
    component: screen(() => import('../screens/service/service.tsx'), 'Service'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/sources/$source',
    component: screen(() => import('../screens/source/source.tsx'), 'Source'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/sources/$source/forget',
    validateSearch: readRules,
    component: screen(() => import('../screens/forget/forget.tsx'), 'Forget'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/runs',
    component: screen(() => import('../screens/runs/runs.tsx'), 'Runs'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/runs/$run',
    beforeLoad: ({ params }) => requireNumber(params.run),
    component: screen(() => import('../screens/run/run.tsx'), 'Run'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/drills/$drill',
    beforeLoad: ({ params }) => requireNumber(params.drill),
    component: screen(() => import('../screens/drill/drill.tsx'), 'Drill'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/jobs',
    component: screen(() => import('../screens/jobs/jobs.tsx'), 'Jobs'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/jobs/$job',
    beforeLoad: ({ params }) => requireNumber(params.job),
    component: screen(() => import('../screens/job/job.tsx'), 'Job'),
  }),
]);
