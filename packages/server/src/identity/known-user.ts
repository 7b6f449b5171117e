import type { Database, Reader } from '../platform/index.ts';
import type { Sealable } from './identity-seal.ts';
import type { IdentitySeals } from './identity-seals.ts';
import { sealedColumns } from './sealed-columns.ts';

export type KnownUser = Sealable<'users'>;

/** The account of an address, or with an id; undefined: there is none, or it is not as the platform wrote it. */
export async function knownUser(
  { database, identity }: { readonly database: Database; readonly identity: IdentitySeals },
  by: { readonly email: string } | { readonly id: string },
  reader?: Reader,
): Promise<KnownUser | undefined> {
  await identity.get(reader);
  const [column, value] = 'email' in by ? (['email', by.email] as const) : (['id', by.id] as const);
  const row = await (reader ?? database.read)
    .selectFrom('users')
    .select([...sealedColumns.users, 'seal'])
    .where(column, '=', value)
    .executeTakeFirst();
  return row !== undefined && (await identity.isRight('users', row, reader)) ? row : undefined;
}
