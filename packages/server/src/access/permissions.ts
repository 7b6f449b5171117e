import { type Role, roles } from './roles.ts';

/** In which services something may be done: in all, in those that are assigned to the member, in none. */
export type Reach = 'all' | 'assigned' | 'none';

const all = 'all';
const own = 'assigned';
const no = 'none';
const proof = true;
const free = false;

/**
 * Who may do what: the only place where it is written. A thing, a dot, and what is done to it; what only looks ends
 * with `read`. A cell `own` is for the services that are assigned to the member. What cannot be undone, or gives others
 * power, needs a `proof`: who is signed in showed a moment ago who he is.
 */
// biome-ignore format: a table is read by its columns
const table = {
  //                      owner op.  DPO  aud. out. view proof
  'services.read':       [all, all, all, all, own, all, free],
  'services.change':     [all, all, no,  no,  no,  no,  free],
  'services.remove':     [all, all, no,  no,  no,  no,  proof],
  'sources.read':        [all, all, all, all, own, no,  free],
  'sources.change':      [all, all, no,  no,  no,  no,  free],
  'sources.remove':      [all, all, no,  no,  no,  no,  proof],
  'runs.read':           [all, all, all, all, own, all, free],
  'backups.run':         [all, all, no,  no,  own, no,  free],
  'drills.run':          [all, all, no,  no,  own, no,  free],
  'mirrors.run':        [all, all, no,  no,  no,  no,  free],
  'restores.run':        [all, all, no,  no,  no,  no,  proof],
  'snapshots.read':      [all, all, no,  no,  no,  no,  free],
  'snapshots.change':    [all, all, no,  no,  no,  no,  free],
  'snapshots.remove':    [all, no,  no,  no,  no,  no,  proof],
  'repositories.read':   [all, all, all, all, no,  no,  free],
  'repositories.check':  [all, all, no,  no,  no,  no,  free],
  'repositories.change': [all, all, no,  no,  no,  no,  proof],
  'incidents.read':      [all, all, all, all, own, all, free],
  'incidents.change':    [all, all, all, no,  no,  no,  free],
  'promises.read':       [all, all, all, all, own, all, free],
  'promises.change':     [all, no,  all, no,  no,  no,  free],
  'audit.read':          [all, no,  all, all, no,  no,  free],
  'vault.read':          [all, all, all, all, own, no,  free],
  'vault.keep':          [all, all, all, no,  no,  no,  free],
  'vault.remove':        [all, all, all, no,  no,  no,  proof],
  'vault.share':         [all, all, all, no,  no,  no,  proof],
  'vault.withdraw':      [all, all, all, no,  own, no,  free],
  'vault.open':          [all, all, all, no,  own, no,  proof],
  'vault.change':        [all, no,  no,  no,  no,  no,  proof],
  'members.read':        [all, all, all, all, no,  no,  free],
  'members.change':      [all, no,  no,  no,  no,  no,  proof],
  'invitations.withdraw': [all, no, no,  no,  no,  no,  free],
  'settings.read':       [all, all, all, all, no,  no,  free],
  'settings.change':     [all, all, no,  no,  no,  no,  free],
  'configuration.read':   [all, all, all, all, no, no,  free],
  'configuration.change': [all, all, no, no,  no,  no,  proof],
} as const satisfies Readonly<Record<string, readonly [Reach, Reach, Reach, Reach, Reach, Reach, boolean]>>;

export type Permission = keyof typeof table;

export const permissions = Object.keys(table) as Permission[];

export const reach = (role: Role, permission: Permission): Reach => {
  const [owner, operator, officer, auditor, outside, viewer] = table[permission];
  return [owner, operator, officer, auditor, outside, viewer][roles.indexOf(role)] ?? 'none';
};

/** Whoever has it is asked who he is, unless he showed that a moment ago. */
export const needsProof = (permission: Permission): boolean => table[permission][6];

/** Whether the role may do something in the services that are assigned to the member alone. */
export const reachesAssigned = (role: Role): boolean =>
  permissions.some((permission) => reach(role, permission) === 'assigned');
