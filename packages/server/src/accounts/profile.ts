import { NotFoundError, type Reader } from '../platform/index.ts';

export interface Profile {
  readonly name: string;
  readonly email: string;
  /** Absent for whoever is no member any more. */
  readonly organisation?: string;
}

/** @throws NotFoundError when the account was removed meanwhile */
export async function readProfile(reader: Reader, userId: string): Promise<Profile> {
  const row = await reader
    .selectFrom('users')
    .leftJoin('members', 'members.user_id', 'users.id')
    .leftJoin('organisations', 'organisations.id', 'members.organisation_id')
    .select(['users.name', 'users.email', 'organisations.name as organisation'])
    .where('users.id', '=', userId)
    .executeTakeFirst();
  if (row === undefined) throw new NotFoundError('this account');
  const { name, email, organisation } = row;
  return { name, email, ...(organisation === null ? {} : { organisation }) };
}
