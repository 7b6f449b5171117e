import type { IdentitySeals } from '../../identity/index.ts';
import type { Instant, Reader } from '../../platform/index.ts';
import { isLastOwner } from './last-owner.ts';

/** What ends with the account of a member. */
export interface Removal {
  /** Nothing of it happens then. */
  readonly isLastOwner: boolean;
  /** That can still be used. */
  readonly sessions: number;
  readonly keys: number;
  readonly passkeys: number;
  readonly hasSecondFactor: boolean;
}

export async function readRemoval(
  identity: IdentitySeals,
  reader: Reader,
  userId: string,
  now: Instant,
): Promise<Removal> {
  const running = (table: 'sessions' | 'api_keys') =>
    reader
      .selectFrom(table)
      .select('id')
      .where('user_id', '=', userId)
      .where('expires_at', '>', now)
      .execute();
  const own = (table: 'passkeys' | 'second_factors') =>
    reader.selectFrom(table).select('user_id').where('user_id', '=', userId).execute();
  return {
    isLastOwner: await isLastOwner(identity, reader, userId),
    sessions: (await running('sessions')).length,
    keys: (await running('api_keys')).length,
    passkeys: (await own('passkeys')).length,
    hasSecondFactor: (await own('second_factors')).length > 0,
  };
}
