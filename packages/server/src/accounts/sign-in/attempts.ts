import { createHash } from 'node:crypto';
import { type Clock, instant, type Writer } from '../../platform/index.ts';

export interface AttemptLimit {
  readonly most: number;
  readonly withinSeconds: number;
}

/** Guesses at one account, from wherever they come. NIST SP 800-63B-4, 3.2.2, asks for 100 in a row at most. */
export const ofAccount: AttemptLimit = { most: 30, withinSeconds: 3_600 };
/** Guesses at the second factor of an account whose password is known; so many in a row that it is over: see there. */
export const ofCode: AttemptLimit = { most: 10, withinSeconds: 3_600 };
/** Of somebody who is signed in, when asked to show once more who he is. */
export const ofProof: AttemptLimit = { most: 10, withinSeconds: 900 };
/** Links for a forgotten password, each a mail to somebody who may not have asked. */
export const ofReset: AttemptLimit = { most: 3, withinSeconds: 3_600 };
/** Trial mails of one member, to whomever. */
export const ofTrialMails: AttemptLimit = { most: 20, withinSeconds: 3_600 };
/** Guesses from one address, at whatever. */
export const ofAddress: AttemptLimit = { most: 20, withinSeconds: 900 };

/**
 * Counts of guesses, and of what else is not to be done without end, in the database, so that every node knows them. Each is counted before it is looked at: many at
 * once are no way around the limit.
 */
export class Attempts {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts one more and gives how many that makes. `what` is an account that may not exist, or an address. */
  async count(transaction: Writer, what: string, { withinSeconds }: AttemptLimit): Promise<number> {
    const now = this.#clock.now();
    const scope = hash(what);
    await transaction.deleteFrom('attempts').where('ends_at', '<=', instant(now)).execute();
    const endsAt = instant(new Date(now.getTime() + withinSeconds * 1_000));
    const { count } = await transaction
      .insertInto('attempts')
      .values({ scope, count: 1, ends_at: endsAt })
      .onConflict((conflict) =>
        conflict.column('scope').doUpdateSet((e) => ({ count: e('attempts.count', '+', 1) })),
      )
      .returning('count')
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  /** One did not count, since it was no guess. */
  async giveBack(transaction: Writer, what: string): Promise<void> {
    await transaction
      .updateTable('attempts')
      .set((e) => ({ count: e('count', '-', 1) }))
      .where('scope', '=', hash(what))
      .where('count', '>', 0)
      .execute();
  }

  /** Those at an account do not count any more, since somebody knew its password. */
  async forget(transaction: Writer, what: string): Promise<void> {
    await transaction.deleteFrom('attempts').where('scope', '=', hash(what)).execute();
  }
}

/** People type passwords into the wrong field: what was typed is not kept. */
const hash = (what: string): string => createHash('sha256').update(what).digest('hex');
