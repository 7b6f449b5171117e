import type { LinkProps } from '@tanstack/react-router';
import type { Permission } from '../api/caller.ts';
import type { IconName } from '../parts/page/icon.tsx';

interface Item {
  readonly name: string;
  readonly icon: IconName;
  /** Who has none of it is not shown the way; undefined: for everybody. */
  readonly permission?: Permission;
}

/** A screen of this console, or a page that the server makes. */
export type NavigationItem = Item &
  (
    | {
        readonly to: NonNullable<LinkProps['to']>;
        /** Screens that one comes to from there. */
        readonly and?: readonly string[];
      }
    | { readonly href: string }
  );

export interface NavigationGroup {
  readonly name: string;
  readonly items: readonly NavigationItem[];
}

/** In the order in which they are shown. */
export const navigationGroups: readonly NavigationGroup[] = [
  {
    name: 'State',
    items: [
      { name: 'Overview', icon: 'gauge', to: '/' },
      { name: 'Services', icon: 'box', to: '/services', and: ['/sources'], permission: 'services.read' },
      { name: 'Incidents', icon: 'warning', to: '/incidents', permission: 'incidents.read' },
      { name: 'Promises', icon: 'shield', to: '/promises', permission: 'promises.read' },
    ],
  },
  {
    name: 'Work',
    items: [
      {
        name: 'Backups and drills',
        icon: 'database',
        to: '/runs',
        and: ['/drills'],
        permission: 'runs.read',
      },
      { name: 'Snapshots', icon: 'layers', to: '/snapshots', permission: 'snapshots.read' },
      { name: 'Restore', icon: 'back', to: '/restore', permission: 'restores.run' },
      { name: 'Repositories', icon: 'archive', to: '/repositories', permission: 'repositories.read' },
      { name: 'Schedules', icon: 'calendar', to: '/schedules', permission: 'sources.read' },
      { name: 'Jobs', icon: 'list', to: '/jobs', permission: 'runs.read' },
    ],
  },
  {
    name: 'Organisation',
    items: [
      { name: 'Vault', icon: 'key', to: '/vault', permission: 'vault.read' },
      { name: 'Members', icon: 'people', to: '/members', permission: 'members.read' },
      { name: 'Audit log', icon: 'book', to: '/audit', permission: 'audit.read' },
      { name: 'Settings', icon: 'sliders', to: '/settings', permission: 'settings.read' },
      { name: 'API reference', icon: 'code', href: '/api/v1/reference' },
    ],
  },
];
