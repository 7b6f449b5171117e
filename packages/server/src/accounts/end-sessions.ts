import type { AccountEngine } from './account-engine.ts';

/** Ends sessions of a user, those that `which` leaves, in the change that is under way or in one of its own. */
export async function endSessions(
  engine: AccountEngine,
  userId: string,
  which: { readonly id: string } | { readonly except: string },
): Promise<void> {
  const { internalAdapter } = await (await engine.loaded()).$context;
  await engine.acts.change(async (transaction) => {
    let query = transaction.selectFrom('sessions').select('token').where('user_id', '=', userId);
    query = 'id' in which ? query.where('id', '=', which.id) : query.where('id', '!=', which.except);
    for (const { token } of await query.execute()) await internalAdapter.deleteSession(token);
  });
}
