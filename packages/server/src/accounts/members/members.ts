import type { Asker } from '../../access/index.ts';
import type { Origin } from '../../audit/index.ts';
import { knownUser, type Sealed, sealedColumns } from '../../identity/index.ts';
import {
  type Instant,
  InvalidError,
  instant,
  NotFoundError,
  type Reader,
  type Writer,
} from '../../platform/index.ts';
import { type NewAssignment, readAssignment } from '../read-person.ts';
import { slugsOf } from './assigned-services.ts';
import { refuseLastOwner } from './last-owner.ts';
import type { MembershipParts } from './membership-parts.ts';
import { type Removal, readRemoval } from './removal.ts';

export interface Member {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly until: Instant | undefined;
  readonly services: readonly string[];
  readonly hasSecondFactor: boolean;
  /** Neither removed nor given another role. */
  readonly isLastOwner: boolean;
}

/** Who belongs to the organisation, with which role; each act is allowed by the table of permissions or refused. */
export class Members {
  readonly #parts: MembershipParts;

  constructor(parts: MembershipParts) {
    this.#parts = parts;
  }

  /** By name. */
  async list(asker: Asker, reader: Reader = this.#parts.database.read): Promise<Member[]> {
    await this.#parts.access.require(asker, 'members.read', { reader });
    const [rows, assigned, factors] = await Promise.all([
      reader
        .selectFrom('members')
        .innerJoin('users', 'users.id', 'members.user_id')
        .select(['users.id', 'users.name', 'users.email', 'users.second_factor_since', 'users.seal'])
        .select(['members.role', 'members.until'])
        .orderBy('users.name')
        .execute(),
      reader.selectFrom('member_services').selectAll().orderBy('service_id').execute(),
      reader.selectFrom('second_factors').select('user_id').execute(),
    ]);
    const right = await this.#parts.identity.rightOf('users', rows, reader);
    const owners = rows.filter(({ role }) => role === 'owner').length;
    return rows.map((row) => ({
      id: row.id,
      // Nobody is chosen by a name that somebody else wrote.
      ...(right.includes(row) ? { name: row.name, email: row.email } : strangerOf(row.id)),
      role: row.role,
      isLastOwner: row.role === 'owner' && owners === 1,
      until: row.until ?? undefined,
      services: assigned.filter(({ user_id }) => user_id === row.id).map(({ service_id }) => service_id),
      hasSecondFactor: factors.some(({ user_id }) => user_id === row.id),
    }));
  }

  /** @throws NotFoundError */
  async one(asker: Asker, userId: string, reader: Reader = this.#parts.database.read): Promise<Member> {
    const found = (await this.list(asker, reader)).find(({ id }) => id === userId);
    if (found === undefined) throw new NotFoundError(`member "${userId}"`);
    return found;
  }

  /** What would end with the member's account. @throws NotFoundError */
  async removal(asker: Asker, userId: string, reader: Reader = this.#parts.database.read): Promise<Removal> {
    await this.#parts.access.require(asker, 'members.read', { reader });
    await this.#memberRow(reader, userId);
    return await readRemoval(this.#parts.identity, reader, userId, instant(this.#parts.clock.now()));
  }

  /**
   * The account goes, with all its sessions; what it did stays in the audit log. The last owner stays. What `check` throws,
   * within the transaction, undoes everything.
   */
  async remove(
    asker: Asker,
    userId: string,
    origin: Origin,
    check: (transaction: Writer) => Promise<void> = async () => {},
  ): Promise<void> {
    const { internalAdapter } = await (await this.#parts.engine.loaded()).$context;
    await this.#parts.engine.acts.by(origin, () =>
      this.#parts.engine.acts.change(async (transaction) => {
        await this.#parts.access.require(asker, 'members.change', { reader: transaction });
        const { role } = await this.#memberRow(transaction, userId);
        await check(transaction);
        if (role === 'owner') await refuseLastOwner(this.#parts.identity, transaction, userId);
        await this.#parts.accounts.secondFactor.forget(transaction, userId);
        await internalAdapter.deleteUser(userId);
        await this.#parts.audit.append(transaction, {
          action: 'member.removed',
          origin,
          subject: `user:${userId}`,
          before: { role },
        });
      }),
    );
  }

  /**
   * Another role, or another assignment of an outside administrator. The last owner stays one. What `check` throws, within
   * the transaction, undoes everything.
   * @throws InvalidError with a sentence for who changes it
   */
  async change(
    asker: Asker,
    userId: string,
    given: NewAssignment,
    origin: Origin,
    check: (transaction: Writer) => Promise<void> = async () => {},
  ): Promise<void> {
    await this.#parts.engine.acts.change(async (transaction) => {
      await this.#parts.access.require(asker, 'members.change', { reader: transaction });
      const { role, until = null, services } = readAssignment(given, this.#parts.clock.now());
      const before = await this.#memberRow(transaction, userId);
      await check(transaction);
      const rooms = { database: this.#parts.database, identity: this.#parts.identity };
      if ((await knownUser(rooms, { id: userId }, transaction)) === undefined)
        throw new InvalidError('role', 'this account is not as it was written: it can only be removed');
      if (before.role === 'owner' && role !== 'owner')
        await refuseLastOwner(this.#parts.identity, transaction, userId);
      await requireServices(transaction, services);
      const seal = await this.#parts.identity.get(transaction);
      const members = transaction
        .updateTable('members')
        .set({ role, until, seal: seal.of('members', { ...before, role, until }) });
      await members.where('user_id', '=', userId).execute();
      const left = await transaction
        .deleteFrom('member_services')
        .where('user_id', '=', userId)
        .returning('service_id')
        .execute();
      for (const service_id of services)
        await transaction
          .insertInto('member_services')
          .values(seal.on('member_services', { user_id: userId, service_id }))
          .execute();
      const after = { role, until, services: await slugsOf(transaction, services) };
      const was = {
        role: before.role,
        until: before.until,
        services: await slugsOf(
          transaction,
          left.map(({ service_id }) => service_id),
        ),
      };
      const wasOurs = await this.#parts.identity.isRight('members', before, transaction);
      if (wasOurs && JSON.stringify(was) === JSON.stringify(after)) return;
      await this.#parts.audit.append(transaction, {
        action: before.role === role ? 'member.assignment-changed' : 'member.role-changed',
        origin,
        subject: `user:${userId}`,
        before: was,
        after,
      });
    });
  }

  /**
   * An outside administrator is let in no more from now on; the account stays, and `change` lets it in again. Once it is
   * over nothing happens.
   */
  async endAssignment(asker: Asker, userId: string, origin: Origin): Promise<void> {
    await this.#parts.engine.acts.change(async (transaction) => {
      await this.#parts.access.require(asker, 'members.change', { reader: transaction });
      const before = await this.#memberRow(transaction, userId);
      const { role, until } = before;
      if (until === null)
        throw new InvalidError('role', 'only the assignment of an outside administrator ends');
      const now = instant(this.#parts.clock.now());
      if (until <= now) return;
      // What somebody else wrote is no role that goes on under a seal.
      if (!(await this.#parts.identity.isRight('members', before, transaction)))
        throw new NotFoundError('such member');
      const seal = (await this.#parts.identity.get(transaction)).of('members', { ...before, until: now });
      const member = transaction.updateTable('members').set({ until: now, seal });
      await member.where('user_id', '=', userId).execute();
      await this.#parts.audit.append(transaction, {
        action: 'member.assignment-ended',
        origin,
        subject: `user:${userId}`,
        before: { role, until },
        after: { role, until: now },
      });
    });
  }

  /** Also one that somebody else wrote: to give such a member a role anew, or to remove it, is what helps. */
  async #memberRow(reader: Reader, userId: string): Promise<Sealed<'members'>> {
    const row = await reader
      .selectFrom('members')
      .select([...sealedColumns.members, 'seal'])
      .where('user_id', '=', userId)
      .executeTakeFirst();
    if (row === undefined) throw new NotFoundError('such member');
    return row;
  }
}

const strangerOf = (id: string) => ({
  name: 'An account that was written past Octobox',
  email: `${id}@account.invalid`,
});

async function requireServices(transaction: Writer, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const there = transaction
      .selectFrom('services')
      .select('id')
      .where('id', '=', id)
      .where('removed_at', 'is', null);
    if ((await there.executeTakeFirst()) === undefined)
      throw new InvalidError('services', 'one of the services is there no more');
  }
}
