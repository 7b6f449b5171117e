import { InvalidError, type Reader } from '../../platform/index.ts';

/**
 * Whether nobody else is one. Without an owner nobody could do what only an owner may, and the next start would offer the
 * set-up link: so the last one is neither removed nor given another role.
 */
export async function isLastOwner(reader: Reader, userId: string): Promise<boolean> {
  const owners = await reader
    .selectFrom('members')
    .innerJoin('users', 'users.id', 'members.user_id')
    .select('users.id')
    .where('members.role', '=', 'owner')
    .execute();
  return owners.length === 1 && owners[0]?.id === userId;
}

/** @throws InvalidError */
export async function refuseLastOwner(reader: Reader, userId: string): Promise<void> {
  if (await isLastOwner(reader, userId))
    throw new InvalidError('role', 'an organisation has an owner: make another one first');
}
