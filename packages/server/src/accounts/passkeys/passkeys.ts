import { randomUUID } from 'node:crypto';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { z } from 'zod';
import type { AuditLog, Origin } from '../../audit/index.ts';
import type { IdentitySeals } from '../../identity/index.ts';
import {
  type Clock,
  type Database,
  type Instant,
  instant,
  NotFoundError,
  type Reader,
  type Writer,
} from '../../platform/index.ts';
import type { AccountEngine } from '../engine/account-engine.ts';
import { originOf, type Session, type Visit } from '../sessions/session.ts';
import { answerOnce } from './answer-once.ts';
import { challengeMs } from './challenge.ts';
import type { RelyingParty } from './relying-party.ts';

const most = 20;
export const longestName = 60;
/** Of COSE: EdDSA, ES256, RS256; what the library would offer besides depends on what Node is trying out. */
const supportedAlgorithmIDs = [-8, -7, -257];

/** One of a user's, for that user's eyes. */
export interface Passkey {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Instant;
  readonly lastUsedAt: Instant | undefined;
}

export type AddedPasskey = 'added' | 'refused' | 'too-many';

/** Whoever has the key that a browser signed with, and unlocked it. */
export interface KnownHolder {
  readonly userId: string;
  readonly passkeyId: string;
  readonly email: string;
}

/** What a browser sends; all else of it is read by the library that verifies it. */
const answered = z.looseObject({
  id: z.string().min(1).max(1_400),
  response: z.looseObject({ clientDataJSON: z.string().max(8_000) }),
});

/**
 * Keys in the hands of people: of a phone, a computer or a stick, bound to the console's name, and unlocked by a finger or
 * a PIN each time, so that one of them is two factors. There is a public key here, which signs nobody in.
 */
export class Passkeys {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #audit: AuditLog;
  readonly #engine: AccountEngine;
  readonly #identity: IdentitySeals;

  constructor(options: {
    database: Database;
    clock: Clock;
    audit: AuditLog;
    engine: AccountEngine;
    identity: IdentitySeals;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#audit = options.audit;
    this.#engine = options.engine;
    this.#identity = options.identity;
  }

  /** The oldest first. */
  async list(userId: string, reader: Reader = this.#database.read): Promise<Passkey[]> {
    const rows = await reader
      .selectFrom('passkeys')
      .select(['id', 'name', 'created_at', 'last_used_at'])
      .where('user_id', '=', userId)
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return rows.map(({ id, name, created_at, last_used_at }) => ({
      ...{ id, name, createdAt: created_at, lastUsedAt: last_used_at ?? undefined },
    }));
  }

  /** Anybody here has one. */
  async areUsed(): Promise<boolean> {
    return (await this.#database.read.selectFrom('passkeys').select('id').limit(1).execute()).length > 0;
  }

  /** What a browser needs to make one, as JSON. */
  async creationOptions(session: Session, party: RelyingParty): Promise<string> {
    const { generateRegistrationOptions } = await library();
    const known = this.#database.read
      .selectFrom('passkeys')
      .select('credential_id')
      .where('user_id', '=', session.user.id);
    const challenges = await this.#engine.challenges();
    const options = await generateRegistrationOptions({
      rpName: 'Octobox',
      rpID: party.id,
      userName: session.user.email,
      userDisplayName: session.user.name,
      userID: new TextEncoder().encode(session.user.id),
      challenge: new Uint8Array(challenges.make(`add ${session.id}`, this.#clock.now())),
      timeout: challengeMs,
      supportedAlgorithmIDs,
      attestationType: 'none',
      excludeCredentials: (await known.execute()).map(({ credential_id }) => ({ id: credential_id })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    return JSON.stringify(options);
  }

  /** What a browser needs to sign in, or with a session to prove that it is still the same person, as JSON. */
  async requestOptions(party: RelyingParty, session?: Session): Promise<string> {
    const { generateAuthenticationOptions } = await library();
    const challenges = await this.#engine.challenges();
    const own =
      session === undefined
        ? []
        : await this.#database.read
            .selectFrom('passkeys')
            .select(['credential_id', 'transports'])
            .where('user_id', '=', session.user.id)
            .execute();
    const options = await generateAuthenticationOptions({
      rpID: party.id,
      challenge: new Uint8Array(challenges.make(purposeOf(session), this.#clock.now())),
      timeout: challengeMs,
      userVerification: 'required',
      allowCredentials: own.map((row) => ({
        id: row.credential_id,
        transports: JSON.parse(row.transports) as string[],
      })),
    });
    return JSON.stringify(options);
  }

  /** Keeps the one that a browser made just now. */
  async add(
    session: Session,
    given: { readonly name: string; readonly answer: string },
    party: RelyingParty,
    visit: Visit,
  ): Promise<AddedPasskey> {
    const answer = readAnswer(given.answer);
    if (answer === undefined) return 'refused';
    const { verifyRegistrationResponse } = await library();
    const challenge = await this.#goodChallenge(`add ${session.id}`);
    const result = await verifyRegistrationResponse({
      response: answer as unknown as RegistrationResponseJSON,
      expectedChallenge: challenge.isGood,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      supportedAlgorithmIDs,
    }).catch(() => undefined);
    if (result?.verified !== true) return 'refused';
    const { credential } = result.registrationInfo;
    const name = nameOf(given.name);
    const userId = session.user.id;
    return await this.#database.change(async (transaction) => {
      if (!(await answerOnce(transaction, challenge.seen(), this.#clock.now()))) return 'refused';
      const known = await transaction
        .selectFrom('passkeys')
        .select(['user_id', 'credential_id'])
        .where((e) => e.or([e('user_id', '=', userId), e('credential_id', '=', credential.id)]))
        .execute();
      if (known.some(({ credential_id }) => credential_id === credential.id)) return 'refused';
      if (known.length >= most) return 'too-many';
      const seal = await this.#identity.get(transaction);
      await transaction
        .insertInto('passkeys')
        .values(
          seal.on('passkeys', {
            id: randomUUID(),
            credential_id: credential.id,
            user_id: userId,
            name,
            public_key: Buffer.from(credential.publicKey).toString('base64url'),
            counter: credential.counter,
            transports: JSON.stringify(credential.transports ?? []),
            created_at: instant(this.#clock.now()),
            last_used_at: null,
          }),
        )
        .execute();
      const origin = originOf(visit, session);
      await this.#audit.append(transaction, {
        action: 'passkey.added',
        origin,
        subject: `user:${userId}`,
        after: { name },
      });
      await this.#engine.notices.tell(transaction, userId, 'passkey-added');
      return 'added';
    });
  }

  /** @throws NotFoundError when it is none of this user */
  async get(userId: string, id: string, reader: Reader = this.#database.read): Promise<Passkey> {
    const own = (await this.list(userId, reader)).find((passkey) => passkey.id === id);
    if (own === undefined) throw new NotFoundError('such passkey');
    return own;
  }

  /**
   * What it is known by.
   * @param look refuses within the change what is not as it was seen
   * @throws NotFoundError when it is none of this user
   */
  async rename(
    session: Session,
    id: string,
    name: string,
    visit: Visit,
    look: (passkey: Passkey) => void = () => undefined,
  ): Promise<void> {
    await this.#database.change(async (transaction) => {
      const own = await this.get(session.user.id, id, transaction);
      look(own);
      const after = nameOf(name);
      if (own.name === after) return;
      await transaction.updateTable('passkeys').set({ name: after }).where('id', '=', id).execute();
      await this.#audit.append(transaction, {
        action: 'passkey.renamed',
        origin: originOf(visit, session),
        subject: `user:${session.user.id}`,
        before: { name: own.name },
        after: { name: after },
      });
    });
  }

  /** Signs nobody in any more; false when there is no such one of this user. */
  async remove(session: Session, id: string, visit: Visit): Promise<boolean> {
    return await this.#database.change(async (transaction) => {
      const gone = await this.#delete(transaction, session.user.id, originOf(visit, session), id);
      if (gone > 0) await this.#engine.notices.tell(transaction, session.user.id, 'passkey-removed');
      return gone > 0;
    });
  }

  /** Those of somebody whose account another one may have had. */
  async removeAll(transaction: Writer, userId: string, origin: Origin): Promise<void> {
    await this.#delete(transaction, userId, origin);
  }

  /**
   * Who it is that answered; undefined: it proves nothing. Each answer is good once. The caller limits the guesses.
   * @param session whose it must be, when somebody proves who he is
   */
  async holder(
    answer: string,
    party: RelyingParty,
    visit: Visit,
    session?: Session,
  ): Promise<KnownHolder | undefined> {
    const read = readAnswer(answer);
    if (read === undefined) return undefined;
    await this.#identity.get();
    const row = await this.#database.read
      .selectFrom('passkeys')
      .innerJoin('users', 'users.id', 'passkeys.user_id')
      .selectAll('passkeys')
      .select(['users.name as user_name', 'users.email', 'users.second_factor_since'])
      .select('users.seal as user_seal')
      .where('passkeys.credential_id', '=', read.id)
      .executeTakeFirst();
    if (row === undefined || (session !== undefined && session.user.id !== row.user_id)) return undefined;
    const { user_id: userId, user_name, email, second_factor_since, user_seal: seal } = row;
    const user = { id: userId, name: user_name, email, second_factor_since, seal };
    if (!(await this.#identity.isRight('passkeys', row))) return undefined;
    if (!(await this.#identity.isRight('users', user))) return undefined;
    const { verifyAuthenticationResponse } = await library();
    const challenge = await this.#goodChallenge(purposeOf(session));
    const result = await verifyAuthenticationResponse({
      response: read as unknown as AuthenticationResponseJSON,
      expectedChallenge: challenge.isGood,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      credential: {
        id: read.id,
        publicKey: new Uint8Array(Buffer.from(row.public_key, 'base64url')),
        counter: row.counter,
      },
      requireUserVerification: true,
    }).catch(() => undefined);
    if (result?.verified !== true) return undefined;
    const { newCounter } = result.authenticationInfo;
    const first = await this.#database.change(async (transaction) => {
      if (!(await answerOnce(transaction, challenge.seen(), this.#clock.now()))) return false;
      await transaction
        .updateTable('passkeys')
        .set({ counter: newCounter, last_used_at: instant(this.#clock.now()) })
        .where('id', '=', row.id)
        .execute();
      await this.#audit.append(transaction, {
        action: 'passkey.used',
        origin: { ...originOf(visit), actor: { id: userId, name: user_name } },
        subject: `user:${userId}`,
        after: { name: row.name, for: session === undefined ? 'sign-in' : 'proof' },
      });
      return true;
    });
    if (!first) return undefined;
    return { userId, passkeyId: row.id, email };
  }

  /** Within a change: that passkey was not removed meanwhile. */
  async isStillKept(reader: Reader, { passkeyId }: KnownHolder): Promise<boolean> {
    const row = reader.selectFrom('passkeys').select('id').where('id', '=', passkeyId);
    return (await row.executeTakeFirst()) !== undefined;
  }

  async #goodChallenge(purpose: string) {
    const challenges = await this.#engine.challenges();
    let seen = '';
    return {
      isGood: (text: string): boolean => {
        seen = text;
        return challenges.isGood(text, purpose, this.#clock.now());
      },
      seen: () => seen,
    };
  }

  async #delete(transaction: Writer, userId: string, origin: Origin, id?: string): Promise<number> {
    let query = transaction.deleteFrom('passkeys').where('user_id', '=', userId).returning('name');
    if (id !== undefined) query = query.where('id', '=', id);
    const gone = await query.execute();
    for (const { name } of gone) {
      const subject = `user:${userId}`;
      await this.#audit.append(transaction, { action: 'passkey.removed', origin, subject, before: { name } });
    }
    return gone.length;
  }
}

const nameOf = (given: string): string =>
  given
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, longestName) || 'A passkey';

const purposeOf = (session: Session | undefined): string =>
  session === undefined ? 'sign in' : `proof ${session.id}`;

function readAnswer(text: string): z.output<typeof answered> | undefined {
  try {
    return answered.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Loaded by the first who has a passkey: it brings a good deal of ASN.1 along. */
const library = () => import('@simplewebauthn/server');
