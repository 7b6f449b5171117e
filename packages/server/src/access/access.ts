import { type Clock, type Database, type Reader, ServerError, type Writer } from '../platform/index.ts';
import { decide, type Membership } from './decide.ts';
import type { Permission } from './permissions.ts';
import { isRole } from './roles.ts';

/** The one place that is asked whether somebody may do something. */
export class Access {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(options: { database: Database; clock: Clock }) {
    this.#database = options.database;
    this.#clock = options.clock;
  }

  /** Within a change give its transaction: what is allowed stays so until that ends. */
  async may(
    user: { readonly id: string },
    permission: Permission,
    options: { readonly service?: string; readonly reader?: Reader } = {},
  ): Promise<boolean> {
    const membership = await this.membership(user, options.reader);
    return decide(membership, permission, { now: this.#clock.now(), service: options.service });
  }

  /** @throws ServerError `server.forbidden` */
  async require(
    user: { readonly id: string },
    permission: Permission,
    options: { readonly service?: string; readonly reader?: Reader } = {},
  ): Promise<void> {
    if (await this.may(user, permission, options)) return;
    throw new ServerError('server.forbidden', `this needs the permission ${permission}`, {
      advice: 'Ask an owner of the organisation for a role that has it.',
    });
  }

  /** A service is no more: nobody is assigned to it, should it come again. */
  async unassign(transaction: Writer, serviceId: string): Promise<void> {
    await transaction.deleteFrom('member_services').where('service_id', '=', serviceId).execute();
  }

  /** Undefined for whoever is no member, or has a role that this version does not know. */
  async membership(
    { id }: { readonly id: string },
    reader: Reader = this.#database.read,
  ): Promise<Membership | undefined> {
    const row = await reader
      .selectFrom('members')
      .select(['organisation_id', 'role', 'until'])
      .where('user_id', '=', id)
      .executeTakeFirst();
    if (row === undefined || !isRole(row.role)) return undefined;
    const services = await reader
      .selectFrom('member_services')
      .select('service_id')
      .where('user_id', '=', id)
      .execute();
    return {
      organisationId: row.organisation_id,
      role: row.role,
      until: row.until ?? undefined,
      services: services.map(({ service_id }) => service_id),
    };
  }
}
