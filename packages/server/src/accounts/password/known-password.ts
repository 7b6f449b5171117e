import type { Reader } from '../../platform/index.ts';
import type { PasswordHashing } from './password-hashing.ts';
import { longest } from './password-rules.ts';

/** Whether it is the password of that user; for nobody the answer is no, and takes as long. */
export async function isPasswordOf(
  { hashing, reader }: { hashing: PasswordHashing; reader: Reader },
  userId: string | undefined,
  password: string,
): Promise<boolean> {
  // Of UTF-16 code units: a character may have two.
  const given = password.slice(0, 2 * longest);
  const row =
    userId === undefined
      ? undefined
      : await reader
          .selectFrom('sign_in_methods')
          .select('password_hash')
          .where('user_id', '=', userId)
          .where('provider', '=', 'credential')
          .executeTakeFirst();
  // What is no hash takes the work of one.
  return await hashing.verify(row?.password_hash ?? '', given);
}
