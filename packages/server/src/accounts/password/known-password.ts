import { type IdentitySeals, sealedColumns } from '../../identity/index.ts';
import type { Reader, Writer } from '../../platform/index.ts';
import type { PasswordHashing } from './password-hashing.ts';
import { longest } from './password-rules.ts';

interface Known {
  readonly hashing: PasswordHashing;
  readonly reader: Reader;
  readonly identity: IdentitySeals;
}

/** Whether it is the password of that user; for nobody the answer is no, and takes as long. */
export async function isPasswordOf(
  known: Known,
  userId: string | undefined,
  password: string,
): Promise<boolean> {
  return (await verifiedHash(known, userId, password)) !== undefined;
}

/**
 * What is kept of the password of that user, when it is this one. It may be changed while that is found out: what follows
 * from it asks `isStillKept` in its change.
 */
export async function verifiedHash(
  { hashing, reader, identity }: Known,
  userId: string | undefined,
  password: string,
): Promise<string | undefined> {
  // Of UTF-16 code units: a character may have two.
  const given = password.slice(0, 2 * longest);
  const kept = reader.selectFrom('sign_in_methods').where('provider', '=', 'credential');
  const own = kept.select([...sealedColumns.sign_in_methods, 'seal']);
  const row = userId === undefined ? undefined : await own.where('user_id', '=', userId).executeTakeFirst();
  const isOurs = row !== undefined && (await identity.isRight('sign_in_methods', row));
  const older = await kept
    .select('password_hash')
    .where('password_hash', 'not like', `${hashing.prefix}%`)
    .execute();
  const others = older.flatMap(({ password_hash }) => password_hash ?? []);
  // What is no hash takes the work of one.
  const hash = (isOurs ? row.password_hash : undefined) ?? '';
  return (await hashing.verify(hash, given, others)) ? hash : undefined;
}

/** Within a change: the password is that one still. */
export async function isStillKept(
  identity: IdentitySeals,
  transaction: Writer,
  userId: string,
  hash: string,
): Promise<boolean> {
  const row = await transaction
    .selectFrom('sign_in_methods')
    .select([...sealedColumns.sign_in_methods, 'seal'])
    .where('user_id', '=', userId)
    .where('provider', '=', 'credential')
    .where('password_hash', '=', hash)
    .executeTakeFirst();
  return row !== undefined && (await identity.isRight('sign_in_methods', row, transaction));
}
