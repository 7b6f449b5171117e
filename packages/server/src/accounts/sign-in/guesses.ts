import type { AuditLog, Origin } from '../../audit/index.ts';
import type { Clock, Database, Writer } from '../../platform/index.ts';
import type { Visit } from '../sessions/session.ts';
import { type AttemptLimit, Attempts, ofAddress } from './attempts.ts';
import { networkOf } from './network-of.ts';

/** What is guessed at: `account ada@example.com`. It may not exist. */
export interface Guessed {
  readonly scope: string;
  readonly limit: AttemptLimit;
}

const networkScope = ({ address }: Visit): string => `address ${networkOf(address ?? '')}`;

/** How often somebody may guess: at one thing from anywhere, and from one address at whatever. */
export class Guesses {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #attempts: Attempts;

  constructor(options: { database: Database; clock: Clock; audit: AuditLog }) {
    this.#database = options.database;
    this.#audit = options.audit;
    this.#attempts = new Attempts(options.clock);
  }

  /** Counts an attempt; what is one too many is recorded once for each limit, not once for each guess. */
  async mayTry(
    { scope, limit }: Guessed,
    visit: Visit,
    record: { action: string; origin: Origin; subject: string | undefined },
  ): Promise<boolean> {
    return await this.#database.change(async (transaction) => {
      let allowed = true;
      for (const [what, most] of [
        [scope, limit],
        [networkScope(visit), ofAddress],
      ] as const) {
        const count = await this.#attempts.count(transaction, what, most);
        if (count > most.most) allowed = false;
        if (count === most.most + 1) await this.#audit.append(transaction, record);
      }
      return allowed;
    });
  }

  /** One attempt was no guess: whoever made it is who he says. Each is given back once, or an address might guess for ever. */
  async right(transaction: Writer, visit: Visit): Promise<void> {
    await this.#attempts.giveBack(transaction, networkScope(visit));
  }

  /** Those at this count no more. */
  async forget(transaction: Writer, { scope }: Guessed): Promise<void> {
    await this.#attempts.forget(transaction, scope);
  }
}
