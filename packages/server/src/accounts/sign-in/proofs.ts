import { isFreshProof } from '../../access/index.ts';
import type { AuditLog } from '../../audit/index.ts';
import type { IdentitySeals } from '../../identity/index.ts';
import { type Clock, type Database, type Instant, instant, type Writer } from '../../platform/index.ts';
import type { AccountEngine } from '../engine/account-engine.ts';
import type { Passkeys } from '../passkeys/passkeys.ts';
import type { RelyingParty } from '../passkeys/relying-party.ts';
import { isPasswordOf } from '../password/known-password.ts';
import type { CodeOutcome, SecondFactor } from '../second-factor/second-factor.ts';
import { originOf, type Session, type Visit } from '../sessions/session.ts';
import { ofProof } from './attempts.ts';
import type { Guesses } from './guesses.ts';

/** What a session is proved by: a code where there is a second factor, else the password. */
export type ProofKind = 'code' | 'password';

/** When sessions last showed who they are of: signing in does, and so does who is asked and gives the right answer. */
export class Proofs {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #audit: AuditLog;
  readonly #engine: AccountEngine;
  readonly #identity: IdentitySeals;
  readonly #guesses: Guesses;
  readonly #secondFactor: SecondFactor;
  readonly #passkeys: Passkeys;

  constructor(options: {
    database: Database;
    clock: Clock;
    audit: AuditLog;
    engine: AccountEngine;
    identity: IdentitySeals;
    guesses: Guesses;
    secondFactor: SecondFactor;
    passkeys: Passkeys;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#audit = options.audit;
    this.#engine = options.engine;
    this.#identity = options.identity;
    this.#guesses = options.guesses;
    this.#secondFactor = options.secondFactor;
    this.#passkeys = options.passkeys;
  }

  async kind({ user }: { readonly user: { readonly id: string } }): Promise<ProofKind> {
    return (await this.#secondFactor.state(user.id)) === undefined ? 'password' : 'code';
  }

  /** It showed that a moment ago. */
  isFresh({ provedAt }: Pick<Session, 'provedAt'>): boolean {
    return isFreshProof(provedAt, this.#clock.now());
  }

  /** The same session, with what it has shown meanwhile. */
  async seenAgain(session: Session): Promise<Session> {
    return { ...session, provedAt: await this.provedAt(session.id) };
  }

  /** Undefined: never. */
  async provedAt(sessionId: string): Promise<Instant | undefined> {
    await this.#identity.get();
    const row = await this.#database.read
      .selectFrom('session_proofs')
      .selectAll()
      .where('session_id', '=', sessionId)
      .executeTakeFirst();
    const isOurs = row !== undefined && (await this.#identity.isRight('session_proofs', row));
    return isOurs ? row.proved_at : undefined;
  }

  /** The session shows at this moment who it is of. */
  async note(transaction: Writer, sessionId: string): Promise<void> {
    const proved_at = instant(this.#clock.now());
    const proof = { session_id: sessionId, proved_at };
    const seal = (await this.#identity.get(transaction)).of('session_proofs', proof);
    await transaction
      .insertInto('session_proofs')
      .values({ ...proof, seal })
      .onConflict((conflict) => conflict.column('session_id').doUpdateSet({ proved_at, seal }))
      .execute();
  }

  /** Looks at what somebody gave who was asked. */
  async give(session: Session, given: string, visit: Visit): Promise<CodeOutcome | 'limited'> {
    const { id } = session.user;
    const by = await this.kind(session);
    return await this.#give(session, visit, by, async () =>
      by === 'code'
        ? await this.#secondFactor.check(id, given, originOf(visit, session))
        : await this.#password(id, given),
    );
  }

  /** The same for a passkey, which serves whatever else there is. */
  async giveByPasskey(
    session: Session,
    answer: string,
    party: RelyingParty,
    visit: Visit,
  ): Promise<CodeOutcome | 'limited'> {
    return await this.#give(session, visit, 'passkey', async () =>
      (await this.#passkeys.holder(answer, party, visit, session)) === undefined ? 'wrong' : 'right',
    );
  }

  async #give(
    session: Session,
    visit: Visit,
    by: ProofKind | 'passkey',
    look: () => Promise<CodeOutcome>,
  ): Promise<CodeOutcome | 'limited'> {
    const { id } = session.user;
    const origin = originOf(visit, session);
    const record = { origin, subject: `user:${id}` };
    const guessed = { scope: `proof ${id}`, limit: ofProof };
    if (!(await this.#guesses.mayTry(guessed, visit, { ...record, action: 'proof.limited' }))) {
      return 'limited';
    }
    const outcome = await look();
    await this.#database.change(async (transaction) => {
      if (outcome === 'right') {
        await this.note(transaction, session.id);
        await this.#guesses.right(transaction, visit);
        await this.#guesses.forget(transaction, guessed);
      }
      const action = outcome === 'right' ? 'proof.given' : 'proof.refused';
      await this.#audit.append(transaction, { ...record, action, after: { by } });
    });
    return outcome;
  }

  async #password(userId: string, given: string): Promise<CodeOutcome> {
    const { hashing } = this.#engine;
    const by = { hashing, reader: this.#database.read, identity: this.#identity };
    return (await isPasswordOf(by, userId, given)) ? 'right' : 'wrong';
  }
}
