/** What a member of an organisation is there. The order is that of the table in permissions.ts. */
export const roles = [
  'owner',
  'operator',
  'data-protection-officer',
  'auditor',
  'outside-administrator',
  'viewer',
] as const;

export type Role = (typeof roles)[number];

/** A text of the database or of a form. */
export const isRole = (text: string): text is Role => (roles as readonly string[]).includes(text);

export const roleWords: Readonly<Record<Role, { readonly name: string; readonly may: string }>> = {
  owner: { name: 'Owner', may: 'may do everything' },
  operator: { name: 'Operator', may: 'runs backups, drills and restores, and changes what is protected' },
  'data-protection-officer': {
    name: 'Data protection officer',
    may: 'reads all evidence, and keeps policy and incidents true',
  },
  auditor: { name: 'Auditor', may: 'reads all evidence, changes nothing' },
  'outside-administrator': {
    name: 'Outside administrator',
    may: 'sees and tests the services assigned, for a limited time',
  },
  viewer: { name: 'Viewer', may: 'sees the state of services' },
};
