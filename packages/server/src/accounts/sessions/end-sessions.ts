import type { AccountEngine } from '../engine/account-engine.ts';

/**
 * Ends sessions of a user, those that `which` leaves, in the change that is under way or in one of its own.
 * @returns how many there were
 */
export async function endSessions(
  engine: AccountEngine,
  userId: string,
  which: { readonly id: string } | { readonly except: string },
): Promise<number> {
  const { internalAdapter } = await (await engine.loaded()).$context;
  return await engine.acts.change(async (transaction) => {
    let query = transaction.selectFrom('sessions').select('token').where('user_id', '=', userId);
    query = 'id' in which ? query.where('id', '=', which.id) : query.where('id', '!=', which.except);
    const ended = await query.execute();
    for (const { token } of ended) await internalAdapter.deleteSession(token);
    return ended.length;
  });
}
