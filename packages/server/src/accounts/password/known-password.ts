import type { Reader } from '../../platform/index.ts';
import type { PasswordHashing } from './password-hashing.ts';
import { longest } from './password-rules.ts';

interface Known {
  readonly hashing: PasswordHashing;
  readonly reader: Reader;
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
  { hashing, reader }: Known,
  userId: string | undefined,
  password: string,
): Promise<string | undefined> {
  // Of UTF-16 code units: a character may have two.
  const given = password.slice(0, 2 * longest);
  const kept = reader
    .selectFrom('sign_in_methods')
    .select('password_hash')
    .where('provider', '=', 'credential');
  const row = userId === undefined ? undefined : await kept.where('user_id', '=', userId).executeTakeFirst();
  const older = await kept.where('password_hash', 'not like', `${hashing.prefix}%`).execute();
  const others = older.flatMap(({ password_hash }) => password_hash ?? []);
  // What is no hash takes the work of one.
  const hash = row?.password_hash ?? '';
  return (await hashing.verify(hash, given, others)) ? hash : undefined;
}

/** Within a change: the password is that one still. */
export async function isStillKept(reader: Reader, userId: string, hash: string): Promise<boolean> {
  const row = reader
    .selectFrom('sign_in_methods')
    .select('id')
    .where('user_id', '=', userId)
    .where('provider', '=', 'credential')
    .where('password_hash', '=', hash);
  return (await row.executeTakeFirst()) !== undefined;
}
