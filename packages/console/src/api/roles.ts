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
