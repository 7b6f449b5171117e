import { createHash, createHmac } from 'node:crypto';
import type { Context } from 'hono';
import { type Clock, type Database, instant, type Writer, withoutSecrets } from '../../platform/index.ts';
import { ApiError } from '../answers/problem.ts';
import type { Reply } from '../answers/reply.ts';

const keptMs = 86_400_000;
const form = /^[\x21-\x7e]{16,255}$/;

/** To be called in the transaction of a creation, with what it will be answered. */
export type Remember = (transaction: Writer, reply: Reply) => Promise<void>;

/**
 * A creation that is asked for twice with the same `Idempotency-Key` within a day happens once, and is answered alike.
 * The answer is kept in the transaction of the creation: neither is there without the other.
 */
export class Idempotency {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(options: { database: Database; clock: Clock }) {
    this.#database = options.database;
    this.#clock = options.clock;
  }

  /** @throws ApiError when the key is none, or was another request's */
  async once(
    context: Context,
    userId: string,
    body: unknown,
    work: (remember: Remember) => Promise<Reply>,
  ): Promise<Reply> {
    const given = context.req.header('idempotency-key');
    if (given === undefined) return await work(async () => {});
    if (!form.test(given)) {
      throw new ApiError('api.invalid', 'the idempotency key is refused', {
        fields: [{ field: 'header.idempotency-key', detail: '16 to 255 visible characters' }],
        advice: 'Send a random UUID.',
      });
    }
    const key = createHash('sha256').update(given).digest('hex');
    const fingerprint = fingerprintOf(given, context, body);
    const earlier = await this.#find(userId, key, fingerprint);
    if (earlier !== undefined) return earlier;
    try {
      return await work(async (transaction, reply) => {
        // Of two at a time the second fails here, by the key of the table, and its creation with it.
        await this.#keep(transaction, userId, key, fingerprint, reply);
      });
    } catch (error) {
      // The same request may have been faster: then this one found its work done, and was refused.
      const meanwhile = await this.#find(userId, key, fingerprint);
      if (meanwhile !== undefined) return meanwhile;
      throw error;
    }
  }

  async #find(userId: string, key: string, fingerprint: string): Promise<Reply | undefined> {
    const row = await this.#database.read
      .selectFrom('idempotent_replies')
      .selectAll()
      .where('user_id', '=', userId)
      .where('key', '=', key)
      .where('at', '>', this.#since())
      .executeTakeFirst();
    if (row === undefined) return undefined;
    if (row.fingerprint !== fingerprint) {
      throw new ApiError('api.idempotency-key', 'another request was made with this idempotency key', {
        advice: 'Make a new key for every creation; repeat one only to repeat the very same request.',
      });
    }
    return {
      status: row.status as Reply['status'],
      headers: { ...JSON.parse(row.headers), 'idempotency-replayed': 'true' },
      body: JSON.parse(row.body),
    };
  }

  async #keep(
    transaction: Writer,
    user_id: string,
    key: string,
    fingerprint: string,
    { status, headers = {}, body }: Reply,
  ): Promise<void> {
    await transaction.deleteFrom('idempotent_replies').where('at', '<=', this.#since()).execute();
    await transaction
      .insertInto('idempotent_replies')
      .values({
        user_id,
        key,
        fingerprint,
        status,
        headers: JSON.stringify(headers),
        body: JSON.stringify(body),
        at: instant(this.#clock.now()),
      })
      .execute();
  }

  #since() {
    return instant(new Date(this.#clock.now().getTime() - keptMs));
  }
}

/**
 * By it nobody with the database alone can try passwords: the key of the request is not in there, and passwords do
 * not go into it.
 */
function fingerprintOf(key: string, { req }: Context, body: unknown): string {
  const text = withoutSecrets(
    JSON.stringify(body, (name, value) => (/(password|secret)$/i.test(name) ? undefined : value)),
  );
  return createHmac('sha256', key).update(`${req.method} ${req.path}\n${text}`).digest('hex');
}
