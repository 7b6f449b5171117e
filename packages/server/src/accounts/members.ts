import { randomUUID } from 'node:crypto';
import { type Access, type Asker, isRole, type Role } from '../access/index.ts';
import type { AuditLog, Origin } from '../audit/index.ts';
import {
  type Clock,
  type Database,
  type Instant,
  InvalidError,
  instant,
  NotFoundError,
  type Writer,
} from '../platform/index.ts';
import type { AccountEngine } from './account-engine.ts';
import type { Accounts } from './accounts.ts';
import { newToken, tokenHash } from './link-token.ts';
import { objection } from './password/password-rules.ts';
import { readInvited, readName } from './read-person.ts';
import { originOf, type Session, type Visit } from './session.ts';
import type { InvitationOutcome } from './sign-in/sign-in-outcome.ts';

const invitationLifeMs = 7 * 86_400_000;

export interface Member {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly until: Instant | undefined;
  readonly services: readonly string[];
  readonly hasSecondFactor: boolean;
}

export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly until: Instant | undefined;
  /** Ids. */
  readonly services: readonly string[];
  readonly expiresAt: Instant;
}

export interface NewInvitation {
  readonly email: string;
  readonly role: string;
  /** For an outside administrator: when the membership ends. */
  readonly until: string;
  /** Ids, for an outside administrator. */
  readonly services: readonly string[];
}

/** Who belongs to the organisation, with which role; each act is allowed by the table of permissions or refused. */
export class Members {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #audit: AuditLog;
  readonly #access: Access;
  readonly #accounts: Accounts;
  readonly #engine: AccountEngine;

  constructor(options: {
    database: Database;
    clock: Clock;
    audit: AuditLog;
    access: Access;
    accounts: Accounts;
    engine: AccountEngine;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#audit = options.audit;
    this.#access = options.access;
    this.#accounts = options.accounts;
    this.#engine = options.engine;
  }

  async list(asker: Asker): Promise<{ members: Member[]; invitations: Invitation[] }> {
    await this.#access.require(asker, 'members.read');
    const rows = await this.#database.read
      .selectFrom('members')
      .innerJoin('users', 'users.id', 'members.user_id')
      .select(['users.id', 'users.name', 'users.email', 'members.role', 'members.until'])
      .orderBy('users.name')
      .execute();
    const assigned = await this.#database.read.selectFrom('member_services').selectAll().execute();
    const factors = await this.#database.read.selectFrom('second_factors').select('user_id').execute();
    const open = await this.#database.read
      .selectFrom('invitations')
      .selectAll()
      .where('expires_at', '>', instant(this.#clock.now()))
      .orderBy('email')
      .execute();
    return {
      members: rows.map((row) => ({
        ...row,
        until: row.until ?? undefined,
        services: assigned.filter(({ user_id }) => user_id === row.id).map(({ service_id }) => service_id),
        hasSecondFactor: factors.some(({ user_id }) => user_id === row.id),
      })),
      invitations: open.flatMap(({ id, email, role, until, services, expires_at }) =>
        isRole(role)
          ? [
              {
                ...{ id, email, role, until: until ?? undefined, expiresAt: expires_at },
                services: JSON.parse(services) as string[],
              },
            ]
          : [],
      ),
    };
  }

  /**
   * Gives the token of a link that makes its bearer a member, once, within a week; one to the same address before is
   * void then.
   * @throws InvalidError with a sentence for who invites
   */
  async invite(session: Session, given: NewInvitation, visit: Visit): Promise<string> {
    await this.#access.require(session, 'members.change');
    const invited = readInvited(given, this.#clock.now());
    const { token, hash } = newToken();
    const id = randomUUID();
    await this.#engine.acts.change(async (transaction) => {
      await this.#access.require(session, 'members.change', { reader: transaction });
      const organisationId = (await this.#access.membership(session.user, transaction))?.organisationId;
      if (organisationId === undefined) throw new NotFoundError('organisation');
      const known = transaction.selectFrom('users').select('id').where('email', '=', invited.email);
      if ((await known.executeTakeFirst()) !== undefined) {
        throw new InvalidError('email', 'there is an account with this address already');
      }
      await transaction
        .deleteFrom('invitations')
        .where((e) =>
          e.or([e('email', '=', invited.email), e('expires_at', '<=', instant(this.#clock.now()))]),
        )
        .execute();
      await transaction
        .insertInto('invitations')
        .values({
          id,
          token_hash: hash,
          organisation_id: organisationId,
          email: invited.email,
          role: invited.role,
          until: invited.until ?? null,
          services: JSON.stringify(invited.services),
          invited_by: session.user.id,
          expires_at: instant(new Date(this.#clock.now().getTime() + invitationLifeMs)),
        })
        .execute();
      await this.#audit.append(transaction, {
        action: 'member.invited',
        origin: originOf(visit, session),
        subject: `invitation:${id}`,
        after: {
          email: invited.email,
          role: invited.role,
          until: invited.until ?? null,
          services: await slugsOf(transaction, invited.services),
        },
      });
    });
    return token;
  }

  /** Its link is good no more; false when there is no such invitation. It gives nobody power, and so needs no proof. */
  async withdraw(asker: Asker, invitationId: string, origin: Origin): Promise<boolean> {
    return await this.#engine.acts.change(async (transaction) => {
      await this.#access.require(asker, 'invitations.withdraw', { reader: transaction });
      const row = await transaction
        .deleteFrom('invitations')
        .where('id', '=', invitationId)
        .returning(['email', 'role'])
        .executeTakeFirst();
      if (row === undefined) return false;
      await this.#audit.append(transaction, {
        action: 'invitation.withdrawn',
        origin,
        subject: `invitation:${invitationId}`,
        before: row,
      });
      return true;
    });
  }

  /** Undefined when the link cannot be used (any more). */
  async invitation(token: string): Promise<{ email: string; organisation: string } | undefined> {
    return await this.#database.read
      .selectFrom('invitations')
      .innerJoin('organisations', 'organisations.id', 'invitations.organisation_id')
      .select(['invitations.email', 'organisations.name as organisation'])
      .where('invitations.token_hash', '=', tokenHash(token))
      .where('invitations.expires_at', '>', instant(this.#clock.now()))
      .executeTakeFirst();
  }

  /** Who was invited becomes a member, and is signed in. */
  async accept(
    token: string,
    given: { readonly name: string; readonly password: string },
    visit: Visit,
  ): Promise<InvitationOutcome> {
    const invited = await this.invitation(token);
    if (invited === undefined) return { kind: 'used' };
    const name = readName(given.name);
    if (typeof name !== 'string') return { kind: 'objection', field: 'name', objection: name.objection };
    const { email, organisation } = invited;
    const about = [name, email, organisation, 'octobox'];
    const bad = await objection({ password: given.password, secondFactor: false, about });
    if (bad !== undefined) return { kind: 'objection', field: 'password', objection: bad };
    let used: UsedInvitation | undefined;
    const made = await this.#engine.addUser(
      { name, email, password: given.password },
      originOf(visit),
      async (transaction) => {
        used = await this.#use(transaction, token);
        return used !== undefined;
      },
      async (transaction, user) => {
        if (used !== undefined) await this.#join(transaction, used, user, visit);
      },
    );
    if (made === undefined) return { kind: 'used' };
    const outcome = await this.#accounts.signIn({ email, password: given.password }, visit);
    return { kind: 'done', cookies: outcome.kind === 'signed-in' ? outcome.cookies : [] };
  }

  /** The account goes, with all its sessions; what it did stays in the audit log. The last owner stays. */
  async remove(session: Session, userId: string, visit: Visit): Promise<void> {
    const { internalAdapter } = await (await this.#engine.loaded()).$context;
    await this.#engine.acts.by(originOf(visit, session), () =>
      this.#engine.acts.change(async (transaction) => {
        await this.#access.require(session, 'members.change', { reader: transaction });
        const { role } = await this.#memberRow(transaction, userId);
        if (role === 'owner') await refuseLastOwner(transaction, userId);
        await this.#accounts.secondFactor.forget(transaction, userId);
        await internalAdapter.deleteUser(userId);
        await this.#audit.append(transaction, {
          action: 'member.removed',
          origin: originOf(visit, session),
          subject: `user:${userId}`,
          before: { role },
        });
      }),
    );
  }

  /** Another role without an end; an outside administrator is invited as one, since that needs services and an end. */
  async changeRole(session: Session, userId: string, role: string, visit: Visit): Promise<void> {
    if (!isRole(role) || role === 'outside-administrator') {
      throw new InvalidError('role', 'choose one of the roles');
    }
    await this.#engine.acts.change(async (transaction) => {
      await this.#access.require(session, 'members.change', { reader: transaction });
      const before = await this.#memberRow(transaction, userId);
      if (before.role === role) return;
      if (before.role === 'owner') await refuseLastOwner(transaction, userId);
      await transaction
        .updateTable('members')
        .set({ role, until: null })
        .where('user_id', '=', userId)
        .execute();
      const left = await transaction
        .deleteFrom('member_services')
        .where('user_id', '=', userId)
        .returning('service_id')
        .execute();
      const services = left.map(({ service_id }) => service_id);
      await this.#audit.append(transaction, {
        action: 'member.role-changed',
        origin: originOf(visit, session),
        subject: `user:${userId}`,
        before: {
          role: before.role,
          until: before.until,
          services: await slugsOf(transaction, services),
        },
        after: { role, until: null, services: '' },
      });
    });
  }

  async #memberRow(transaction: Writer, userId: string): Promise<{ role: string; until: string | null }> {
    const row = await transaction
      .selectFrom('members')
      .select(['role', 'until'])
      .where('user_id', '=', userId)
      .executeTakeFirst();
    if (row === undefined) throw new NotFoundError('such member');
    return row;
  }

  async #use(transaction: Writer, token: string): Promise<UsedInvitation | undefined> {
    return await transaction
      .deleteFrom('invitations')
      .where('token_hash', '=', tokenHash(token))
      .where('expires_at', '>', instant(this.#clock.now()))
      .returning(['id', 'organisation_id', 'role', 'until', 'services'])
      .executeTakeFirst();
  }

  async #join(
    transaction: Writer,
    invitation: UsedInvitation,
    user: { id: string; name: string },
    visit: Visit,
  ): Promise<void> {
    const { organisation_id, role, until } = invitation;
    await transaction
      .insertInto('members')
      .values({ organisation_id, user_id: user.id, role, until, created_at: instant(this.#clock.now()) })
      .execute();
    const assigned: string[] = [];
    for (const service of JSON.parse(invitation.services) as string[]) {
      // A service may have gone meanwhile.
      const there = transaction
        .selectFrom('services')
        .select('id')
        .where('id', '=', service)
        .where('removed_at', 'is', null);
      if ((await there.executeTakeFirst()) === undefined) continue;
      await transaction
        .insertInto('member_services')
        .values({ user_id: user.id, service_id: service })
        .execute();
      assigned.push(service);
    }
    await this.#audit.append(transaction, {
      action: 'member.joined',
      origin: { ...originOf(visit), actor: user },
      subject: `invitation:${invitation.id}`,
      after: { role, until, services: await slugsOf(transaction, assigned) },
    });
  }
}

interface UsedInvitation {
  readonly id: string;
  readonly organisation_id: string;
  readonly role: string;
  readonly until: string | null;
  readonly services: string;
}

/** For people: `mail, shop`. */
async function slugsOf(transaction: Writer, ids: readonly string[]): Promise<string> {
  if (ids.length === 0) return '';
  const rows = await transaction
    .selectFrom('services')
    .select('slug')
    .where('id', 'in', ids)
    .orderBy('slug')
    .execute();
  return rows.map(({ slug }) => slug).join(', ');
}

/** Otherwise nobody could do what only an owner may, and the next start would offer the set-up link. */
async function refuseLastOwner(transaction: Writer, userId: string): Promise<void> {
  const other = await transaction
    .selectFrom('members')
    .innerJoin('users', 'users.id', 'members.user_id')
    .select('users.id')
    .where('members.role', '=', 'owner')
    .where('users.id', '!=', userId)
    .executeTakeFirst();
  if (other === undefined)
    throw new InvalidError('role', 'an organisation has an owner: make another one first');
}
