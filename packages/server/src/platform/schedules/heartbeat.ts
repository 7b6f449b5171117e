import { type Clock, type Instant, instant, millisecondsBetween } from '../clock.ts';
import type { Database, Writer } from '../database/index.ts';

/**
 * Records that a loop lives. When a beat comes long after the one before it, the time in between is a
 * silence and kept as a fact: nothing that should have happened then may be taken as done.
 */
export async function beat(
  transaction: Writer,
  name: string,
  clock: Clock,
  toleratedMs: number,
): Promise<{ silentSince: Instant } | undefined> {
  const now = instant(clock.now());
  const last = await transaction
    .selectFrom('heartbeats')
    .select('at')
    .where('name', '=', name)
    .executeTakeFirst();
  await transaction
    .insertInto('heartbeats')
    .values({ name, at: now })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ at: now }))
    .execute();
  if (last === undefined || millisecondsBetween(last.at, now) <= toleratedMs) return undefined;
  await transaction.insertInto('silences').values({ name, from_at: last.at, to_at: now }).execute();
  return { silentSince: last.at };
}

/** When the loop last showed a sign of life; undefined when it never did. */
export async function lastBeat(database: Database, name: string): Promise<Instant | undefined> {
  const row = await database.read
    .selectFrom('heartbeats')
    .select('at')
    .where('name', '=', name)
    .executeTakeFirst();
  return row?.at;
}
