import { type Permission, reach } from './permissions.ts';
import type { Role } from './roles.ts';

export interface Membership {
  readonly organisationId: string;
  readonly role: Role;
  /** From then on the member may do nothing; undefined: no end. */
  readonly until: string | undefined;
  /** Services that are assigned, for roles that reach no others. */
  readonly services: readonly string[];
}

/** Whether somebody may do something: in one service, or, without `service`, in the organisation as a whole. */
export function decide(
  membership: Membership | undefined,
  permission: Permission,
  at: { readonly now: Date; readonly service?: string | undefined },
): boolean {
  if (membership === undefined) return false;
  const { until, services } = membership;
  if (until !== undefined && Date.parse(until) <= at.now.getTime()) return false;
  const how = reach(membership.role, permission);
  if (how === 'all') return true;
  return how === 'assigned' && at.service !== undefined && services.includes(at.service);
}
