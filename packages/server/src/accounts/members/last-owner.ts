import { type IdentitySeals, sealedColumns } from '../../identity/index.ts';
import { InvalidError, type Reader } from '../../platform/index.ts';

/**
 * Whether nobody else is one. Without an owner nobody could do what only an owner may, and the next start would offer the
 * set-up link: so the last one is neither removed nor given another role.
 */
export async function isLastOwner(identity: IdentitySeals, reader: Reader, userId: string): Promise<boolean> {
  const rows = await reader
    .selectFrom('members')
    .select([...sealedColumns.members, 'seal'])
    .where('role', '=', 'owner')
    .execute();
  const owners = await identity.rightOf('members', rows, reader);
  return owners.length === 1 && owners[0]?.user_id === userId;
}

/** @throws InvalidError */
export async function refuseLastOwner(
  identity: IdentitySeals,
  reader: Reader,
  userId: string,
): Promise<void> {
  if (await isLastOwner(identity, reader, userId))
    throw new InvalidError('role', 'an organisation has an owner: make another one first');
}
