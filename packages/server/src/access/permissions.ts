import { type Role, roles } from './roles.ts';

/** In which services something may be done: in all, in those that are assigned to the member, in none. */
export type Reach = 'all' | 'assigned' | 'none';

const all = 'all';
const own = 'assigned';
const no = 'none';

/**
 * Who may do what: the only place where it is written. A thing, a dot, and what is done to it; what only looks ends
 * with `read`. A cell `own` is for the services that are assigned to the member.
 */
// biome-ignore format: a table is read by its columns
const table = {
  //                     owner  op.  DPO  aud. out. view
  'services.read':      [all,  all, all, all, own, all],
  'services.change':    [all,  all, no,  no,  no,  no],
  'sources.read':       [all,  all, all, all, own, no],
  'sources.change':     [all,  all, no,  no,  no,  no],
  'runs.read':          [all,  all, all, all, own, all],
  'backups.run':        [all,  all, no,  no,  own, no],
  'drills.run':         [all,  all, no,  no,  own, no],
  'restores.run':       [all,  all, no,  no,  no,  no],
  'snapshots.read':     [all,  all, no,  no,  no,  no],
  'snapshots.remove':   [all,  no,  no,  no,  no,  no],
  'repositories.read':  [all,  all, all, all, no,  no],
  'repositories.change':[all,  all, no,  no,  no,  no],
  'incidents.read':     [all,  all, all, all, own, all],
  'incidents.change':   [all,  all, all, no,  no,  no],
  'promises.read':      [all,  all, all, all, own, all],
  'promises.change':    [all,  no,  all, no,  no,  no],
  'audit.read':         [all,  no,  all, all, no,  no],
  'vault.read':         [all,  all, all, all, no,  no],
  'vault.change':       [all,  no,  no,  no,  no,  no],
  'secrets.share':      [all,  no,  no,  no,  no,  no],
  'members.read':       [all,  all, all, all, no,  no],
  'members.change':     [all,  no,  no,  no,  no,  no],
  'settings.read':      [all,  all, all, all, no,  no],
  'settings.change':    [all,  all, no,  no,  no,  no],
} as const satisfies Readonly<Record<string, readonly [Reach, Reach, Reach, Reach, Reach, Reach]>>;

export type Permission = keyof typeof table;

export const permissions = Object.keys(table) as Permission[];

export const reach = (role: Role, permission: Permission): Reach =>
  table[permission][roles.indexOf(role)] ?? 'none';
