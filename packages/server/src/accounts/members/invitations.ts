import { randomUUID } from 'node:crypto';
import { type Asker, isRole, type Role } from '../../access/index.ts';
import type { Origin } from '../../audit/index.ts';
import type { Mail } from '../../mail/index.ts';
import { type Instant, InvalidError, instant, NotFoundError, type Writer } from '../../platform/index.ts';
import { invitationLetter } from '../letters/invitation-letter.ts';
import { newToken, tokenHash } from '../link-token.ts';
import { objection } from '../password/password-rules.ts';
import { type NewAssignment, readInvited, readName } from '../read-person.ts';
import { originOf, type Visit } from '../sessions/session.ts';
import type { InvitationOutcome } from '../sign-in/sign-in-outcome.ts';
import { slugsOf } from './assigned-services.ts';
import type { MembershipParts } from './membership-parts.ts';

const invitationLifeMs = 7 * 86_400_000;

export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly until: Instant | undefined;
  /** Ids. */
  readonly services: readonly string[];
  readonly expiresAt: Instant;
  /** What became of its mail; undefined: whoever invited got the link. */
  readonly mail: Pick<Mail, 'state' | 'failure'> | undefined;
}

export interface NewInvitation extends NewAssignment {
  readonly email: string;
  /** No mail is sent, and whoever invites gets the link to pass it on, as when no mail is configured. */
  readonly showLink?: boolean | undefined;
}

export interface MadeInvitation {
  /** Of the link: a secret, for who was invited alone. Undefined: it is on its way to that address, and to nobody else. */
  readonly token: string | undefined;
  readonly invitation: Invitation;
}

/** Links by which others become members, once; each act is allowed by the table of permissions or refused. */
export class Invitations {
  readonly #parts: MembershipParts;

  constructor(parts: MembershipParts) {
    this.#parts = parts;
  }

  /** Those that can be used still, by address. */
  async list(asker: Asker): Promise<Invitation[]> {
    await this.#parts.access.require(asker, 'members.read');
    const rows = await this.#parts.database.read
      .selectFrom('invitations')
      .selectAll()
      .where('expires_at', '>', instant(this.#parts.clock.now()))
      .orderBy('email')
      .execute();
    const open = await this.#parts.identity.rightOf('invitations', rows);
    const mails = await this.#parts.engine.outbox.about(open.map(({ id }) => aboutOf(id)));
    return open.flatMap(({ id, email, role, until, services, expires_at }) =>
      isRole(role)
        ? [
            {
              ...{ id, email, role, until: until ?? undefined, expiresAt: expires_at },
              mail: mails.get(aboutOf(id)),
              services: JSON.parse(services) as string[],
            },
          ]
        : [],
    );
  }

  /**
   * Makes a link that makes its bearer a member, once, within a week, and mails it where mail is configured; one to the
   * same address before is void then.
   * @throws InvalidError with a sentence for who invites
   */
  async make(asker: Asker, given: NewInvitation, origin: Origin): Promise<MadeInvitation> {
    await this.#parts.access.require(asker, 'members.change');
    const invited = readInvited(given, this.#parts.clock.now());
    const { token, hash } = newToken();
    const id = randomUUID();
    const expires = new Date(this.#parts.clock.now().getTime() + invitationLifeMs);
    const expiresAt = instant(expires);
    const { outbox, url } = this.#parts.engine;
    const byMail = outbox.enabled && given.showLink !== true;
    if (byMail) await outbox.prepare();
    await this.#parts.engine.acts.change(async (transaction) => {
      await this.#parts.access.require(asker, 'members.change', { reader: transaction });
      const organisationId = (await this.#parts.access.membership(asker.user, transaction))?.organisationId;
      if (organisationId === undefined) throw new NotFoundError('organisation');
      const known = transaction.selectFrom('users').select('id').where('email', '=', invited.email);
      if ((await known.executeTakeFirst()) !== undefined) {
        throw new InvalidError('email', 'there is an account with this address already');
      }
      const outdated = transaction
        .deleteFrom('invitations')
        .where((e) =>
          e.or([e('email', '=', invited.email), e('expires_at', '<=', instant(this.#parts.clock.now()))]),
        )
        .returning('id');
      for (const gone of await outdated.execute()) await outbox.withdraw(transaction, aboutOf(gone.id));
      const seal = await this.#parts.identity.get(transaction);
      await transaction
        .insertInto('invitations')
        .values(
          seal.on('invitations', {
            id,
            token_hash: hash,
            organisation_id: organisationId,
            email: invited.email,
            role: invited.role,
            until: invited.until ?? null,
            services: JSON.stringify(invited.services),
            invited_by: asker.user.id,
            expires_at: expiresAt,
          }),
        )
        .execute();
      if (byMail) {
        const { organisation, inviter } = await transaction
          .selectFrom('organisations')
          .select('name as organisation')
          .select((e) => e.selectFrom('users').select('name').where('id', '=', asker.user.id).as('inviter'))
          .where('id', '=', organisationId)
          .executeTakeFirstOrThrow();
        const link = `${url}/invitation/${token}`;
        const letter = { organisation, inviter: inviter ?? organisation, email: invited.email, link };
        const mail = { kind: 'invitation', to: invited.email, about: aboutOf(id), expiresAt: expires };
        await outbox.add(transaction, mail, invitationLetter(letter));
      }
      await this.#parts.audit.append(transaction, {
        action: 'member.invited',
        origin,
        subject: `invitation:${id}`,
        after: {
          email: invited.email,
          role: invited.role,
          until: invited.until ?? null,
          services: await slugsOf(transaction, invited.services),
          byMail,
        },
      });
    });
    const { email, role, until, services } = invited;
    const mail = byMail ? { state: 'waiting' as const, failure: undefined } : undefined;
    const invitation = { id, email, role, until, services, expiresAt, mail };
    return { token: byMail ? undefined : token, invitation };
  }

  /** The same again with a new link and a new week; the link before is good no more. @throws NotFoundError, InvalidError */
  async renew(
    asker: Asker,
    invitationId: string,
    showLink: boolean,
    origin: Origin,
  ): Promise<MadeInvitation> {
    const open = (await this.list(asker)).find(({ id }) => id === invitationId);
    if (open === undefined) throw new NotFoundError(`invitation "${invitationId}"`);
    const { email, role, until = '', services } = open;
    return await this.make(asker, { email, role, until: until.slice(0, 10), services, showLink }, origin);
  }

  /** Its link is good no more; false when there is no such invitation. It gives nobody power, and so needs no proof. */
  async withdraw(asker: Asker, invitationId: string, origin: Origin): Promise<boolean> {
    return await this.#parts.engine.acts.change(async (transaction) => {
      await this.#parts.access.require(asker, 'invitations.withdraw', { reader: transaction });
      const row = await transaction
        .deleteFrom('invitations')
        .where('id', '=', invitationId)
        .returning(['email', 'role'])
        .executeTakeFirst();
      if (row === undefined) return false;
      await this.#parts.engine.outbox.withdraw(transaction, aboutOf(invitationId));
      await this.#parts.audit.append(transaction, {
        action: 'invitation.withdrawn',
        origin,
        subject: `invitation:${invitationId}`,
        before: row,
      });
      return true;
    });
  }

  /** Undefined when the link cannot be used (any more). */
  async find(token: string): Promise<{ email: string; organisation: string } | undefined> {
    await this.#parts.identity.get();
    const row = await this.#parts.database.read
      .selectFrom('invitations')
      .innerJoin('organisations', 'organisations.id', 'invitations.organisation_id')
      .selectAll('invitations')
      .select('organisations.name as organisation')
      .where('invitations.token_hash', '=', tokenHash(token))
      .where('invitations.expires_at', '>', instant(this.#parts.clock.now()))
      .executeTakeFirst();
    const isOurs = row !== undefined && (await this.#parts.identity.isRight('invitations', row));
    return isOurs ? { email: row.email, organisation: row.organisation } : undefined;
  }

  /** Who was invited becomes a member, and is signed in. */
  async accept(
    token: string,
    given: { readonly name: string; readonly password: string },
    visit: Visit,
  ): Promise<InvitationOutcome> {
    const invited = await this.find(token);
    if (invited === undefined) return { kind: 'used' };
    const name = readName(given.name);
    if (typeof name !== 'string') return { kind: 'objection', field: 'name', objection: name.objection };
    const { email, organisation } = invited;
    const about = [name, email, organisation, 'octobox'];
    const bad = await objection({ password: given.password, secondFactor: false, about });
    if (bad !== undefined) return { kind: 'objection', field: 'password', objection: bad };
    let used: UsedInvitation | undefined;
    const made = await this.#parts.engine.addUser(
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
    const outcome = await this.#parts.accounts.signIn({ email, password: given.password }, visit);
    return { kind: 'done', cookies: outcome.kind === 'signed-in' ? outcome.cookies : [] };
  }

  async #use(transaction: Writer, token: string): Promise<UsedInvitation | undefined> {
    const row = await transaction
      .selectFrom('invitations')
      .selectAll()
      .where('token_hash', '=', tokenHash(token))
      .where('expires_at', '>', instant(this.#parts.clock.now()))
      .executeTakeFirst();
    if (row === undefined || !(await this.#parts.identity.isRight('invitations', row, transaction)))
      return undefined;
    await transaction.deleteFrom('invitations').where('token_hash', '=', row.token_hash).execute();
    return row;
  }

  async #join(
    transaction: Writer,
    invitation: UsedInvitation,
    user: { id: string; name: string },
    visit: Visit,
  ): Promise<void> {
    const { organisation_id, role, until } = invitation;
    const seal = await this.#parts.identity.get(transaction);
    const member = { organisation_id, user_id: user.id, role, until };
    await transaction
      .insertInto('members')
      .values(seal.on('members', { ...member, created_at: instant(this.#parts.clock.now()) }))
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
        .values(seal.on('member_services', { user_id: user.id, service_id: service }))
        .execute();
      assigned.push(service);
    }
    await this.#parts.audit.append(transaction, {
      action: 'member.joined',
      origin: { ...originOf(visit), actor: user },
      subject: `invitation:${invitation.id}`,
      after: { role, until, services: await slugsOf(transaction, assigned) },
    });
  }
}

/** Of its mail. */
const aboutOf = (invitationId: string): string => `invitation:${invitationId}`;

interface UsedInvitation {
  readonly id: string;
  readonly organisation_id: string;
  readonly role: string;
  readonly until: string | null;
  readonly services: string;
}
