import type { IdentitySeals } from '../identity/index.ts';
import {
  type Clock,
  type Database,
  type Instant,
  Prepared,
  type Reader,
  ServerError,
  type Writer,
} from '../platform/index.ts';
import { decide, isOver, type Membership, type Places, placesOf } from './decide.ts';
import { needsProof, type Permission, permissions, reach } from './permissions.ts';
import { isFreshProof } from './proof.ts';
import { isRole } from './roles.ts';

/** A user, in person or by a key. */
export interface Who {
  readonly id: string;
  /** Of the key; nothing else may be done with it. Undefined: the user in person. */
  readonly scopes?: readonly Permission[] | undefined;
  /** As it was read along with who asks, when the request came. Undefined: it is to be asked for. */
  readonly membership?: Membership | undefined;
}

/** Who asks, and when that person last showed to be it: what a session knows. */
export interface Asker {
  readonly user: Who;
  readonly provedAt: Instant | undefined;
}

/** The one place that is asked whether somebody may do something. */
export class Access {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #identity: IdentitySeals;
  // In one statement: every request of the API asks this.
  readonly #memberships = new Prepared((reader, given: { id: string }) =>
    reader
      .selectFrom('members')
      .innerJoin('users', 'users.id', 'members.user_id')
      .leftJoin('member_services', 'member_services.user_id', 'members.user_id')
      .select(['members.organisation_id', 'members.user_id', 'members.role', 'members.until', 'members.seal'])
      .select(['users.name', 'users.email', 'users.second_factor_since', 'users.seal as user_seal'])
      .select(['member_services.service_id', 'member_services.seal as service_seal'])
      .where('members.user_id', '=', given.id),
  );

  constructor(options: { database: Database; clock: Clock; identity: IdentitySeals }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#identity = options.identity;
  }

  /** Within a change give its transaction: what is allowed stays so until that ends. */
  async may(
    user: Who,
    permission: Permission,
    options: { readonly service?: string; readonly reader?: Reader } = {},
  ): Promise<boolean> {
    if (user.scopes?.includes(permission) === false) return false;
    const membership = await this.membership(user, options.reader);
    return decide(membership, permission, { now: this.#clock.now(), service: options.service });
  }

  /**
   * @throws ServerError `server.forbidden`, `server.time-over`, or `server.proof-needed` when it was too long ago that
   *   the asker showed who he is
   */
  async require(
    asker: Asker,
    permission: Permission,
    options: { readonly service?: string; readonly reader?: Reader } = {},
  ): Promise<void> {
    if (!(await this.may(asker.user, permission, options)))
      throw await this.refusal(asker.user, permission, options.reader);
    this.requireProof(asker, permission);
  }

  /** Why somebody may not do something, and what helps: no other role does when the time is over. */
  async refusal(user: Who, permission: Permission, reader?: Reader): Promise<ServerError> {
    const membership = await this.membership(user, reader);
    if (membership?.until !== undefined && isOver(membership, this.#clock.now())) {
      const [day, time = ''] = membership.until.split('T');
      const ended = `${day} at ${time.slice(0, 5)} UTC`;
      return new ServerError('server.time-over', `the time for which you were let in ended on ${ended}`, {
        advice: 'An owner of the organisation can prolong it, on the screen Members.',
      });
    }
    const advice =
      user.scopes?.includes(permission) !== false
        ? 'Ask an owner of the organisation for a role that has it.'
        : needsProof(permission)
          ? 'No key can have it, because it needs a fresh proof of who asks: do it in the console.'
          : 'Make a key with that scope, if your role has it.';
    return new ServerError('server.forbidden', `this needs the permission ${permission}`, { advice });
  }

  /** @throws ServerError `server.proof-needed` when the permission needs a proof, and it was too long ago */
  requireProof({ provedAt }: Pick<Asker, 'provedAt'>, permission: Permission): void {
    if (needsProof(permission)) this.requireFreshProof({ provedAt }, permission);
  }

  /** @throws ServerError `server.proof-needed` when it was too long ago that the asker showed who he is */
  requireFreshProof({ provedAt }: Pick<Asker, 'provedAt'>, what: string): void {
    if (isFreshProof(provedAt, this.#clock.now())) return;
    throw new ServerError('server.proof-needed', `${what} needs a fresh proof of who asks`, {
      advice: 'Give the password, a code of the second factor or a passkey once more.',
    });
  }

  /** Where somebody may do something: for the request that this is asked for, and not for a change, which asks anew. */
  async places(user: Who, permission: Permission): Promise<Places> {
    if (user.scopes?.includes(permission) === false) return new Set();
    return placesOf(user.membership ?? (await this.membership(user)), permission, this.#clock.now());
  }

  /** What somebody may do at all, be it in services that are assigned alone. */
  async having(user: Who, reader?: Reader): Promise<Permission[]> {
    const membership = await this.membership(user, reader);
    if (membership === undefined || isOver(membership, this.#clock.now())) return [];
    return permissions.filter(
      (permission) =>
        reach(membership.role, permission) !== 'none' && user.scopes?.includes(permission) !== false,
    );
  }

  /** A service is no more: nobody is assigned to it, should it come again. */
  async unassign(transaction: Writer, serviceId: string): Promise<void> {
    await transaction.deleteFrom('member_services').where('service_id', '=', serviceId).execute();
  }

  /** Undefined for whoever is no member, has a role that this version does not know, or one or an account that is not as it was written. */
  async membership({ id }: { readonly id: string }, reader?: Reader): Promise<Membership | undefined> {
    await this.#identity.get(reader);
    const rows = await this.#memberships.rows(reader ?? this.#database.read, { id });
    const [row] = rows;
    if (row === undefined || !isRole(row.role)) return undefined;
    if (!(await this.#identity.isRight('members', row, reader))) return undefined;
    // Whoever gives something to a member has chosen it by its name.
    const { name, email, second_factor_since, user_seal } = row;
    const user = { id, name, email, second_factor_since, seal: user_seal };
    if (!(await this.#identity.isRight('users', user, reader))) return undefined;
    const assigned = rows.flatMap(({ user_id, service_id, service_seal: seal }) =>
      service_id === null ? [] : [{ user_id, service_id, seal }],
    );
    const services = await this.#identity.rightOf('member_services', assigned, reader);
    return {
      organisationId: row.organisation_id,
      role: row.role,
      until: row.until ?? undefined,
      services: services.map(({ service_id }) => service_id),
    };
  }
}
