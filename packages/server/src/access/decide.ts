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

export const isOver = ({ until }: Pick<Membership, 'until'>, now: Date): boolean =>
  until !== undefined && Date.parse(until) <= now.getTime();

/** Whether somebody may do something: in one service, or, without `service`, in the organisation as a whole. */
export function decide(
  membership: Membership | undefined,
  permission: Permission,
  at: { readonly now: Date; readonly service?: string | undefined },
): boolean {
  const places = placesOf(membership, permission, at.now);
  return places === 'all' || (at.service !== undefined && places.has(at.service));
}

/** The services in which something may be done: all that there are and will be, or those named, perhaps none. */
export type Places = 'all' | ReadonlySet<string>;

export function placesOf(membership: Membership | undefined, permission: Permission, now: Date): Places {
  if (membership === undefined || isOver(membership, now)) return new Set();
  const { role, services } = membership;
  const how = reach(role, permission);
  return how === 'all' ? how : new Set(how === 'assigned' ? services : []);
}
