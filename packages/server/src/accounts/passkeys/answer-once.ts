import { createHash } from 'node:crypto';
import { instant, type Writer } from '../../platform/index.ts';

/** Longer than any challenge is good. */
const keptMs = 3_600_000;

/** False: somebody answered this challenge before. */
export async function answerOnce(transaction: Writer, challenge: string, now: Date): Promise<boolean> {
  await transaction.deleteFrom('answered_challenges').where('expires_at', '<=', instant(now)).execute();
  const hash = createHash('sha256').update(Buffer.from(challenge, 'base64url')).digest('hex');
  const inserted = await transaction
    .insertInto('answered_challenges')
    .values({ challenge_hash: hash, expires_at: instant(new Date(now.getTime() + keptMs)) })
    .onConflict((conflict) => conflict.column('challenge_hash').doNothing())
    .returning('challenge_hash')
    .executeTakeFirst();
  return inserted !== undefined;
}
