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
