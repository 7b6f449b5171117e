import type { IdentitySeals } from '../identity/index.ts';
import type { Membership } from './decide.ts';
import { reachesAssigned } from './permissions.ts';
import { isRole } from './roles.ts';

/** Columns of `members` that a statement about a user reads along, under names of their own. */
export const memberColumns = [
  'members.organisation_id as member_organisation',
  'members.role as member_role',
  'members.until as member_until',
  'members.seal as member_seal',
] as const;

interface ReadAlong {
  readonly user_id: string;
  readonly member_organisation: string | null;
  readonly member_role: string | null;
  readonly member_until: string | null;
  readonly member_seal: string | null;
}

/**
 * The membership of whoever asks, out of the row that says who that is: one statement less for each request. Undefined where that row
 * does not tell: of no member, of one with services that lie in another table, of a row that is not as it was written.
 */
export async function membershipAlong(
  row: ReadAlong,
  identity: IdentitySeals,
): Promise<Membership | undefined> {
  const { user_id, member_organisation: organisation_id, member_role: role, member_until: until } = row;
  if (organisation_id === null || role === null || !isRole(role) || reachesAssigned(role)) return undefined;
  const member = { organisation_id, user_id, role, until, seal: row.member_seal };
  if (!(await identity.isRight('members', member))) return undefined;
  return { organisationId: organisation_id, role, until: until ?? undefined, services: [] };
}
