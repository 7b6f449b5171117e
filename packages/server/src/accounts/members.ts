import { type Access, type Asker, isRole } from '../access/index.ts';
import type { AuditLog, Origin } from '../audit/index.ts';
import { type Database, type Instant, InvalidError, NotFoundError, type Writer } from '../platform/index.ts';
import type { AccountEngine } from './account-engine.ts';
import type { Accounts } from './accounts.ts';
import { slugsOf } from './assigned-services.ts';

export interface Member {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly until: Instant | undefined;
  readonly services: readonly string[];
  readonly hasSecondFactor: boolean;
}

/** Who belongs to the organisation, with which role; each act is allowed by the table of permissions or refused. */
export class Members {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #access: Access;
  readonly #accounts: Accounts;
  readonly #engine: AccountEngine;

  constructor(options: {
    database: Database;
    audit: AuditLog;
    access: Access;
    accounts: Accounts;
    engine: AccountEngine;
  }) {
    this.#database = options.database;
    this.#audit = options.audit;
    this.#access = options.access;
    this.#accounts = options.accounts;
    this.#engine = options.engine;
  }

  /** By name. */
  async list(asker: Asker): Promise<Member[]> {
    await this.#access.require(asker, 'members.read');
    const rows = await this.#database.read
      .selectFrom('members')
      .innerJoin('users', 'users.id', 'members.user_id')
      .select(['users.id', 'users.name', 'users.email', 'members.role', 'members.until'])
      .orderBy('users.name')
      .execute();
    const assigned = await this.#database.read.selectFrom('member_services').selectAll().execute();
    const factors = await this.#database.read.selectFrom('second_factors').select('user_id').execute();
    return rows.map((row) => ({
      ...row,
      until: row.until ?? undefined,
      services: assigned.filter(({ user_id }) => user_id === row.id).map(({ service_id }) => service_id),
      hasSecondFactor: factors.some(({ user_id }) => user_id === row.id),
    }));
  }

  /** The account goes, with all its sessions; what it did stays in the audit log. The last owner stays. */
  async remove(asker: Asker, userId: string, origin: Origin): Promise<void> {
    const { internalAdapter } = await (await this.#engine.loaded()).$context;
    await this.#engine.acts.by(origin, () =>
      this.#engine.acts.change(async (transaction) => {
        await this.#access.require(asker, 'members.change', { reader: transaction });
        const { role } = await this.#memberRow(transaction, userId);
        if (role === 'owner') await refuseLastOwner(transaction, userId);
        await this.#accounts.secondFactor.forget(transaction, userId);
        await internalAdapter.deleteUser(userId);
        await this.#audit.append(transaction, {
          action: 'member.removed',
          origin,
          subject: `user:${userId}`,
          before: { role },
        });
      }),
    );
  }

  /** Another role without an end; an outside administrator is invited as one, since that needs services and an end. */
  async changeRole(asker: Asker, userId: string, role: string, origin: Origin): Promise<void> {
    if (!isRole(role) || role === 'outside-administrator') {
      throw new InvalidError('role', 'choose one of the roles');
    }
    await this.#engine.acts.change(async (transaction) => {
      await this.#access.require(asker, 'members.change', { reader: transaction });
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
        origin,
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
