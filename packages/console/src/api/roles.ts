import type { Caller } from './operations.ts';

export type Role = NonNullable<Caller['role']>;

const names: Readonly<Record<Role, string>> = {
  owner: 'Owner',
  operator: 'Operator',
  'data-protection-officer': 'Data protection officer',
  auditor: 'Auditor',
  'outside-administrator': 'Outside administrator',
  viewer: 'Viewer',
};

export const roleName = (role: Role): string => names[role];

/** "Owner or Operator" */
export const roleNames = (roles: readonly Role[]): string =>
  new Intl.ListFormat('en', { type: 'disjunction' }).format(roles.map(roleName));

/** In the order in which they are offered. */
export const roles = Object.keys(names) as Role[];

const powers: Readonly<Record<Role, string>> = {
  owner: 'May do everything, and alone invites, changes and removes members.',
  operator: 'Adds services and sources, runs backups, drills and restores, tells customers of incidents.',
  'data-protection-officer':
    'Reads all evidence and the audit log, keeps promises and incidents true, keeps secrets in the vault.',
  auditor: 'Reads all evidence and the audit log. Changes nothing.',
  'outside-administrator':
    'Sees the services assigned, tests their backups and restores, until the last day.',
  viewer: 'Sees the state of services, runs and incidents. Changes nothing.',
};

/** What it may do, in a sentence. */
export const rolePower = (role: Role): string => powers[role];

export const isRole = (text: string): text is Role => text in names;
